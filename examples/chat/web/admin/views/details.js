/** What the log of acts tells beside an act, in words. */

import { say } from "../../views/words.js";
import { partsOf } from "../model/details.js";
import { counted, span } from "./measures.js";

const WORDS = {
	role: (role) => say(`role_${role}`),
	seconds: (seconds) => span(Number(seconds)),
	ever: () => say("forEver"),
	addresses: (count) => counted("withAddresses", Number(count)),
	last: (seconds) => say("lastSpan", { time: span(Number(seconds), 1) }),
	all: () => say("since_ever"),
	pace: (seconds) => (seconds === "0" ? say("slowOff") : span(Number(seconds))),
	door: (door) => say(`door_${door}`),
	uses: (count) => counted("usesCount", Number(count)),
	number: (number) => `#${number}`,
	settled: (how) => say(`settled_${how.replace(" ", "_")}`),
	down: () => say("takenDown"),
	text: (text) => text,
};

export const detailOf = (act) => partsOf(act).map(([kind, value]) => WORDS[kind](value));
