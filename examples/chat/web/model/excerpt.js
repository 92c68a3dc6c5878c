/** A few words of a message around what was looked for. Pure: no page. */

import { parse, plainText } from "./markdown.js";
import { fold } from "./mentions.js";
import { cut } from "./text.js";

// So much is seen before the first hit, and in all; so many words are looked for.
const BEFORE = 40;
const MOST = 200;
const MOST_WORDS = 8;

// In parts: a text, or `{ hit }` for what was looked for.
export function excerpt(msg, query) {
	const plain = parse(msg).map(plainText).join(" ").replace(/\s+/g, " ");
	const words = [...new Set(fold(query).split(/\s+/).filter(Boolean))].slice(0, MOST_WORDS);
	const first = Math.min(plain.length, ...places(plain, words, 1).map(({ from }) => from));
	let begin = first === plain.length ? 0 : Math.max(0, first - BEFORE);
	if (/[\udc00-\udfff]/.test(plain[begin])) begin++;
	// From the beginning of a word, if there is one, and never from half a character.
	const from = begin === 0 ? 0 : begin + plain.slice(begin, first).indexOf(" ") + 1;
	const text = cut(plain.slice(from), MOST);
	const parts = from > 0 ? ["…"] : [];
	let made = 0;
	for (const hit of places(text, words).sort((one, other) => one.from - other.from)) {
		if (hit.from < made) continue;
		parts.push(text.slice(made, hit.from), { hit: text.slice(hit.from, hit.to) });
		made = hit.to;
	}
	return [...parts, text.slice(made)].filter((part) => part !== "");
}

// Where folded words stand in a text, whatever its capitals and its width; each at most so often.
function places(text, words, most = Infinity) {
	// Folding can change how long a text is: each character knows where it came from.
	const origin = [];
	let folded = "";
	let at = 0;
	for (const character of text) {
		const part = fold(character);
		for (let index = 0; index < part.length; index++) origin.push(at);
		folded += part;
		at += character.length;
	}
	origin.push(at);
	return words.flatMap((word) => {
		const found = [];
		let next = folded.indexOf(word);
		while (next >= 0 && found.length < most) {
			found.push({ from: origin[next], to: origin[next + word.length] });
			next = folded.indexOf(word, next + word.length);
		}
		return found;
	});
}
