/** Suggestions while one types: `@name` and `/command`. The field keeps the focus; the arrows walk the list. */

import * as chat from "./chat.js";
import { COMMANDS, helpFor } from "./commands.js";
import { $, el } from "./dom.js";
import { say } from "./words.js";

const MOST = 6;

const field = $("say");
let choices = [];
let chosen = 0;
// Where the word begins that a choice replaces.
let from = 0;

export function update() {
	const before = field.value.slice(0, field.selectionStart);
	const command = /^\/(\w*)$/.exec(before);
	const word = (command ?? /(?:^|[\s(（，。、])@([^\s@]*)$/.exec(before))?.[1].toLowerCase();
	if (word === undefined) return close();
	from = before.length - word.length - 1;
	choices = command ? commands(word) : names(word);
	chosen = 0;
	show();
}

// Takes the key if it is meant for the list.
export function key(event) {
	if (choices.length === 0) return false;
	const step = { ArrowDown: 1, ArrowUp: -1 }[event.key];
	const choice = choices[chosen];
	// What is typed to its end is meant, not looked for.
	const complete = event.key === "Enter" && field.value.slice(from) === choice.text.trim();
	if (step) {
		chosen = (chosen + step + choices.length) % choices.length;
		show();
	} else if (event.key === "Escape") {
		close();
	} else if ((event.key === "Enter" || event.key === "Tab") && !event.shiftKey && !event.ctrlKey && !complete) {
		take(choice);
	} else {
		return false;
	}
	event.preventDefault();
	return true;
}

export function close() {
	choices = [];
	show();
}

// Who is here comes first.
function names(word) {
	const fits = [...(chat.room.users?.values() ?? [])].filter((user) => user !== chat.me() && user.name.toLowerCase().includes(word));
	fits.sort((one, other) => other.online - one.online || one.name.localeCompare(other.name));
	return fits.slice(0, MOST).map(({ name }) => ({ text: `@${name} `, shown: name }));
}

const commands = (word) => COMMANDS.filter((name) => name.startsWith(word))
	.map((name) => ({ text: `/${name} `, shown: say(helpFor(name)) }));

function take({ text }) {
	field.setRangeText(text, from, field.selectionStart, "end");
	close();
	field.dispatchEvent(new Event("input"));
}

function show() {
	const open = choices.length > 0;
	$("choices").hidden = !open;
	field.setAttribute("aria-activedescendant", open ? `choice-${chosen}` : "");
	$("choices").replaceChildren(...choices.map((choice, at) => el("li.cut", {
		id: `choice-${at}`, role: "option", ariaSelected: String(at === chosen), dir: "auto",
		onmousedown: (event) => (event.preventDefault(), take(choice)),
	}, choice.shown)));
}
