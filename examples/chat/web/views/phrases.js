/**
 * Every word of the page, in English and in Chinese, side by side: `key|English|中文`. A long one goes on in lines that
 * begin with `|` or, within a sentence, with a space. Each subject has a table of its own.
 */

import { GOVERNING } from "./phrases/governing.js";
import { HELP } from "./phrases/help.js";
import { ONESELF } from "./phrases/oneself.js";
import { OUTSIDE } from "./phrases/outside.js";
import { REFUSALS } from "./phrases/refusals.js";
import { TALKING } from "./phrases/talking.js";

// The words of each key, in English and in Chinese.
export const PHRASES = new Map([TALKING, HELP, GOVERNING, ONESELF, OUTSIDE, REFUSALS].flatMap(entries));

// Another page has words of its own as well.
export function addPhrases(table) {
	for (const [key, both] of entries(table)) PHRASES.set(key, both);
}

function entries(table) {
	const lines = table.replace(/\n\|/g, "|").replace(/\n /g, " ").split("\n");
	const cells = lines.filter((line) => line.includes("|")).map((line) => line.split("|"));
	return cells.map(([key, ...both]) => [key, both]);
}
