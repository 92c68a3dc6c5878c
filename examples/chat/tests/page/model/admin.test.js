/** The model of the admin page: what its address means, lists in pages, lines of figures, lengths of time, its words. */

import assert from "node:assert/strict";
import { readdirSync, readFileSync } from "node:fs";
import test from "node:test";

import { asLines, fileName, isAbout } from "../../../web/admin/model/acts.js";
import { partsOf } from "../../../web/admin/model/details.js";
import { Figures, KEPT, lineOf } from "../../../web/admin/model/figures.js";
import { distanceOf, sizeOf, unitsOf } from "../../../web/admin/model/lengths.js";
import { Paged } from "../../../web/admin/model/paged.js";
import { meaningOf } from "../../../web/admin/model/sections.js";
import { detailOf } from "../../../web/admin/views/details.js";
import { WORDS } from "../../../web/admin/views/phrases.js";
import { addPhrases, PHRASES } from "../../../web/views/phrases.js";

test("an address names a part, or brings a key", () => {
	const key = "Ab-_9".repeat(9).slice(0, 43);
	assert.deepEqual(meaningOf(`#${key}`), { key, section: "overview" });
	assert.deepEqual(meaningOf("#people"), { section: "people" });
	for (const nothing of ["", "#", "#nowhere", `#${"a".repeat(300)}`, "#constructor", `#${key}=`]) {
		assert.deepEqual(meaningOf(nothing), { section: "overview" }, nothing);
	}
});

test("a list grows by pages, and a late answer changes nothing", () => {
	const list = new Paged();
	const old = list.ask(true);
	const question = list.ask(true);
	list.take(old, [{ id: 99 }]);
	assert.deepEqual([list.items, list.state], [[], "loading"]);
	list.take(question, [{ id: 3 }, { id: 2 }], true);
	assert.deepEqual([list.more, list.state], [true, "ready"]);
	// One that came by itself meanwhile is not shown twice.
	list.putFirst({ id: 4 });
	list.putFirst({ id: 4 });
	list.take(list.ask(false), [{ id: 2 }, { id: 1 }], false);
	assert.deepEqual(list.items.map(({ id }) => id), [4, 3, 2, 1]);
	assert.equal(list.more, false);
	list.remove(3);
	assert.deepEqual(list.items.map(({ id }) => id), [4, 2, 1]);
	list.fail(list.ask(true), { code: "busy" });
	assert.deepEqual([list.state, list.error.code, list.items.length], ["failed", "busy", 3]);
	// A server that says "more" and gives nothing is not asked for ever.
	list.take(list.ask(false), [], true);
	assert.equal(list.more, false);
});

test("what nobody has asked for is not begun by news", () => {
	const list = new Paged();
	list.putFirst({ id: 1 });
	assert.deepEqual(list.items, []);
});

test("figures are kept for two minutes, and drawn from the left to the right", () => {
	const figures = new Figures();
	for (let value = 0; value < KEPT + 5; value++) figures.take({ people_here: value });
	const series = figures.series("people_here");
	assert.deepEqual([series.length, series[0], series.at(-1)], [KEPT, 5, KEPT + 4]);
	assert.deepEqual(figures.series("unknown").slice(0, 2), [0, 0]);
	figures.begin();
	assert.deepEqual(figures.series("people_here"), []);
});

test("a line stays within its field, the newest at its right, and the largest on top", () => {
	const points = ({ line }) => line.slice(1).split("L").map((point) => point.split(" ").map(Number));
	const drawn = points(lineOf([4, 0, 10], 119, 44));
	assert.deepEqual(drawn, [[117, 26], [118, 42], [119, 2]]);
	assert.deepEqual(points(lineOf([7, 7], 119, 44)), [[118, 22], [119, 22]]);
	// One of a hundred is a little, and nothing lies at the bottom.
	assert.deepEqual(points(lineOf([100, 99], 119, 44)), [[118, 21.2], [119, 22.8]]);
	assert.deepEqual(points(lineOf([0, 0], 119, 44)), [[118, 42], [119, 42]]);
	assert.deepEqual(lineOf([1], 100, 20), { line: "", area: "" });
	assert.match(lineOf([1, 2], 119, 44).area, /L119 44L118 44Z$/);
});

test("lengths of time have two units at most", () => {
	assert.deepEqual(unitsOf(86_400 * 3 + 3_600 * 4 + 59), [["day", 3], ["hour", 4]]);
	assert.deepEqual(unitsOf(86_400 + 59), [["day", 1]]);
	assert.deepEqual(unitsOf(90), [["minute", 1], ["second", 30]]);
	assert.deepEqual(unitsOf(604_800, 1), [["day", 7]]);
	assert.deepEqual(unitsOf(0), [["second", 0]]);
	assert.deepEqual(unitsOf(-5), [["second", 0]]);
});

test("how long ago is said in the largest unit that fits", () => {
	const now = 1_700_000_000_000;
	const after = (seconds) => distanceOf(now + seconds * 1_000, now);
	assert.equal(after(-10), undefined);
	assert.equal(after(44), undefined);
	assert.deepEqual(after(-50), [-50, "second"]);
	assert.deepEqual(after(-58), [-1, "minute"]);
	assert.deepEqual(after(-7_200), [-2, "hour"]);
	assert.deepEqual(after(86_400 * 6), [6, "day"]);
});

