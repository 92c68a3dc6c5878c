/** Where one writes. What is typed is remembered at every key, per room, until it is sent. */

import { parse } from "./commands.js";
import { Completion } from "./completion.js";
import { $, button } from "./dom.js";
import { Pictures } from "./pictures.js";
import { say, why } from "./words.js";

const TYPING_EVERY = 2_500;
const EMOJI = [..."😀😂🤣😊😍😘😜🤔😎🥳😴😢😭😡😱🙄😅🤗🤝👍👎👌👏🙏💪👋🎉💔🔥✨🌙🍵🍺🍜🎂🎁🎵📷💡✅❌🐱🐶🐼🐟🌸🍀"];

export class Composer {
	pictures = new Pictures(this);
	#field = $("say");
	#chat;
	#completion;
	#room = null;
	#typedAt = 0;

	constructor(chat) {
		this.#chat = chat;
		this.#completion = new Completion(this.#field, chat);
		this.#field.addEventListener("input", () => this.#typed());
		this.#field.addEventListener("keydown", (event) => this.#key(event));
		$("composer").addEventListener("submit", (event) => {
			event.preventDefault();
			this.#send();
		});
		$("emoji").append(...EMOJI.map((sign) => button("", { onclick: () => (this.insert(sign), this.toggleEmoji(false)) }, sign)));
		$("emoji").addEventListener("keydown", (event) => this.#walkEmoji(event));
	}

	show(room) {
		this.#room = room;
		this.write(this.#chat.draft(room));
		this.#typedAt = 0;
		this.note("");
	}

	get text() {
		return this.#field.value;
	}

	get limits() {
		return this.#chat.store.limits;
	}

	/** Puts a text in the field. */
	write(text) {
		this.#field.value = text;
		this.#changed();
	}

	/** At the place of the cursor. */
	insert(text) {
		this.#field.setRangeText(text, this.#field.selectionStart, this.#field.selectionEnd, "end");
		this.#typed();
	}

	focus() {
		this.#field.focus({ preventScroll: true });
	}

	/** A line above the field: what is wrong with what is in it. */
	note(text) {
		$("composer-note").textContent = text;
	}

	#typed() {
		this.note("");
		this.#changed();
		this.#completion.update();
		if (!this.text.trim() || this.text.startsWith("/") || Date.now() - this.#typedAt < TYPING_EVERY) return;
		this.#typedAt = Date.now();
		this.#chat.typing(this.#room);
	}

	#changed() {
		this.#chat.draft(this.#room, this.text);
		// Where `field-sizing` is not known yet, the field grows by hand.
		if (!CSS.supports("field-sizing", "content")) {
			this.#field.style.height = "auto";
			this.#field.style.height = `${this.#field.scrollHeight}px`;
		}
		const left = this.#left;
		$("count").textContent = left > this.limits.message / 10 ? "" : say(left < 0 ? "tooMany" : "left", { count: Math.abs(left) });
		$("count").classList.toggle("error", left < 0);
	}

	get #left() {
		return this.limits.message - [...this.text].length;
	}

	#key(event) {
		// While an input method composes, every key is its own: Enter chooses a word and sends nothing. (Safari ends the
		// composition before that Enter, which then still has the code 229.)
		if (event.isComposing || event.keyCode === 229 || this.#completion.key(event)) return;
		if (event.key !== "Enter" || event.shiftKey || event.altKey) return;
		event.preventDefault();
		if (event.ctrlKey || event.metaKey) this.insert("\n");
		else this.#send();
	}

	async #send() {
		const { text } = this;
		if ((!text.trim() && this.pictures.empty) || this.#left < 0) return;
		const { say: msg, wrong, ...command } = parse(text);
		if (wrong) return this.note(say(wrong));
		this.#completion.close();
		this.#typedAt = 0;
		this.write("");
		this.focus();
		if (msg !== undefined) return this.#chat.speak(this.#room, msg, this.pictures.release());
		try {
			await this.#chat.perform(command);
		} catch (error) {
			if (!this.text) this.write(text);
			this.note(why(error));
		}
	}

	toggleEmoji(open = $("emoji").hidden) {
		if (open !== $("emoji").hidden) return;
		$("emoji").hidden = !open;
		$("emoji-button").ariaExpanded = String(open);
		if (open) $("emoji").firstChild.focus();
		else this.focus();
	}

	#walkEmoji(event) {
		const all = [...$("emoji").children];
		const across = Math.round($("emoji").clientWidth / all[0].offsetWidth);
		const step = { ArrowLeft: -1, ArrowRight: 1, ArrowUp: -across, ArrowDown: across }[event.key];
		if (event.key === "Escape") this.toggleEmoji(false);
		else if (step) all[all.indexOf(event.target) + step]?.focus();
		else return;
		event.preventDefault();
	}
}
