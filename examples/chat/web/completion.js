/** Suggestions while one types: `@name` and `/command`. The field keeps the focus; the arrows walk the list. */

import { COMMANDS } from "./commands.js";
import { $, el } from "./dom.js";
import { say } from "./words.js";

const MOST = 6;

export class Completion {
	#field;
	#chat;
	#choices = [];
	#chosen = 0;
	/** Where the word begins that a choice replaces. */
	#from = 0;

	constructor(field, chat) {
		this.#field = field;
		this.#chat = chat;
		field.addEventListener("blur", () => this.close());
	}

	update() {
		const before = this.#field.value.slice(0, this.#field.selectionStart);
		const command = /^\/(\w*)$/.exec(before);
		const word = (command ?? /(?:^|[\s(（，。、])@([^\s@]*)$/.exec(before))?.[1].toLowerCase();
		if (word === undefined) return this.close();
		this.#from = before.length - word.length - 1;
		this.#choices = command ? commands(word) : this.#names(word);
		this.#chosen = 0;
		this.#show();
	}

	/** Takes the key if it is meant for the list. */
	key(event) {
		const count = this.#choices.length;
		if (count === 0) return false;
		const step = { ArrowDown: 1, ArrowUp: -1 }[event.key];
		const choice = this.#choices[this.#chosen];
		// What is typed to its end is meant, not looked for.
		const complete = event.key === "Enter" && this.#field.value.trimEnd() === choice.text.trimEnd();
		if (step) {
			this.#chosen = (this.#chosen + step + count) % count;
			this.#show();
		} else if (event.key === "Escape") {
			this.close();
		} else if ((event.key === "Enter" || event.key === "Tab") && !event.shiftKey && !event.ctrlKey && !complete) {
			this.#take(choice);
		} else {
			return false;
		}
		event.preventDefault();
		return true;
	}

	close() {
		this.#choices = [];
		this.#show();
	}

	/** Names that begin so, then those that have it somewhere; of each, who is here comes first. */
	#names(word) {
		const { room, store } = this.#chat;
		const rank = (user) => (user.name.toLowerCase().startsWith(word) ? 0 : 2) + (user.online ? 0 : 1);
		const fits = [...(room.users?.values() ?? [])].filter((user) => user.id !== store.me.id && user.name.toLowerCase().includes(word));
		fits.sort((one, other) => rank(one) - rank(other) || one.name.localeCompare(other.name));
		return fits.slice(0, MOST).map(({ name }) => ({ text: `@${name} `, shown: name }));
	}

	#take({ text }) {
		this.#field.setRangeText(text, this.#from, this.#field.selectionStart, "end");
		this.close();
		this.#field.dispatchEvent(new Event("input"));
	}

	#show() {
		const open = this.#choices.length > 0;
		$("choices").hidden = !open;
		$("say").ariaExpanded = String(open);
		$("say").setAttribute("aria-activedescendant", open ? `choice-${this.#chosen}` : "");
		$("choices").replaceChildren(...this.#choices.map((choice, at) => el("li.cut", {
			id: `choice-${at}`, role: "option", ariaSelected: String(at === this.#chosen), dir: "auto",
			onmousedown: (event) => (event.preventDefault(), this.#take(choice)),
		}, choice.shown)));
	}
}

const commands = (word) => COMMANDS.filter((name) => name.startsWith(word))
	.map((name) => ({ text: `/${name} `, shown: say(`help${name[0].toUpperCase()}${name.slice(1)}`) }));