test("sizes have a unit that fits", () => {
	assert.deepEqual([0, 999, 1_500, 48_300_000].map(sizeOf),
		[[0, "byte"], [999, "byte"], [1.5, "kilobyte"], [48.3, "megabyte"]]);
	assert.equal(sizeOf(1e18)[1], "terabyte");
});

test("the log of acts is saved as lines, the oldest first, and searched by person", () => {
	const acts = [
		{ id: 2, act: "ban", by: undefined, user: { id: 7, name: "Bob" }, reason: "a\nb" },
		{ id: 1, act: "door", by: { id: 1, name: "alice" } },
	];
	const lines = asLines(acts).split("\n");
	assert.deepEqual(lines.slice(0, 2).map((line) => JSON.parse(line).id), [1, 2]);
	assert.deepEqual([lines.length, lines[2]], [3, ""]);
	const found = (wanted) => acts.filter((act) => isAbout(act, wanted)).map(({ id }) => id);
	assert.deepEqual(found(" BO "), [2]);
	assert.deepEqual(found("#7"), [2]);
	assert.deepEqual(found("#"), []);
	assert.deepEqual(found("ali"), [1]);
	assert.deepEqual(found(""), [2, 1]);
	assert.equal(fileName(Date.UTC(2026, 1, 3)), "acts-2026-02-03.jsonl");
});

test("what the log tells beside an act is taken apart, and what is not known stays as it is", () => {
	const parts = (act, detail) => partsOf({ act, detail });
	assert.deepEqual(parts("ban", "604800 s, 2 addresses"), [["seconds", "604800"], ["addresses", "2"]]);
	assert.deepEqual(parts("ban", "604800 s"), [["seconds", "604800"]]);
	assert.deepEqual(parts("ban", "for ever, 1 addresses"), [["ever", "for ever"], ["addresses", "1"]]);
	assert.deepEqual(parts("invite", "10 uses, 86400 s"), [["uses", "10"], ["seconds", "86400"]]);
	assert.deepEqual(parts("settle", "report 3: said, message 9"), [["settled", "said"]]);
	assert.deepEqual(parts("delete", "message 12"), [["number", "12"]]);
	assert.deepEqual(parts("purge", "all").map(([kind]) => kind), ["all"]);
	assert.deepEqual(parts("rename_room", "private: Den"), [["text", "private: Den"]]);
	assert.deepEqual(parts("admin_in", "Firefox, Linux"), [["text", "Firefox, Linux"]]);
	assert.deepEqual([parts("kick", ""), parts("kick", undefined)], [[], []]);
});

test("an act is told in the language of the page", () => {
	addPhrases(WORDS);
	const told = (lang, act, detail) => {
		globalThis.document = { documentElement: { lang } };
		return detailOf({ act, detail });
	};
	assert.deepEqual(told("en", "ban", "604800 s, 2 addresses"), ["7 days", "with 2 addresses"]);
	assert.deepEqual(told("zh", "ban", "for ever, 1 addresses"), ["永久", "包括 1 个地址"]);
	assert.deepEqual(told("en", "invite", "1 uses, 90000 s"), ["once", "1 day 1 hour"]);
	assert.deepEqual(told("en", "slow", "0 s"), ["off"]);
	const others = [["role", "owner"], ["door", "shut"], ["settle", "report 1: not granted"], ["settle", "report 1: granted"],
		["purge", "the last 3600 s"], ["purge", "all"], ["announce", "taken down"], ["report", "message 7"]];
	for (const [act, detail] of others) assert.ok(told("zh", act, detail)[0], detail);
	delete globalThis.document;
});

test("every word that the admin page says is there, in two languages", () => {
	addPhrases(WORDS);
	const admin = new URL("../../../web/admin/", import.meta.url);
	const files = ["main.js", "index.html", ...readdirSync(new URL("views/", admin)).map((file) => `views/${file}`)];
	let count = 0;
	for (const file of files.filter((file) => /js|html/.test(file))) {
		const text = readFileSync(new URL(file, admin), "utf8");
		const said = /(?:\b(?:say|phrase|timed|searchField|labelled|checkbox|line|way)\((?:room, )?|data-(?:say|label)=)"(\w+)"/g;
		for (const [, word] of text.matchAll(said)) {
			count++;
			assert.ok(PHRASES.has(word), `${file}: ${word}`);
		}
		for (const [, word] of text.matchAll(/counted\("(\w+)"/g)) {
			assert.ok(PHRASES.has(word) && PHRASES.has(`${word}One`), `${file}: ${word}`);
		}
	}
	assert.ok(count > 100, `${count}`);
	for (const [, key] of WORDS.matchAll(/^(\w+)(?=\||\n\|)/gm)) {
		const [english, chinese, ...more] = PHRASES.get(key);
		assert.ok(english && chinese && more.length === 0, key);
		const holes = (text) => [...new Set(text.match(/\{\w+\}/g))].sort();
		assert.deepEqual(holes(english), holes(chinese), key);
	}
});
