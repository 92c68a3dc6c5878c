/** Numbers, sizes and lengths of time, the way each language writes them. */

import { el } from "../../views/dom.js";
import { fullTime, language, say } from "../../views/words.js";
import { distanceOf, sizeOf, unitsOf } from "../model/lengths.js";

const locale = () => (language() === "zh" ? "zh-CN" : "en");
// Making a format takes long, so each is made once.
const made = new Map();

function format(Kind, options) {
	const key = [Kind.name, locale(), ...Object.values(options)].join(" ");
	if (!made.has(key)) made.set(key, new Kind(locale(), options));
	return made.get(key);
}

export const number = (value, digits = 0) =>
	format(Intl.NumberFormat, { maximumFractionDigits: digits }).format(value);

const inUnit = (value, unit, unitDisplay, maximumFractionDigits) =>
	format(Intl.NumberFormat, { style: "unit", unit, unitDisplay, maximumFractionDigits }).format(value);

export function bytes(count) {
	const [value, unit] = sizeOf(count);
	return inUnit(value, unit, unit === "byte" ? "long" : "short", value < 10 && unit !== "byte" ? 1 : 0);
}

// A word with a number in it: `usesCount`, or `usesCountOne`.
export const counted = (word, count = 0) => say(count === 1 ? `${word}One` : word, { count: number(count) });

// "3 days 4 hours"
export const span = (seconds, most = 2, looks = "long") =>
	unitsOf(seconds, most).map(([unit, count]) => inUnit(count, unit, looks, 0)).join(language() === "zh" ? "" : " ");

// "for 7 days", or for ever.
export const spanOrEver = (seconds) => (seconds ? span(seconds, 1) : say("forEver"));

// "3 minutes ago", "in 2 days".
export function relative(time) {
	const distance = distanceOf(time, Date.now());
	if (!distance) return say(time > Date.now() ? "justAMoment" : "justNow");
	return format(Intl.RelativeTimeFormat, { numeric: "auto" }).format(...distance);
}

// The same as an element, which stays true (`refreshTimes`); all of the time is its title.
export const when = (time) =>
	el("time", { dateTime: new Date(time).toISOString(), title: fullTime(time) }, relative(time));

export function refreshTimes() {
	for (const element of document.querySelectorAll("time[datetime]")) {
		const text = relative(Date.parse(element.dateTime));
		if (element.textContent !== text) element.textContent = text;
	}
}
