/**
 * `:smile:` and `[微笑]` in what somebody writes: what is completed while one types, and what is replaced when it is
 * sent. Code stays as it is, between backticks or indented; so do addresses, `12:30:45` and `std::list`. Pure: no page.
 */

import { linkAt } from "../links.js";
import { FENCE, FENCE_END, ticks } from "../markdown.js";
import { isSpaceless } from "../mentions.js";

const CODE = /:([\w+-]{1,40}):|\[([^\s[\]]{1,6})\]/g;
// A code begins a word, or stands after one of a language without spaces; and ends likewise.
const BEFORE_CODE = /[\s(（*~,.!?;…\p{Extended_Pictographic}\u200d\ufe0f]$/u;
const AFTER_CODE = /^(?:$|[^\w:/\\"'`=\]}]|:[\w+-]+:)/;
// `![x](…)` and `a[x]` mean something else. What is in capitals or numbers alone is more often a mark than a face.
const AFTER_NAME = /^[(:=]/;
const IS_MARK = /^[A-Z\d]+$/;
const INDENTED = /^(?:\t| {4})/;

// Is there something that may be a code? (Only then the table is needed.)
export const mayHaveCodes = (text) => text.search(CODE) >= 0;

// The text with signs instead of codes.
export function withSigns(text, table) {
	const lines = text.split("\n");
	const lastFence = lines.map((line) => FENCE_END.test(line)).lastIndexOf(true);
	let inBlock = false;
	return lines.map((line, at) => {
		if (inBlock) {
			inBlock = !FENCE_END.test(line);
			return line;
		}
		inBlock = at < lastFence && FENCE.test(line);
		return inBlock || INDENTED.test(line) ? line : inLine(line, table);
	}).join("\n");
}

function inLine(line, table) {
	const closed = [...codeSpans(line), ...addresses(line)];
	const isClosed = (at) => closed.some(({ from, to }) => at >= from && at < to);
	let end = 0; // of the last code that was replaced
	return line.replace(CODE, (whole, code, name, at) => {
		const [before, after] = [line.slice(0, at), line.slice(at + whole.length)];
		const follows = at === 0 || at === end;
		const isWord = code === undefined ? isName(name, before, after, follows) : isCode(before, after, follows);
		const sign = isWord && !isClosed(at) && (code === undefined ? table.named(name) : table.coded(code));
		if (sign) end = at + whole.length;
		return sign || whole;
	});
}

const isCode = (before, after, follows) => (follows || mayBegin(before)) && AFTER_CODE.test(after);
const mayBegin = (before) => BEFORE_CODE.test(before) || isSpaceless(before.at(-1));

function isName(name, before, after, follows) {
	if (AFTER_NAME.test(after) || IS_MARK.test(name) || before.endsWith("!")) return false;
	return follows || !/[\w\])]$/.test(before) || /\p{Script=Han}/u.test(name);
}

function codeSpans(line) {
	const spans = [];
	const runs = ticks(line);
	for (const { 0: run, index } of line.matchAll(/`+/g)) {
		if (spans.at(-1)?.to > index) continue;
		const next = runs.get(run.length).findLast((place) => place > index);
		if (next !== undefined) spans.push({ from: index, to: next + run.length });
	}
	return spans;
}

function addresses(line) {
	const found = [];
	for (const { index } of line.matchAll(/https?:\/\/|www\./gi)) {
		const link = linkAt(line, index);
		if (link) found.push({ from: index, to: link.end });
	}
	// What is not shown as an address is left alone as one.
	for (const { 0: word, index } of line.matchAll(/\S*:\/\/\S*/g)) found.push({ from: index, to: index + word.length });
	return found;
}

const TYPED_CODE = /(?:^|[\s(（*~,.!?;…])(:[\w+-]{2,40})$/;
const TYPED_NAME = /[[【]([^\s[\]【】]{1,6})$/;

// What is being typed before the cursor: `{ typed, emoji }`, or nothing. `find()` gives the table, if it is there.
export function completions(before, most, find) {
	const code = TYPED_CODE.exec(before)?.[1] ?? afterSpaceless(before);
	if (code) return { typed: code, emoji: find()?.find(code, most) ?? [] };
	const name = TYPED_NAME.exec(before)?.[1];
	if (!name || !/\p{Script=Han}/u.test(name)) return undefined;
	const fits = [...(find()?.all ?? [])].filter(({ names }) => names.some((one) => one.startsWith(name)));
	return { typed: `[${name}`, emoji: fits.slice(0, most) };
}

function afterSpaceless(before) {
	const [, last, code] = /([^])(:[\w+-]{2,40})$/u.exec(before) ?? [];
	return code && isSpaceless(last) ? code : undefined;
}
