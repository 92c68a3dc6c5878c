/** How the page says something, in the language that it is in; and times, the way each language writes them. */

import { isolated } from "../model/text.js";
import { PHRASES } from "./phrases.js";

export const language = () => (document.documentElement.lang === "zh" ? "zh" : "en");

// The word for `key`, with `{name}` replaced by `values.name`.
export function say(key, values = {}) {
	return sayParts(key, values).map((part) => (typeof part === "string" ? isolated(part) : part)).join("");
}

// The same in parts, of which some are elements.
export function sayParts(key, values) {
	const parts = PHRASES.get(key)[language() === "zh" ? 1 : 0].split(/\{(\w+)\}/);
	return parts.map((part, at) => (at % 2 ? (values[part] ?? "") : part));
}

// Only the server knows which rule was broken.
const RULED = new Set(["bad_name", "bad_room_name", "bad_picture"]);

// What was refused, and why; in the server's English if there are no words for it here.
export function why({ code, msg = code, until, retry_after: wait }) {
	const key = `error_${code}`;
	if (code === "forbidden") return forbidden(msg);
	if (code === "slow" && wait) return say("error_slowFor", { time: span(wait / 1_000) });
	if (code === "muted" && until) return say("error_mutedUntil", { time: moment(until) });
	if (!PHRASES.has(key)) return msg;
	return RULED.has(code) && msg !== code ? `${say(key)} (${msg})` : say(key);
}

// Which right is lacking, by a word of the server's sentence.
const LACKS = [
	[/for reading/, "closed"], [/be an op/, "op"], [/be an admin/, "admin"], [/be an owner/, "owner"],
	[/is more than/, "outranked"], [/private talk/, "talk"], [/the lobby/, "lobby"], [/last owner/, "lastOwner"],
	[/to oneself/, "oneself"],
];

function forbidden(msg) {
	const [, lack] = LACKS.find(([words]) => words.test(msg)) ?? [];
	return lack ? say(`lacks_${lack}`) : `${say("error_forbidden")} (${msg})`;
}

// A time in seconds, as a clock that counts down: 0:09, 12:30, 1:02:03.
export function countdown(seconds) {
	const [hours, minutes, rest] = [Math.floor(seconds / 3_600), Math.floor(seconds / 60) % 60, seconds % 60];
	const padded = (number) => String(number).padStart(2, "0");
	return hours > 0 ? `${hours}:${padded(minutes)}:${padded(rest)}` : `${minutes}:${padded(rest)}`;
}

// How long something lasts, in seconds, in the largest unit that is whole.
export function span(seconds) {
	const units = [["days", 86_400], ["hours", 3_600], ["minutes", 60], ["seconds", 1]];
	const whole = Math.max(1, Math.ceil(seconds));
	const [word, unit] = units.find(([, unit]) => whole % unit === 0 && whole >= unit);
	return say(`span_${word}`, { count: whole / unit });
}

// On its own: with a capital, and an end.
export function sentence(text) {
	const begun = text.replace(/^\p{Ll}/u, (first) => first.toUpperCase());
	return begun.replace(/([\p{L}\p{N}])$/u, language() === "zh" ? "$1。" : "$1.");
}

// What a room is called here: the lobby has a word in each language.
export const nameOf = (room) => room.other?.name ?? room.title ?? (room.name === "lobby" ? say("lobby") : room.name);

// The same within a sentence, behind the sign of a room that everybody may join.
export const signedName = (room) => (room.other || room.title !== undefined ? nameOf(room) : `#${nameOf(room)}`);

// Fills in the words of the page itself: `data-say` is text, `data-label` a name that is not seen.
export function translate() {
	for (const element of document.querySelectorAll("[data-say]")) element.textContent = say(element.dataset.say);
	for (const element of document.querySelectorAll("[data-label], [data-icon]")) {
		const label = say(element.dataset.label ?? element.dataset.icon);
		element.setAttribute("aria-label", label);
		if (element.localName === "input") element.placeholder = label;
		if (element.dataset.icon) element.title = label;
	}
}

// Making a format takes long, so each is made once.
const made = new Map();

function format(time, options) {
	const key = language() + JSON.stringify(options);
	if (!made.has(key)) made.set(key, formatter(options));
	return made.get(key).format(time);
}

// A browser's own language may be none that it knows.
function formatter(options) {
	for (const locale of [language() === "zh" ? "zh-CN" : navigator.language, language(), undefined]) {
		try {
			return new Intl.DateTimeFormat(locale, options);
		} catch {
			// the next, then
		}
	}
	return { format: (time) => new Date(time).toString() };
}

export const clock = (time) => format(time, { timeStyle: "short" });
// The same with the day, unless that is today.
export function moment(time) {
	return day(time) === say("today") ? clock(time) : format(time, { dateStyle: "medium", timeStyle: "short" });
}

// All of it.
export const fullTime = (time) => format(time, { dateStyle: "full", timeStyle: "medium" });

export function day(time) {
	const midnight = (date) => new Date(date).setHours(0, 0, 0, 0);
	const ago = Math.round((midnight(Date.now()) - midnight(time)) / 86_400_000);
	return ago === 0 ? say("today") : ago === 1 ? say("yesterday") : format(time, { dateStyle: "full" });
}
