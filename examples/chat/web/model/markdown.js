/**
 * A little Markdown: **bold**, *italic*, ~~struck~~, `code`, ```blocks```, > quotes, lists; addresses (http and https
 * only) and @names. What it does not know stays as it was typed. An address is always seen: `[words](address)` is not
 * made a link, for it could say one thing and lead to another.
 *
 * A message becomes a tree: each node is a text, or `{ kind, nodes }` of the kinds paragraph, quote, points, numbers,
 * item (`deep`, `value`), strong, em, del; or `{ kind, text }` of the kinds block, code, link (`href`), mention (`me`).
 *
 * One pass, and what is open at a time is bounded: a message costs what it is long, whatever is in it. Pure: no page.
 */

import { linkAt } from "./links.js";
import { isSpaceless, isWord, MOST_MENTIONS, Names } from "./mentions.js";

// So many elements one message makes; what follows stays text.
const MOST_ELEMENTS = 400;
// So many marks can be open at a time; the first of more was none.
const MOST_OPEN = 8;

// The nodes of a message. `names`: whom an `@` may call.
export function parse(text, names = new Names()) {
	const left = { elements: MOST_ELEMENTS, mentions: MOST_MENTIONS };
	const inline = (line) => new Line(line, names, left).nodes();
	const lines = text.split("\n");
	const lastFence = lines.map((line) => FENCE_END.test(line)).lastIndexOf(true);
	const isFence = (at) => at < lastFence && FENCE.test(lines[at]);
	const nodes = [];
	for (let at = 0; at < lines.length; ) {
		if (left.elements <= 0) {
			nodes.push(plain(lines.slice(at)));
			break;
		}
		if (isFence(at)) {
			left.elements -= 2;
			const from = ++at;
			while (!FENCE_END.test(lines[at])) at++;
			const last = lines[at].replace(FENCE_END, "");
			nodes.push({ kind: "block", text: [...lines.slice(from, at), ...(last ? [last] : [])].join("\n") });
			at += 1;
			continue;
		}
		const block = blockOf(lines[at]);
		const from = at;
		do at++;
		while (at < lines.length && !isFence(at) && blockOf(lines[at]) === block);
		left.elements -= block === PARAGRAPH ? 1 : at - from;
		nodes.push((left.elements > 0 ? block.make : plain)(lines.slice(from, at), inline));
	}
	return nodes;
}

export const FENCE = /^```[^`]*$/;
export const FENCE_END = /```[ \t]*$/;

const joined = (lines) => lines.flatMap((line, index) => (index > 0 ? ["\n", ...line] : line));

// What a line begins with decides what it is part of. A quote has a space and words: `>_<` and `> 3` have not.
const BLOCKS = [
	{
		begins: /^> (?!.{0,4}<$)(?=.*[\p{L}\p{Extended_Pictographic}])/u,
		make: (lines, inline) => ({ kind: "quote", nodes: joined(lines.map((line) => inline(line.slice(2)))) }),
	},
	{
		begins: /^ {0,8}[-*•] +\S/,
		make: (lines, inline) => ({ kind: "points", nodes: lines.map((line) => item(line, /^( *). +/, inline)) }),
	},
	{
		begins: /^ {0,8}\d{1,3}[.)] +\S/,
		make: (lines, inline) => ({ kind: "numbers", nodes: lines.map((line) => item(line, /^( *)(\d+). +/, inline)) }),
	},
];
const PARAGRAPH = { make: (lines, inline) => ({ kind: "paragraph", nodes: joined(lines.map(inline)) }) };
const blockOf = (line) => BLOCKS.find(({ begins }) => begins.test(line)) ?? PARAGRAPH;
const plain = (lines) => ({ kind: "paragraph", nodes: [lines.join("\n")] });

function item(line, sign, inline) {
	const [whole, indent, value] = sign.exec(line);
	const nodes = inline(line.slice(whole.length));
	return { kind: "item", deep: indent.length > 1, value: value && Number(value), nodes };
}

const MARKS = { "*": ["*"], "**": ["**"], "***": ["**", "*"], _: ["_"], "~~": ["~~"] };
const KINDS = { "**": "strong", "*": "em", _: "em", "~~": "del" };
// `*_*` looks at somebody.
const FACE = /^([*_~])(?!\1)[*_~]\1/;
const SIGNS = /[`*_~@hw]/gi;

// What is within one line.
class Line {
	#text;
	#names;
	// How much may still be made, of the whole message.
	#left;
	#at = 0;
	// What is before this place has become nodes.
	#made = 0;
	// The last place of something that is no mark.
	#solid = -1;
	// What is open, each with the nodes that it would be around; the first is the line itself.
	#open = [{ mark: "", from: 0, nodes: [] }];
	#ticks = null;

	constructor(text, names, left) {
		this.#text = text;
		this.#names = names;
		this.#left = left;
	}

