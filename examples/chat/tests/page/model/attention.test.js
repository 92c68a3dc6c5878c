/** Of what somebody is told who looks elsewhere; bots and calls; and the lines that are given for a key. */

import assert from "node:assert/strict";
import { execFileSync } from "node:child_process";
import test from "node:test";

import { calling } from "../../../web/app/calling.js";
import { isWorthTelling, levelOf, toneOf } from "../../../web/model/attention.js";
import { curlOf } from "../../../web/model/curl.js";
import { Store } from "../../../web/model/store.js";
import { shapesFor } from "../../../web/model/targets.js";

const ROOM = { room: "tea", kind: "room", epoch: "e", members: 3, offset: 0 };
const TALK = { room: "@1:2", kind: "direct", with: { id: 2, name: "bob" }, epoch: "f", members: 2, offset: 0 };

function store(more = {}, changes = {}) {
	const told = [];
	const it = new Store({ arrived: (room, event) => told.push([room.name, event.offset]), left() {}, gap() {} });
	it.heard({
		type: "welcome", user: { id: 1, name: "alice" }, all: [], room: "tea", limits: {},
		rooms: [{ ...ROOM, ...changes }, TALK], ...more,
	});
	for (const { room, epoch } of [ROOM, TALK]) {
		it.heard({ type: "history", room, epoch, recovered: true, events: [], more: false });
	}
	return { store: it, tea: it.rooms.get("tea"), talk: it.rooms.get("@1:2"), told };
}

const said = (offset, more = {}) =>
	({ type: "message", room: "tea", offset, msg_time: offset, from_id: 2, from: "bob", msg: "hi", ...more });

test("a room tells of what calls one, and a private talk of all, until something else is chosen", () => {
	const { store: it, tea, talk } = store();
	const plain = said(1);
	const rows = [
		[undefined, tea, [false, true, true]], [undefined, talk, [true, true, true]], ["all", tea, [true, true, true]],
		["mentions", talk, [false, true, true]], ["nothing", tea, [false, false, false]],
		["nothing", talk, [false, false, false]],
	];
	for (const [level, room, expected] of rows) {
		it.heard({ type: "level", room: room.name, level: level ?? "usual" });
		const events = [plain, { ...plain, mentions: [1] }, { ...plain, call: "here" }];
		assert.deepEqual(events.map((event) => isWorthTelling(event, room, 1)), expected, `${level} ${room.name}`);
	}
});

test("the level is in what the server says of a room, and what it does not know is as usual", () => {
	const { store: it, tea } = store({}, { level: "nothing" });
	assert.equal(levelOf(tea), "nothing");
	for (const level of ["loudly", null, undefined, "usual", 3, "__proto__"]) {
		it.heard({ type: "level", room: "tea", level });
		assert.equal(levelOf(tea), "mentions");
	}
	it.heard({ type: "level", room: "tea", level: "all" });
	it.heard({ type: "level", room: "no such room", level: "all" });
	it.heard({ type: "room", ...ROOM, offset: 0 });
	assert.equal(tea.level, undefined, "it was not chosen");
});

test("all who are called have one more mention, and those who are here have not", () => {
	const { store: it, tea, told } = store();
	it.heard(said(1, { call: "all" }));
	it.heard(said(2, { call: "here" }));
	it.heard(said(3, { call: "all", mentions: [1] }));
	assert.deepEqual([tea.unread, tea.mentions, told.length], [3, 2, 3]);
	// What is taken back calls nobody.
	it.heard({ type: "deleted", room: "tea", offset: 4, target: 1, from_id: 2, from: "bob" });
	assert.deepEqual([tea.mentions, tea.find(1).call], [1, undefined]);
	it.markRead(tea, 3);
	assert.equal(tea.mentions, 0);
});

test("the mark of a room is loud, quiet or faint", () => {
	const { store: it, tea, talk } = store();
	it.heard(said(1));
	assert.deepEqual([toneOf(tea), toneOf(talk)], ["", "loud"]);
	it.heard(said(2, { mentions: [1] }));
	assert.equal(toneOf(tea), "loud");
	tea.level = "nothing";
	assert.equal(toneOf(tea), "faint");
});

