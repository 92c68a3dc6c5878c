/** A line means on the page what it means to the server: one fixture for both. */

import assert from "node:assert/strict";
import { readFileSync } from "node:fs";
import test from "node:test";

import { COMMANDS, helpFor, parse } from "../../../web/model/commands.js";
import { PHRASES } from "../../../web/views/phrases.js";

const FIXTURE = new URL("../../../fixtures/commands.txt", import.meta.url);
const KNOWN = ["Anna", "Anna Maria", "bob", "Dr. Who", "O’Neil", "艾·伦", "小明"].map((name) => name.toLowerCase());

// A line of the fixture, with its escapes undone.
const cells = (row) => row.split("\t").map((cell) => cell.replaceAll("\\n", "\n").replaceAll("\\t", "\t"));

function meaning(line) {
	const { say, wrong, does, ...parts } = parse(line, (name) => KNOWN.includes(name.toLowerCase()));
	if (say !== undefined) return ["say", say];
	return wrong === undefined ? [does, ...Object.values(parts)] : ["wrong", wrong];
}

test("a line means on the page what it means to the server", () => {
	const rows = readFileSync(FIXTURE, "utf8").split("\n").filter((row) => row && !row.startsWith("#")).map(cells);
	assert.ok(rows.length > 50);
	const shown = (cells) => cells.join("|").replace(/\|+$/, "");
	for (const [line, ...means] of rows) assert.equal(shown(meaning(line)), shown(means), line);
});

test("the help has every command", () => {
	for (const name of COMMANDS) assert.ok(PHRASES.has(helpFor(name)), helpFor(name));
});
