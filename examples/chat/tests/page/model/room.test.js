/** What was said in one room, who is in it, and what waits to be said. */

import assert from "node:assert/strict";
import test from "node:test";

import { Drafts } from "../../../web/model/drafts.js";
import { Outbox } from "../../../web/model/outbox.js";
import { Room } from "../../../web/model/room.js";
import { Roster } from "../../../web/model/roster.js";
import { Store } from "../../../web/model/store.js";

const said = (offset, more = {}) =>
	({ type: "message", offset, from_id: 9, from: "bob", msg: `${offset}`, msg_time: 0, ...more });

test("a day comes once whatever the clock says", () => {
	// Said on the second, the first (the clock was set back), the second, and the third day; with notices of a browser
	// whose clock is wrong.
	const day = 86_400_000;
	const on = (offset, days) => said(offset, { msg_time: days * day });
	const room = new Room({ room: "x", epoch: "e" });
	room.history({ epoch: "e", recovered: true, more: false, events: [on(1, 2), on(2, 1), on(3, 2)] });
	room.notice("noticeJoined", "carol", 9 * day);
	room.take(on(4, 3));
	room.notice("noticeLeft", "carol", 0);
	assert.deepEqual(room.items.map(({ dated }) => dated / day), [2, 2, 2, 2, 3, 3]);
});

test("an older copy of a room is heard again", () => {
	const room = new Room({ room: "tea", epoch: "e" });
	const all = { epoch: "e", recovered: false, events: [], more: false };
	room.history(all);
	room.take(said(1));
	room.take(said(2));
	// The server comes back, and knows of none.
	room.update({ room: "tea", epoch: "e" });
	room.history(all);
	assert.equal(room.take(said(1)), "new");
	assert.equal(room.items.length, 1);
});

test("a picture that this page made itself is let go with its message", () => {
	const gone = [];
	const room = new Room({ room: "tea", epoch: "e" }, (url) => gone.push(url));
	room.history({ epoch: "e", recovered: true, events: [said(1, { picture: { url: "blob:x" } })], more: false });
	room.take({ type: "deleted", offset: 2, target: 1 });
	assert.deepEqual(gone, ["blob:x"]);
});

test("members keep their order whatever comes", () => {
	// Against a plain sort, after each of a thousand changes.
	const { compare } = new Intl.Collator(undefined, { numeric: true });
	const names = ["Éva", "eva", "bob", "小明", "Anna Maria", "anna", "guest-2", "guest-10"];
	const [roster, people] = [new Roster(), new Map()];
	let seed = 7;
	const random = (below) => (seed = (seed * 16807) % 2147483647) % below;
	for (let step = 0; step < 1000; step++) {
		const id = random(40);
		if (random(4) === 0) {
			roster.delete(id);
			people.delete(id);
			continue;
		}
		const user = people.get(id) ?? { id };
		Object.assign(user, { name: names[random(8)], online: random(2) === 0 });
		people.set(id, user);
		roster.put(user);
		const plain = [...people.values()];
		plain.sort((a, b) => b.online - a.online || compare(a.name, b.name) || a.id - b.id);
		assert.ok([...roster.values()].every((user, at) => user === plain[at]), `step ${step}`);
		assert.deepEqual([roster.size, roster.here], [plain.length, plain.filter(({ online }) => online).length]);
	}
});

// A place that keeps what it is told.
function shelf() {
	const kept = new Map();
	return {
		kept,
		recall: (key) => kept.get(key),
		remember: (key, value) => (value ? kept.set(key, structuredClone(value)) : kept.delete(key)),
		recallAll: (start) => [...kept].filter(([key]) => key.startsWith(start)).map(([, value]) => value),
		onChange(start, heard) {
			this.changed = (key, value, old) => heard(key.slice(start.length), value, old);
		},
	};
}

