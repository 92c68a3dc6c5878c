/** Suggestions while one types: `@name` and `/command`. The field keeps the focus; the arrows walk the list. */

import { COMMANDS } from "./commands.js";
import { el } from "./dom.js";
import { say } from "./words.js";

const MOST = 6;

export class Completion {
	#field;
	#list;
	#app;
	#choices = [];
	#chosen = 0;
	/** Where the word begins that a choice replaces. */
	#from = 0;

	constructor(field, list, app) {
		this.#field = field;
		this.#list = list;
		this.#app = app;
		field.addEventListener("blur", () => this.close());
	}

	update() {
		const before = this.#field.value.slice(0, this.#field.selectionStart);
		const command = /^\/(\w*)$/.exec(before);
		const mention = /(?:^|[\s(（，。、])@([^\s@]*)$/u.exec(before);
		const word = (command ?? mention)?.[1].toLowerCase();
		if (word === undefined) return this.close();
		this.#from = before.length - word.length - 1;
		this.#choices = command ? commands(word) : this.#people(word);
		this.#chosen = 0;
		this.#show();
	}

	/** Takes the key if it is meant for the list. */
	key(event) {
		if (this.#choices.length === 0) return false;
		const step = { ArrowDown: 1, ArrowUp: -1 }[event.key];
		if (step) {
			this.#chosen = (this.#chosen + step + this.#choices.length) % this.#choices.length;
			this.#show();
		} else if (event.key === "Escape") {
			this.close();
		} else if ((event.key === "Enter" && !event.shiftKey && !event.ctrlKey) || (event.key === "Tab" && !event.shiftKey)) {
			const { text } = this.#choices[this.#chosen];
			// A command that is typed to its end is meant, not looked for.
			if (event.key === "Enter" && this.#field.value.trimEnd() === text.trimEnd()) return this.close(), false;
			this.#take(this.#choices[this.#chosen]);
		} else {
			return false;
		}
		event.preventDefault();
		event.stopPropagation();
		return true;
	}

	close() {
		this.#choices = [];
		this.#show();
	}

	#people(word) {
		const { room, store } = this.#app;
		const users = [...(room?.users?.values() ?? [])].filter((user) => user.id !== store.me.id);
		const fits = users.filter((user) => user.name.toLowerCase().includes(word));
		// Names that begin so come before those that have it somewhere; who is here before who is not.
		const rank = (user) => (user.name.toLowerCase().startsWith(word) ? 0 : 2) + (user.online ? 0 : 1);
		fits.sort((one, other) => rank(one) - rank(other) || one.name.localeCompare(other.name));
		return fits.slice(0, MOST).map((user) => ({ text: `@${user.name} `, shown: user.name }));
	}

	#take({ text }) {
		this.#field.setRangeText(text, this.#from, this.#field.selectionStart, "end");
		this.close();
		this.#field.dispatchEvent(new Event("input"));
	}

	#show() {
		const open = this.#choices.length > 0;
		this.#list.hidden = !open;
		this.#field.setAttribute("aria-expanded", String(open));
		if (open) this.#field.setAttribute("aria-activedescendant", `choice-${this.#chosen}`);
		else this.#field.removeAttribute("aria-activedescendant");
		this.#list.replaceChildren(...this.#choices.map((choice, at) => el("li.choice.cut", {
			id: `choice-${at}`, role: "option", "aria-selected": String(at === this.#chosen), dir: "auto",
			onmousedown: (event) => (event.preventDefault(), this.#take(choice)),
		}, choice.shown)));
	}
}

function commands(word) {
	const fits = COMMANDS.filter((name) => name.startsWith(word));
	return fits.map((name) => {
		const key = `help${name[0].toUpperCase()}${name.slice(1)}`;
		return { text: `/${name} `, shown: name === "help" ? `/help — ${say("help")}` : say(key) };
	});
}
