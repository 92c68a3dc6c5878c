/**
 * A little Markdown: **bold**, *italic*, `code`, ```blocks```, > quotes; links (http and https only) and @names. It makes
 * elements and text nodes, never a string of HTML, and whatever it does not know stays as it was typed.
 */

import { el } from "./dom.js";

const BLOCK = /^```[^\n`]*\n?([\s\S]*?)\n?```\s*$/;

// The nodes of a message. `whoIs(name)`: is `@name` "me", some "other", or nobody ("")?
export function render(text, whoIs) {
	// Code blocks first: nothing in them means anything else.
	return text.split(/(^```[^\n]*\n[\s\S]*?\n?```[ \t]*$)/m).flatMap((part) => {
		const block = BLOCK.exec(part);
		if (block) return [el("pre", { dir: "ltr" }, el("code", {}, block[1]))];
		return paragraphs(part.replace(/^\n|\n$/g, ""), whoIs);
	});
}

function paragraphs(text, whoIs) {
	const nodes = [];
	for (const line of text === "" ? [] : text.split("\n")) {
		const quoted = /^> ?(.*)$/.exec(line);
		const tag = quoted ? "BLOCKQUOTE" : "P";
		const inside = inline(quoted ? quoted[1] : line, whoIs);
		const latest = nodes.at(-1);
		if (latest?.tagName === tag) latest.append("\n", ...inside);
		else nodes.push(el(tag.toLowerCase(), { dir: "auto" }, inside));
	}
	return nodes;
}

// In the order in which they are tried at each place. The last group of each pattern is what is inside.
const INLINE = [
	{ pattern: /`([^`\n]+)`/y, make: (inside) => el("code", { dir: "auto" }, inside) },
	{ pattern: /https?:\/\/[^\s<>"'`\u3000-\u303f\uff00-\uffef]+/y, make: link },
	{ pattern: /\*\*(?=\S)(.*?\S)\*\*/y, make: (inside, whoIs) => el("strong", {}, inline(inside, whoIs)) },
	{ pattern: /([*_])(?=[^\s*_])([^*_]*[^\s*_])\1(?![\p{L}\p{N}*_])/uy, word: true, make: (inside, whoIs) => el("em", {}, inline(inside, whoIs)) },
	{ pattern: /@[\p{L}\p{M}\p{N}_.-]+/uy, word: true, make: mention },
];

function inline(text, whoIs) {
	const nodes = [];
	let plain = "";
	for (let at = 0; at < text.length; ) {
		const found = match(text, at, whoIs);
		if (!found) {
			plain += text[at++];
			continue;
		}
		if (plain) nodes.push(plain);
		plain = "";
		nodes.push(found.node);
		at += found.length;
	}
	if (plain) nodes.push(plain);
	return nodes;
}

// Only these characters begin anything, so most of a text is passed over quickly.
const BEGINNINGS = new Set("`*_@h");

function match(text, at, whoIs) {
	if (!BEGINNINGS.has(text[at])) return null;
	for (const { pattern, word, make } of INLINE) {
		// snake_case is no italic, and a@b no mention.
		if (word && at > 0 && /[\p{L}\p{N}_]/u.test(text[at - 1])) continue;
		pattern.lastIndex = at;
		const found = pattern.exec(text);
		const made = found && make(found.at(-1), whoIs);
		if (made) return { length: found[0].length, ...(made.node ? made : { node: made }) };
	}
	return null;
}

// A full stop after it, or a bracket around it, is not part of the address.
function link(address) {
	let text = address.replace(/[.,;:!?*_]+$/, "");
	if (text.endsWith(")") && !text.includes("(")) text = text.slice(0, -1);
	if (!URL.canParse(text)) return null;
	return { node: el("a", { href: text, target: "_blank", rel: "noopener noreferrer", tabIndex: -1 }, text), length: text.length };
}

// The longest beginning that is somebody's name: "@bob." is bob, and "@bob你好" as well.
function mention(text, whoIs) {
	for (let name = text.slice(1); name; name = name.slice(0, -1)) {
		const who = whoIs(name);
		if (!who || /^\w\w/.test(text.slice(name.length))) continue;
		return { node: el(who === "me" ? "mark.mention" : "span.mention", {}, `@${name}`), length: name.length + 1 };
	}
	return null;
}