test("who was once a bot is one for ever, and the robot is known by name", () => {
	const { store: it } = store({ robot: { id: 7, name: "小爱", bot: true }, push: { hosts: ["ntfy.sh"], shapes: ["ntfy"] } });
	assert.deepEqual([it.personNamed("小爱")?.id, it.robot.bot, it.push.hosts], [7, true, ["ntfy.sh"]]);
	it.heard({ type: "joined", room: "tea", user: { id: 9, name: "builds", bot: true }, members: 4 });
	it.heard({ type: "renamed", user: { id: 9, name: "build" }, old: "builds" });
	assert.equal(it.people.get(9).bot, true);
	assert.deepEqual([{ id: 9 }, { id: 1 }, { id: 3, bot: true }, undefined].map((user) => it.isBot(user)), [true, false, true, false]);
});

// What calls somebody, as the page would hear it.
function page(kept = {}, isAway = false) {
	const { store: it, tea, talk } = store();
	const done = [];
	const app = {
		do: { reveal() {}, draw() {} },
		page: { isAway: () => isAway, call: (_room, { offset }) => done.push(`call ${offset}`), shake: () => done.push("shake") },
		browser: { now: () => app.time, bell: () => done.push("bell"), mayNotify: () => false },
		state: {
			store: it, connection: {}, calling: { shookAt: -Infinity, isOffered: false },
			kept: { recall: (key) => kept[key], remember: (key, value) => (kept[key] = value) },
		},
		time: 0,
	};
	return { app, tea, talk, done, ...calling(app) };
}

test("a window shakes for a call, once in a while, and not when that is switched off", () => {
	const { app, tea, talk, done, told, setShaking } = page();
	told(tea, said(1), false);
	told(talk, said(1), true);
	assert.deepEqual(done, [], "nobody was called");
	told(tea, said(2, { mentions: [1] }), true);
	told(tea, said(3, { mentions: [1] }), true);
	app.time = 10_000;
	told(tea, said(4, { call: "here" }), true);
	assert.deepEqual(done, ["shake", "shake"]);
	app.time = 30_000;
	setShaking(false);
	told(tea, said(5, { mentions: [1] }), true);
	setShaking(true);
	tea.level = "nothing";
	told(tea, said(6, { mentions: [1] }), false);
	assert.deepEqual(done, ["shake", "shake"]);
});

test("a sound and notices are offered once, when nobody saw the call", () => {
	const kept = {};
	const away = page(kept, true);
	const { tea, app, told } = away;
	tea.level = "all";
	told(tea, said(1), false);
	assert.equal(app.state.calling.isOffered, false, "that was for nobody in particular");
	told(tea, said(2, { mentions: [1] }), true);
	assert.equal(app.state.calling.isOffered, false, "that was seen");
	told(tea, said(3, { mentions: [1] }), false);
	assert.equal(app.state.calling.isOffered, true);
	away.offerSeen();
	away.endOffer();
	told(tea, said(4, { mentions: [1] }), false);
	assert.equal(app.state.calling.isOffered, false);
	for (const [kept, isAway] of [[{ sound: true }, true], [{ offered: true }, true], [{}, false]]) {
		const other = page(kept, isAway);
		other.told(other.talk, said(1), false);
		assert.equal(other.app.state.calling.isOffered, false);
	}
});

test("a line for a shell says what was meant, whatever the room is called", () => {
	const home = "http://localhost:9502/";
	const words = (line) =>
		JSON.parse(execFileSync("node", ["-e", "console.log(JSON.stringify(process.argv.slice(1)))", "--", ...shell(line)]));
	const shell = (line) => execFileSync("sh", ["-c", `curl() { printf '%s\\0' "$@"; }; ${line}`], { encoding: "utf8" })
		.split("\0").slice(0, -1);
	for (const room of ["tea", "it's", "$(id) `id` \\ \"x\"", "茶"]) {
		const line = words(curlOf({ kind: "token", key: "K-_", room }, "it's", home));
		assert.equal(line[1], "Authorization: Bearer K-_");
		assert.deepEqual([JSON.parse(line[5]), line[6]], [{ room, msg: "it's" }, "http://localhost:9502/api/v1/messages"]);
	}
	const hook = words(curlOf({ kind: "hook", url: "https://x/hooks/K" }, "你好", home));
	assert.deepEqual([JSON.parse(hook[3]), hook[4]], [{ text: "你好" }, "https://x/hooks/K"]);
});

test("members choose among what the chat allows, owners among all", () => {
	assert.deepEqual(shapesFor(false, ["bark", "ntfy", "telex"]), ["ntfy", "bark"]);
	assert.equal(shapesFor(true, []).length, 9);
});
