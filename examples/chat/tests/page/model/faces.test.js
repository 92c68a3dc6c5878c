/** Faces: the drawn one is the same everywhere and for ever, and differs between neighbours; pictures come and go. */

import assert from "node:assert/strict";
import test from "node:test";

import { Avatars } from "../../../web/model/avatars.js";
import { drawing, monogram } from "../../../web/model/faces.js";
import { Store } from "../../../web/model/store.js";

test("a face is drawn from the number and the name alone", () => {
	assert.deepEqual(drawing({ id: 7, name: "bob" }), drawing({ name: "bob", id: 7, online: true }));
	// What somebody has looked like since their first visit: a change here changes everybody's face.
	assert.deepEqual(drawing({ id: 1, name: "alice" }), { sign: "A", hue: 138, second: 190, x: 40, y: 5, size: 49 });
	const { sign, ...shape } = drawing({ id: 1, name: "Zoë" });
	assert.deepEqual({ sign: "A", ...shape }, drawing({ id: 1, name: "alice" }), "the shape stays under another name");
	assert.equal(sign, "Z");
});

test("every shape has two colours that can be told apart, and the second one in view", () => {
	const seen = new Set();
	for (let id = 0; id < 5_000; id++) {
		const { hue, second, x, y, size } = drawing({ id, name: "x" });
		const apart = Math.abs(hue - second);
		assert.ok(Math.min(apart, 360 - apart) >= 44 && hue >= 0 && hue < 360 && second >= 0 && second < 360, `${id}`);
		assert.ok(x >= 4 && x <= 96 && y >= 4 && y <= 96 && size >= 44 && size <= 62, `${id}`);
		seen.add([hue, second, x, y].join());
	}
	assert.ok(seen.size > 4_500, `${seen.size} of 5,000 differ`);
	for (let id = 1; id < 500; id++) {
		const apart = Math.abs(drawing({ id, name: "" }).hue - drawing({ id: id + 1, name: "" }).hue);
		assert.ok(Math.min(apart, 360 - apart) > 100, "neighbours are far apart");
	}
});

test("a face has the first sign of a name, or two initials", () => {
	const rows = [
		["alice", "A"], ["Anna Maria", "AM"], ["anna b. clark", "AC"], ["小明", "小"], ["小明 明", "小"], ["안녕", "안"],
		["さくら", "さ"], ["🐱 cat", "🐱"], ["👩‍👩‍👧 us", "👩‍👩‍👧"], ["🇨🇳", "🇨🇳"], ["guest-12", "G"], ["Dr. 3", "D3"], ["éa", "É"],
		["  x ", "X"], ["", ""], ["ßa", "SS"],
	];
	for (const [name, sign] of rows) assert.equal(monogram(name), sign, name);
});

test("a picture is known, changed, taken away, and not asked for again while it is gone", () => {
	const avatars = new Avatars();
	const versions = [avatars.version];
	const step = (act) => (act(), versions.push(avatars.version));
	step(() => avatars.know({ id: 1, avatar: "/avatars/a" }));
	step(() => avatars.know({ id: 1, avatar: "/avatars/a" }));
	step(() => avatars.hear({ id: 1 }));
	assert.equal(avatars.of(1), "/avatars/a", "in passing nothing was said of it");
	step(() => avatars.lost("/avatars/a"));
	assert.equal(avatars.of(1), undefined);
	step(() => avatars.again());
	assert.equal(avatars.of(1), "/avatars/a");
	step(() => avatars.know({ id: 1 }));
	assert.equal(avatars.of(1), undefined);
	assert.deepEqual(versions, [0, 1, 1, 1, 2, 3, 4]);
	for (const avatar of ["https://evil.example/x", "//evil.example/x", "/avatars/../x", "data:x", 7]) {
		avatars.know({ id: 2, avatar });
		assert.equal(avatars.of(2), undefined, `${avatar}`);
	}
	const elsewhere = new Avatars(false);
	elsewhere.know({ id: 1, avatar: "/avatars/a" });
	assert.equal(elsewhere.of(1), undefined, "another server's pictures are not here");
});

test("pictures are learned wherever the server tells of people", () => {
	const store = new Store({ arrived() {}, left() {}, gap() {} });
	const user = (id, avatar) => ({ id, name: `p${id}`, avatar: avatar && `/avatars/${avatar}` });
	const lobby = { room: "lobby", kind: "room", epoch: "e", members: 9 };
	store.heard({ type: "welcome", user: user(1, "one"), all: [user(1, "one"), user(2, "two")], rooms: [lobby], room: "lobby" });
	assert.deepEqual([1, 2, 3].map((id) => store.avatars.of(id)), ["/avatars/one", "/avatars/two", undefined]);
	store.heard({ type: "online", user: user(3, "three") });
	store.heard({ type: "online", user: user(2) });
	store.learnMembers(store.rooms.get("lobby"), { users: [user(3), user(4, "four")], members: 9 });
	store.heard({ type: "presence", online: [], offline: [], avatars: { 5: "/avatars/five" } });
	store.heard({ type: "avatar", user: user(1) });
	assert.deepEqual([1, 2, 3, 4, 5].map((id) => store.avatars.of(id)),
		[undefined, "/avatars/two", undefined, "/avatars/four", "/avatars/five"]);
	assert.equal(store.places().me.avatar, undefined);
});

test("who was erased has another name on all that was said, and no picture", () => {
	const store = new Store({ arrived() {}, left() {}, gap() {} });
	const lobby = { room: "lobby", kind: "room", epoch: "e", members: 2 };
	store.heard({ type: "welcome", user: { id: 1, name: "a" }, all: [{ id: 2, name: "b", avatar: "/avatars/b" }], rooms: [lobby], room: "lobby" });
	store.heard({ type: "history", room: "lobby", epoch: "e", recovered: true, events: [], more: false });
	const said = (offset, from_id) => store.heard({ type: "message", room: "lobby", offset, msg_time: 1, from_id, from: "b", msg: "hi" });
	said(1, 2);
	said(2, 3);
	store.heard({ type: "erased", user: { id: 2, name: "gone-2" } });
	const { items } = store.rooms.get("lobby");
	assert.deepEqual(items.map(({ from, stale }) => [from, Boolean(stale)]), [["gone-2", true], ["b", false]]);
	assert.deepEqual([store.avatars.of(2), store.people.get(2).online, store.people.get(2).name], [undefined, false, "gone-2"]);
});