	nodes() {
		const text = this.#text;
		while (this.#left.elements > 0) {
			SIGNS.lastIndex = this.#at;
			const found = SIGNS.exec(text);
			if (!found) break;
			if (found.index > this.#at) this.#solid = found.index - 1;
			this.#at = found.index;
			if (found[0] === "`") this.#code();
			else if ("*_~".includes(found[0])) this.#emphasis();
			else if (found[0] === "@") this.#mention();
			else this.#link();
		}
		this.#plain(text.length);
		while (this.#open.length > 1) this.#giveUp(this.#open.length - 1);
		return this.#open[0].nodes;
	}

	// What is before this place and has not become nodes is text.
	#plain(end) {
		if (end > this.#made) this.#open.at(-1).nodes.push(this.#text.slice(this.#made, end));
		this.#made = end;
	}

	#pass(end) {
		this.#solid = end - 1;
		this.#at = end;
	}

	#node(end, node) {
		this.#plain(this.#at);
		this.#open.at(-1).nodes.push(node);
		this.#left.elements -= 1;
		this.#made = end;
		this.#pass(end);
	}

	#run() {
		let end = this.#at;
		while (this.#text[end] === this.#text[this.#at]) end++;
		return end - this.#at;
	}

	// From so many backticks to the next that are as many.
	#code() {
		const size = this.#run();
		const begin = this.#at + size;
		this.#ticks ??= ticks(this.#text);
		const runs = this.#ticks.get(size);
		while (runs.at(-1) < begin) runs.pop();
		const index = runs.at(-1);
		if (index === undefined) return this.#pass(begin);
		const text = this.#text.slice(begin, index).replace(/^ (.*\S.*) $/, "$1");
		this.#node(index + size, { kind: "code", text });
	}

	#link() {
		const marks = this.#open.map(({ mark }) => mark).join("");
		const found = linkAt(this.#text, this.#at, marks);
		if (!found?.href) return this.#pass(found?.end ?? this.#at + 1);
		const text = this.#text.slice(this.#at, found.end);
		this.#node(found.end, { kind: "link", href: found.href, text });
	}

	#mention() {
		const found = this.#left.mentions-- > 0 && this.#names.at(this.#text, this.#at);
		if (!found) return this.#pass(this.#at + 1);
		const text = this.#text.slice(this.#at, found.end);
		this.#node(found.end, { kind: "mention", me: found.who === "me", text });
	}

	#emphasis() {
		if (FACE.test(this.#text.slice(this.#at, this.#at + 3))) return this.#pass(this.#at + 3);
		const size = this.#run();
		const sign = this.#text[this.#at];
		const marks = MARKS[sign.repeat(Math.min(size, 4))];
		const end = this.#at + size;
		if (!marks) return void (this.#at = end);
		const [last, next] = [this.#text[this.#at - 1] ?? " ", this.#text[end] ?? " "];
		const open = this.#open.at(-1).mark;
		// The one that was opened last is closed first.
		for (const mark of open === marks.at(-1) ? [...marks].reverse() : marks) {
			const where = this.#open.map((frame) => frame.mark).lastIndexOf(mark);
			const isFull = where > 0 && this.#solid >= this.#open[where].from;
			if (isFull && mayClose(mark, last, next)) this.#close(where, mark.length);
			else if (mayOpen(mark, last, next)) this.#begin(mark);
			else this.#at += mark.length;
		}
	}

	#begin(mark) {
		this.#plain(this.#at);
		this.#at = this.#made = this.#at + mark.length;
		this.#open.push({ mark, from: this.#at, nodes: [] });
		if (this.#open.length > MOST_OPEN) this.#giveUp(1);
	}

	#close(where, length) {
		this.#plain(this.#at);
		while (this.#open.length - 1 > where) this.#giveUp(this.#open.length - 1);
		const { mark, nodes } = this.#open.pop();
		this.#node(this.#at + length, { kind: KINDS[mark], nodes });
	}

	// It was no mark, for nothing closes it.
	#giveUp(where) {
		const [{ mark, nodes }] = this.#open.splice(where, 1);
		this.#open[where - 1].nodes.push(mark, ...nodes);
	}
}

// The places of the runs of backticks, by their length, the last first.
export function ticks(text) {
	const runs = new Map();
	for (const { 0: run, index } of text.matchAll(/`+/g)) {
		if (!runs.has(run.length)) runs.set(run.length, []);
		runs.get(run.length).push(index);
	}
	for (const places of runs.values()) places.reverse();
	return runs;
}

// snake_case, 2*3*4 and faces such as ^_^ and -_- are as they are.
const BEFORE_SINGLE = /[\s\p{Ps}\p{Pi}"'*_~,.:;!?/…—]/u;

function mayOpen(mark, last, next) {
	return !/\s/.test(next) && (mark.length > 1 || isSpaceless(last) || BEFORE_SINGLE.test(last));
}

function mayClose(mark, last, next) {
	return !/\s/.test(last) && (mark.length > 1 || isSpaceless(next) || (!isWord(next) && next !== "_"));
}

// What is read of it, without the marks. The points of a list are apart.
export function plainText(node) {
	if (typeof node === "string") return node;
	const isList = node.kind === "points" || node.kind === "numbers";
	return node.text ?? node.nodes.map(plainText).join(isList ? " " : "");
}
