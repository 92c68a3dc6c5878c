/**
 * Suggestions while one types: `@name` and `/command`. The field keeps the focus; the arrows walk the list. Nothing is chosen
 * until somebody chooses: Enter sends what was typed, Tab takes the first.
 */

import * as chat from "./chat.js";
import { COMMANDS, helpFor } from "./commands.js";
import { $, el } from "./dom.js";
import { say } from "./words.js";

const MOST = 6;
// After so long without another key the server is asked for names.
const PAUSE = 150;

// The name of somebody may have spaces.
const CALL = /(?:^|[\s(（，。、])@([^@\n]{0,64})$/;

const field = $("say");
let choices = [];
let chosen = -1;
// Where the word begins that a choice replaces.
let from = 0;
let pause = 0;

export function update() {
	clearTimeout(pause);
	const before = field.value.slice(0, field.selectionStart);
	const command = /^\/(\w*)$/.exec(before);
	const word = (command ?? CALL.exec(before))?.[1].toLowerCase();
	if (word === undefined) return close();
	from = before.length - word.length - 1;
	offer(command ? commands(word) : names(word));
	if (command || !word || /\s$/.test(word)) return;
	const mine = (pause = setTimeout(async () => {
		if ((await chat.learnNames(word, choices.length, MOST)) && pause === mine) offer(names(word));
	}, PAUSE));
}

// Takes the key if it is meant for the list.
export function key(event) {
	if (choices.length === 0) return false;
	const step = { ArrowDown: 1, ArrowUp: -1 }[event.key];
	const takes = event.key === "Tab" || (event.key === "Enter" && chosen >= 0);
	if (step) {
		chosen = chosen < 0 ? (step > 0 ? 0 : choices.length - 1) : (chosen + step + choices.length) % choices.length;
		show();
	} else if (event.key === "Escape") {
		close();
	} else if (takes && !event.shiftKey && !event.ctrlKey) {
		take(choices[Math.max(chosen, 0)]);
	} else {
		return false;
	}
	event.preventDefault();
	return true;
}

export function close() {
	clearTimeout(pause);
	pause = 0;
	offer([]);
}

function offer(found) {
	choices = found;
	chosen = -1;
	show();
}

// Who is here comes first.
function names(word) {
	const found = [];
	for (const user of chat.room.users?.values() ?? []) {
		if (user === chat.me() || !user.name.toLowerCase().includes(word)) continue;
		found.push({ text: `@${user.name} `, shown: user.name });
		if (found.length === MOST) break;
	}
	return found;
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
	field.setAttribute("aria-activedescendant", open && chosen >= 0 ? `choice-${chosen}` : "");
	$("choices").replaceChildren(...choices.map((choice, at) => el("li.cut", {
		id: `choice-${at}`, role: "option", ariaSelected: String(at === chosen), dir: "auto",
		onmousedown: (event) => (event.preventDefault(), take(choice)),
	}, choice.shown)));
}
