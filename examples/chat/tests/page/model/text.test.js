/** Signs are whole, and what is found is marked. */

import assert from "node:assert/strict";
import test from "node:test";

import { excerpt } from "../../../web/model/excerpt.js";
import { meaning } from "../../../web/model/query.js";
import { cut, firstSign, isBlank } from "../../../web/model/text.js";

test("signs are never cut apart", () => {
	const table = [
		["hello", 5, "hello"],
		["hello", 4, "hell…"],
		["👨‍👩‍👧👍🏽🇨🇳é", 3, "👨‍👩‍👧👍🏽🇨🇳…"],
		["e\u0301e\u0301", 1, "e\u0301…"],
		["", 3, ""],
		[`a${"\u0301".repeat(4000)}`, 80, "…"],
	];
	for (const [text, most, expected] of table) assert.equal(cut(text, most), expected);
	assert.equal(firstSign("👨‍👩‍👧x"), "👨‍👩‍👧");
});

test("what cannot be seen is blank", () => {
	for (const text of ["\u200b\u2800\u3164 \n\0", "\u0301"]) assert.ok(isBlank(text), text);
	for (const text of ["\u200b.", "😀"]) assert.ok(!isBlank(text), text);
});

const shown = (text, query) => excerpt(text, query).map((part) => (part.hit ? `<${part.hit}>` : part)).join("");

test("what is found is marked, with some words around it", () => {
	const table = [
		["**Bold** words, and BOLD ones", "bold", "<Bold> words, and <BOLD> ones"],
		["x ｂｏｌｄ y", "Bold", "x <ｂｏｌｄ> y"],
		["我们去茶馆吧", "茶馆", "我们去<茶馆>吧"],
		["- one\n- two", "two", "one <two>"],
		["nothing here", "tea", "nothing here"],
		["green tea and black tea", "tea black", "green <tea> and <black> <tea>"],
	];
	for (const [text, query, expected] of table) assert.equal(shown(text, query), expected);
	const far = shown(`${"word ".repeat(300)}needle ${"word ".repeat(300)}`, "needle");
	assert.match(far, /^….*<needle>.*…$/);
	assert.ok(far.length < 260, far);
});

test("from: and in: narrow a search", () => {
	assert.deepEqual(meaning('a from:@Bob in:"Tea time" b'), { query: "a b", from: "bob", room: "Tea time" });
	assert.deepEqual(meaning("in:#tea"), { query: "", from: undefined, room: "tea" });
});
