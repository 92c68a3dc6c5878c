/**
 * Suggestions while one types: `@name`, `/command`, and `:code:` or `[名字]` of an emoji. The field keeps the focus;
 * the arrows walk the list. Nothing is chosen until somebody chooses: Enter sends what was typed, Tab takes the first.
 */

import { helpFor, sorted } from "../model/commands.js";
import { completions } from "../model/emoji/codes.js";
import { CALLS } from "../model/mentions.js";
import { $, el } from "./dom.js";
import { replace } from "./list.js";
import { language, say } from "./words.js";

const MOST = 6;
// After so long without another key the server is asked for names.
const PAUSE = 150;

// The name of somebody may have spaces.
const CALL = /(?:^|[\s(（，。、])@([^@\n]{0,64})$/;

export function update(app) {
	const { completion } = app.state;
	const field = $("say");
	clearTimeout(completion.pause);
	const before = field.value.slice(0, field.selectionStart);
	const emoji = completions(before, MOST, () => app.state.emoji.table);
	if (emoji) return offerEmoji(app, emoji, before);
	const command = /^\/(\w*)$/.exec(before);
	const word = (command ?? CALL.exec(before))?.[1].toLowerCase();
	if (word === undefined) return close(app);
	completion.from = before.length - word.length - 1;
	offer(app, command ? commands(app, word) : names(app, word));
	if (command || !word || /\s$/.test(word)) return;
	const mine = (completion.pause = setTimeout(async () => {
		const isKnown = await app.do.learnNames(word, completion.choices.length, MOST);
		if (isKnown && completion.pause === mine) offer(app, names(app, word));
	}, PAUSE));
}

// Takes the key if it is meant for the list.
export function key(app, event) {
	const { completion } = app.state;
	const { choices, chosen } = completion;
	if (choices.length === 0) return false;
	const step = { ArrowDown: 1, ArrowUp: -1 }[event.key];
	const takes = event.key === "Tab" || (event.key === "Enter" && chosen >= 0);
	if (step) {
		const start = chosen < 0 && step < 0 ? 0 : chosen;
		completion.chosen = (start + step + choices.length) % choices.length;
		show(app);
	} else if (event.key === "Escape") {
		close(app);
	} else if (takes && !event.shiftKey && !event.ctrlKey) {
		take(app, choices[Math.max(chosen, 0)]);
	} else {
		return false;
	}
	event.preventDefault();
	return true;
}

export function close(app) {
	clearTimeout(app.state.completion.pause);
	app.state.completion.pause = 0;
	offer(app, []);
}

function offer(app, choices) {
	Object.assign(app.state.completion, { choices, chosen: -1 });
	show(app);
}

// Who is in the room, those who are here first; then the robot, and all at once for who may call them.
function names({ state: { room, store } }, word) {
	const found = [];
	const fits = (user) => user && user !== store.me && user.name.toLowerCase().includes(word);
	const offered = ({ name, bot }) => ({ text: `@${name} `, shown: bot ? `${name} · ${say("bot")}` : name });
	const others = [
		...(fits(store.robot) && !room.other ? [offered(store.robot)] : []),
		...(room.may.includes("call") && !room.other ? calls(word) : []),
	];
	for (const user of room.users?.values() ?? []) {
		if (found.length + others.length >= MOST) break;
		if (fits(user)) found.push(offered(user));
	}
	return [...found, ...others];
}

// In the words of the page's language.
function calls(word) {
	const spoken = (words) => words[Number(language() === "zh")] ?? words[0];
	const found = [...CALLS].filter(([, words]) => words.some((one) => one.startsWith(word)));
	return found.map(([call, words]) => {
		const text = `@${spoken(words)} `;
		return { text, shown: `${text}· ${say(`call_${call}`)}` };
	});
}

// Those that one may use here.
function commands({ state: { store, room } }, word) {
	const found = sorted(store, room).mine.filter((name) => name.startsWith(word));
	return found.map((name) => ({ text: `/${name} `, shown: say(helpFor(name)) }));
}

// The list may have to be fetched; then it is looked again, if the text is still the same.
async function offerEmoji(app, { typed, emoji }, before) {
	app.state.completion.from = before.length - typed.length;
	const called = ({ codes, names }) => (typed[0] === "[" ? `[${names[0]}]` : `:${codes[0]}: ${names[0]}`);
	const shown = (one) => `${one.sign} ${called(one)}`;
	offer(app, emoji.map((one) => ({ text: one.sign, shown: shown(one), sign: one.sign })));
	if (app.state.emoji.table || !(await app.do.learnEmoji())) return;
	const field = $("say");
	if (field.value.slice(0, field.selectionStart) === before) update(app);
}

function take(app, { text, sign }) {
	if (sign) app.do.usedEmoji(sign);
	const field = $("say");
	field.setRangeText(text, app.state.completion.from, field.selectionStart, "end");
	close(app);
	field.dispatchEvent(new Event("input"));
}

function show(app) {
	const { choices, chosen } = app.state.completion;
	const open = choices.length > 0;
	$("choices").hidden = !open;
	$("say").setAttribute("aria-activedescendant", open && chosen >= 0 ? `choice-${chosen}` : "");
	const shown = choices.map((choice, at) => ({ choice, at, isChosen: at === chosen }));
	replace($("choices"), shown, (one) => JSON.stringify(one), (one) => option(app, one));
}

function option(app, { choice, at, isChosen }) {
	const onmousedown = (event) => {
		event.preventDefault();
		take(app, choice);
	};
	const looks = { id: `choice-${at}`, role: "option", ariaSelected: String(isChosen), dir: "auto" };
	return el("li.cut", { ...looks, onmousedown }, choice.shown);
}