test("what waits keeps its order and its ids, over a reload and a clock that is set back", () => {
	const place = shelf();
	const outbox = new Outbox(place);
	outbox.open("unsent:");
	outbox.add("a", { room: "tea", msg: "one" }, 1000);
	outbox.add("b", { room: "tea", msg: "two" }, 10);
	outbox.add("c", { room: "den", msg: "three", blob: {} }, 2000);
	const again = new Outbox(place);
	again.open("unsent:");
	assert.deepEqual(again.in("tea").map(({ id }) => id), ["a", "b"]);
	assert.equal(again.in("den").length, 0, "a picture lives as long as the page");
	again.refuse(again.next(), { code: "too_long" });
	assert.equal(again.next().id, "b");
	again.retry(again.in("tea")[0]);
	assert.equal(again.next().id, "a");
	again.remove(again.next());
	assert.deepEqual([...place.kept.keys()], ["unsent:b"]);
});

test("a draft is the window's own, and another window's where nothing was typed", () => {
	const [all, mine] = [shelf(), shelf()];
	all.remember("draft:tea", "theirs");
	const drafts = new Drafts(all, mine);
	const emptied = [];
	drafts.open("draft:", (room, text) => emptied.push([room, text]));
	assert.equal(drafts.in("tea"), "theirs");
	all.kept.delete("draft:tea");
	all.changed("draft:tea", undefined, "theirs");
	assert.deepEqual([emptied, drafts.in("tea")], [[["tea", "theirs"]], ""]);
	drafts.keep("tea", "mine");
	assert.deepEqual([all.recall("draft:tea"), mine.recall("draft:tea")], ["mine", "mine"]);
	// Another window's words stay until they are sent there.
	all.remember("draft:tea", "theirs again");
	drafts.keep("tea", "");
	assert.deepEqual([all.recall("draft:tea"), mine.recall("draft:tea")], ["theirs again", undefined]);
});

const WELCOME = {
	type: "welcome", user: { id: 1, name: "alice" }, all: [{ id: 9, name: "bob" }], room: "lobby", limits: {},
	rooms: [{ room: "lobby", kind: "room", epoch: "e", members: 2 }],
};

test("what is unread, and what of it is for one, is counted and taken back", () => {
	const arrived = [];
	const store = new Store({ arrived: (room, event) => arrived.push(event.offset), gap: () => arrived.push("gap") });
	store.heard(WELCOME);
	store.heard({ type: "history", room: "lobby", epoch: "e", recovered: true, events: [], more: false });
	const lobby = store.rooms.get("lobby");
	store.heard({ room: "lobby", ...said(1, { mentions: [1] }) });
	store.heard({ room: "lobby", ...said(2) });
	assert.deepEqual([lobby.unread, lobby.mentions, arrived], [2, 1, [1, 2]]);
	store.heard({ room: "lobby", type: "deleted", offset: 3, from_id: 2, target: 1 });
	assert.deepEqual([lobby.unread, lobby.mentions, lobby.find(1).deleted], [2, 0, true]);
	store.markRead(lobby, 2);
	assert.deepEqual([lobby.unread, lobby.read], [0, 2]);
	store.heard({ room: "lobby", ...said(9) });
	assert.equal(arrived.at(-1), "gap");
	assert.deepEqual(store.known(), { lobby: { epoch: "e", offset: 3 } });
});

test("a kind of event that the page does not know has its place, and is not shown if it says nothing", () => {
	const told = [];
	const store = new Store({ arrived: (room, event) => told.push(event.offset), gap: () => told.push("gap") });
	store.heard(WELCOME);
	store.heard({ type: "history", room: "lobby", epoch: "e", recovered: true, events: [], more: false });
	store.heard({ room: "lobby", type: "unheard-of", offset: 1, from_id: 2, from: "bob", msg_time: 1 });
	store.heard({ room: "lobby", ...said(2) });
	const lobby = store.rooms.get("lobby");
	assert.deepEqual([told, lobby.unread, lobby.items.map(({ offset }) => offset)], [[2], 1, [2]]);
});
