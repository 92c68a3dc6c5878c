/** Where one writes. What is typed is remembered at every key, per room, until it is sent. */

import { Completion } from "./completion.js";
import { parse } from "./commands.js";
import { $, el } from "./dom.js";
import { EMOJI } from "./emoji.js";
import { say } from "./words.js";

const TYPING_EVERY = 2_500;

export class Composer {
	#field = $("say");
	#app;
	#completion;
	#room = null;
	#typedAt = 0;

	/**
	 * `app` has `store`, `draft(room, text?)`, `speak(room, text)`, `perform(command)`, `typing(room)`, and
	 * `pictures` with what is to go along.
	 */
	constructor(app) {
		this.#app = app;
		this.#completion = new Completion(this.#field, $("choices"), app);
		this.#field.addEventListener("input", () => this.#typed());
		this.#field.addEventListener("keydown", (event) => this.#key(event));
		$("composer").addEventListener("submit", (event) => {
			event.preventDefault();
			this.#send();
		});
		this.#makeEmoji();
	}

	show(room) {
		this.#room = room;
		this.write(this.#app.draft(room) ?? "");
		this.#typedAt = 0;
		this.note("");
	}

	/** Puts a text in the field, as if it had been typed. */
	write(text) {
		this.#field.value = text;
		this.#changed();
	}

	get text() {
		return this.#field.value;
	}

	focus() {
		this.#field.focus({ preventScroll: true });
	}

	/** A line above the field: what is wrong with what is in it. */
	note(text) {
		$("composer-note").textContent = text;
	}

	/** At the place of the cursor. */
	insert(text) {
		const { selectionStart: start, selectionEnd: end } = this.#field;
		this.#field.setRangeText(text, start, end, "end");
		this.#typed();
	}

	#typed() {
		this.note("");
		this.#changed();
		this.#completion.update();
		const now = Date.now();
		if (this.text.trim() && !this.text.startsWith("/") && now - this.#typedAt > TYPING_EVERY) {
			this.#typedAt = now;
			this.#app.typing(this.#room);
		}
	}

	#changed() {
		if (this.#room) this.#app.draft(this.#room, this.text);
		// Where `field-sizing` is not known yet, the field grows by hand.
		if (!CSS.supports("field-sizing", "content")) {
			this.#field.style.height = "auto";
			this.#field.style.height = `${this.#field.scrollHeight}px`;
		}
		const left = this.#app.store.limits.message - [...this.text].length;
		const near = left < Math.max(100, this.#app.store.limits.message / 10);
		$("count").textContent = !near ? "" : say(left < 0 ? "charactersOver" : "charactersLeft", { count: Math.abs(left) });
		$("count").classList.toggle("error", left < 0);
	}

	#key(event) {
		// While an input method composes, every key is its own: Enter chooses a word and sends nothing. (Safari ends the
		// composition before that Enter, which then still has the code 229.)
		if (event.isComposing || event.keyCode === 229) return;
		if (this.#completion.key(event)) return;
		if (event.key === "Escape") {
			this.toggleEmoji(false);
		} else if (event.key === "Enter" && !event.shiftKey && !event.altKey) {
			event.preventDefault();
			if (event.ctrlKey || event.metaKey) this.insert("\n");
			else this.#send();
		}
	}

	#send() {
		const { text } = this;
		const pictures = this.#app.pictures;
		if (!text.trim() && pictures.empty) return;
		if ([...text].length > this.#app.store.limits.message) return this.note($("count").textContent);
		const meant = parse(text);
		if (meant.wrong) return this.note(say(meant.wrong));
		const room = this.#room;
		this.write("");
		this.#completion.close();
		this.toggleEmoji(false);
		this.#typedAt = 0;
		if (meant.does) this.#app.perform(meant, text);
		else this.#app.speak(room, meant.say);
		this.focus();
	}

	toggleEmoji(open = $("emoji").hidden) {
		if (open === !$("emoji").hidden) return;
		$("emoji").hidden = !open;
		$("emoji-button").setAttribute("aria-expanded", String(open));
		if (open) $("emoji").querySelector("button").focus();
		else this.focus();
	}

	/** A grid to walk with the arrows; Tab passes it in one step. */
	#makeEmoji() {
		const buttons = EMOJI.map((sign, at) => el("button.emoji-one", { type: "button", tabIndex: at === 0 ? 0 : -1, onclick: () => {
			this.insert(sign);
			this.toggleEmoji(false);
		} }, sign));
		$("emoji").append(...buttons);
		$("emoji").addEventListener("keydown", (event) => {
			const at = buttons.indexOf(document.activeElement);
			const across = Math.round($("emoji").clientWidth / buttons[0].offsetWidth);
			const step = { ArrowLeft: -1, ArrowRight: 1, ArrowUp: -across, ArrowDown: across }[event.key];
			if (event.key === "Escape") this.toggleEmoji(false);
			else if (step && buttons[at + step]) buttons[at + step].focus();
			else return;
			event.preventDefault();
			event.stopPropagation();
		});
	}
}
