/** What one does about oneself: the square of a picture, the code for another device, all one's words in a file. */

import assert from "node:assert/strict";
import test from "node:test";

import { oneself } from "../../../web/app/oneself.js";
import { codeOf, timeLeft } from "../../../web/model/code.js";
import { ATTEMPTS, dragged, nearest, nearness, pushed, whole, zoomed } from "../../../web/model/crop.js";
import { Identity } from "../../../web/model/identity.js";

const place = ({ x, y, side }) => [x, y, side].map((number) => Math.round(number * 100) / 100);

test("the largest square is in the middle, and never leaves the picture", () => {
	const wide = whole(400, 200);
	assert.deepEqual(place(wide), [100, 0, 200]);
	assert.deepEqual(place(whole(200, 400)), [0, 100, 200]);
	// Pushed to the right one sees what is further left; up and down there is nothing more.
	assert.deepEqual(place(pushed(wide, 0.25, 0.5)), [50, 0, 200]);
	assert.deepEqual(place(pushed(wide, -9, -9)), [200, 0, 200]);
	assert.deepEqual(place(pushed(wide, 9, 0)), [0, 0, 200]);
});

test("nearer stays around the same middle, as far as the picture goes", () => {
	const wide = whole(400, 200);
	const near = zoomed(wide, 2);
	assert.deepEqual([place(near), nearness(near)], [[150, 50, 100], 2]);
	assert.deepEqual(place(zoomed(near, 1)), [100, 0, 200]);
	assert.deepEqual(place(zoomed(pushed(near, 9, 9), 1)), [0, 0, 200], "from the corner it comes back inside");
	assert.equal(nearness(zoomed(wide, 99)), nearest(wide));
	assert.equal(nearness(zoomed(wide, 0)), 1);
	// There are never fewer than 32 pixels, and a tiny picture has one nearness.
	assert.deepEqual([nearest(whole(64, 64)), nearest(whole(1, 1)), nearest(whole(9_000, 9_000))], [2, 1, 8]);
	for (let step = 0, crop = whole(333, 777); step < 500; step++) {
		crop = pushed(zoomed(crop, 1 + (step % 9)), (step % 7) - 3, (step % 5) - 2);
		const { x, y, side } = crop;
		assert.ok(x >= 0 && y >= 0 && x + side <= 333.001 && y + side <= 777.001, `${step}`);
	}
});

test("what was between the fingers stays between them", () => {
	const wide = whole(400, 200);
	const point = (x, y) => ({ x, y });
	// One pushes; two that stay as far apart as they were push as well.
	const right = [point(0.5, 0.5), point(0.75, 0.5)];
	assert.deepEqual(place(dragged(wide, [right[0]], [right[1]])), place(pushed(wide, 0.25, 0)));
	assert.deepEqual(place(dragged(wide, [point(0, 0), point(1, 1)], [point(0.25, 0), point(1.25, 1)])), [50, 0, 200]);
	// Twice as far apart around the upper left corner of what is seen: that corner is there still, as on paper.
	const corner = dragged(wide, [point(-0.25, 0), point(0.25, 0)], [point(-0.5, 0), point(0.5, 0)]);
	assert.deepEqual([place(corner), nearness(corner)], [[100, 0, 100], 2]);
	// Where the fingers were, (0.25, 0.5), there was 150, 100; now it is where they are, (0.75, 0.5).
	const moved = dragged(wide, [point(0, 0.5), point(0.5, 0.5)], [point(0.25, 0.5), point(1.25, 0.5)]);
	assert.deepEqual(place(moved), [75, 50, 100]);
	// Fingers in one place say nothing of nearness; none comes nearer than there is.
	assert.equal(nearness(dragged(wide, [point(0, 0), point(0, 0)], [point(0, 0), point(0, 0)])), 1);
	assert.equal(nearness(dragged(wide, [point(0, 0), point(0, 0)], [point(0, 0), point(1, 0)])), nearest(wide));
});

test("every way to make it small is worse than the one before, and known everywhere at last", () => {
	assert.deepEqual(ATTEMPTS[0], { side: 256, type: "image/webp", quality: 0.9 });
	assert.ok(ATTEMPTS.every(({ side }) => side <= 256) && ATTEMPTS.at(-1).type === "image/jpeg");
	for (const [at, { side }] of ATTEMPTS.entries()) if (at > 0) assert.ok(side <= ATTEMPTS[at - 1].side);
});

test("a code is read however it was typed", () => {
	for (const text of ["ABCD-EFGH", "abcd-efgh", " abcdefgh ", "ab cd–ef gh", "ＡＢＣＤ－ＥＦＧＨ", "A-B-C-D-E-F-G-H"]) {
		assert.equal(codeOf(text), "ABCD-EFGH", text);
	}
	for (const text of ["", "ABCD-EFG", "ABCD-EFGHJ", "ABCD-EFG好", "ABCD-EFGÉ"]) assert.equal(codeOf(text), "", text);
});

test("what is left of a time is told in minutes and seconds", () => {
	const rows = [[300_000, "5:00"], [299_001, "5:00"], [299_000, "4:59"], [61_000, "1:01"], [1, "0:01"], [0, "0:00"], [-5, "0:00"]];
	for (const [time, text] of rows) assert.equal(timeLeft(time), text);
});

test("who comes with a code has a token of their own from then on", () => {
	const it = new Identity({});
	it.hello("");
	assert.ok(it.welcomed({ new: false, token: "t", user: { id: 1, name: "alice" } }));
	assert.deepEqual([it.token, it.name, it.hello()], ["t", "alice", { token: "t" }]);
});

function exporting(answers) {
	const asked = [];
	const ask = async (question) => {
		asked.push(question);
		const answer = answers.shift();
		if (answer.code) throw answer;
		return answer;
	};
	const rooms = new Map([["lobby", { name: "lobby" }], ["@1:2", { name: "@1:2", provisional: true }]]);
	const state = { store: { me: { id: 1, name: "alice" }, rooms }, connection: { ask }, arrival: {} };
	return { asked, me: oneself({ state, page: {}, do: {} }) };
}

test("all that one said comes in one file, in its order, page by page", async () => {
	const event = (offset) => ({ room: "lobby", offset, msg: `${offset}` });
	const pages = [{ events: [event(5), event(4)], before: 9 }, { code: "rate_limited", retry_after: 1 }, { events: [event(2)] }];
	const { asked, me } = exporting(pages);
	const counts = [];
	const text = await me.exportWords((count) => counts.push(count), () => true);
	const [head, ...lines] = text.trimEnd().split("\n").map((line) => JSON.parse(line));
	assert.deepEqual([head.type, head.id, head.name, head.rooms], ["person", 1, "alice", ["lobby"]]);
	assert.deepEqual(lines.map(({ offset }) => offset), [2, 4, 5]);
	assert.deepEqual(asked.map(({ before }) => before), [undefined, 9, 9]);
	assert.deepEqual(counts, [2, 3]);
});

test("a file that nobody waits for is not fetched to its end; what fails is told", async () => {
	const stopped = exporting([{ events: [], before: 9 }]);
	assert.equal(await stopped.me.exportWords(() => {}, () => false), undefined);
	assert.equal(stopped.asked.length, 1);
	await assert.rejects(exporting([{ code: "lost" }]).me.exportWords(() => {}, () => true), { code: "lost" });
});
