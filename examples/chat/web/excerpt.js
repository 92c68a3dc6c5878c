/** A few words of a message around what was looked for, which is marked. */

import { el } from "./dom.js";
import { render } from "./markdown.js";
import { fold } from "./mentions.js";
import { cut } from "./text.js";

// So much is seen before the first hit, and in all.
const BEFORE = 40;
const MOST = 200;

export function excerpt(msg, query) {
	const plain = render(msg).map((node) => node.textContent).join(" ").replace(/\s+/g, " ");
	const words = fold(query).split(/\s+/).filter(Boolean);
	const hits = words.flatMap((word) => places(plain, word)).sort((one, other) => one.from - other.from);
	const begin = Math.max(0, (hits[0]?.from ?? 0) - BEFORE);
	// From the beginning of a word, or at least of a character.
	const from = begin === 0 ? 0 : begin + Math.max(0, plain.slice(begin, begin + BEFORE).search(/(?<=\s)\S/));
	const text = cut(plain.slice(from), MOST);
	const nodes = [from > 0 && "…"];
	let made = 0;
	for (const hit of hits) {
		const [start, end] = [hit.from - from, Math.min(hit.to - from, text.length)];
		if (start < made || end <= start) continue;
		nodes.push(text.slice(made, start), el("mark.hit", {}, text.slice(start, end)));
		made = end;
	}
	return [...nodes, text.slice(made)];
}

// Where a folded word stands in a text, whatever its capitals and its width.
function places(text, word) {
	const found = [];
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
	for (let next = folded.indexOf(word); next >= 0; next = folded.indexOf(word, next + word.length)) {
		found.push({ from: origin[next], to: origin[next + word.length] });
	}
	return found;
}
