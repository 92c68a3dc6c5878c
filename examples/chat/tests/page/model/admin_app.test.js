/** The whole admin page without a page: being let in, being let go, lists, and what follows from an act. */

import assert from "node:assert/strict";
import test from "node:test";

import { createApp } from "../../../web/admin/app/app.js";

class Socket {
	static all = [];
	static sent = [];

	constructor(url, protocol) {
		this.protocol = protocol;
		Socket.all.push(this);
	}

	send(text) {
		Socket.sent.push(JSON.parse(text));
	}

	close() {}

	static hear(object) {
		Socket.all.at(-1).onmessage({ data: JSON.stringify(object) });
	}
}

function shelf(kept = new Map()) {
	return { recall: (key) => kept.get(key), remember: (key, value) => (value ? kept.set(key, value) : kept.delete(key)) };
}

function page(ofWindow = new Map()) {
	Object.assign(Socket, { all: [], sent: [] });
	globalThis.WebSocket = Socket;
	let ids = 0;
	const app = createApp({ url: "ws://home", kept: shelf(), ofWindow: shelf(ofWindow), browser: { newId: () => `id${++ids}` } });
	app.page = { showScene: () => {} };
	app.do.draw = () => {};
	return { app, state: app.state, ofWindow };
}

const settled = () => new Promise((over) => setImmediate(over));
const sent = (type) => Socket.sent.filter((object) => object.type === type);
const answer = (type, object) => Socket.hear({ id: sent(type).at(-1).id, ...object });

function letIn(app, welcome = {}) {
	app.do.start("KEY");
	Socket.all.at(-1).onopen();
	const { id } = sent("login")[0];
	Socket.hear({ type: "welcome", id, token: "tok", until: 9, server: "pollcat", as: { id: 1, name: "alice", role: "owner" }, ...welcome });
}

test("a key is used once, and a token from then on", () => {
	const { app, state, ofWindow } = page();
	letIn(app);
	assert.equal(Socket.all[0].protocol, "admin.v1");
	assert.deepEqual(sent("login"), [{ type: "login", id: "id1", key: "KEY" }]);
	assert.deepEqual([state.scene, state.me.name, state.door, ofWindow.get("admin token")], ["app", "alice", "open", "tok"]);
	assert.deepEqual(sent("watch_figures"), [{ type: "watch_figures", on: true }]);
	// The connection is lost, and comes back.
	Socket.all[0].onclose({ code: 1006, reason: "" });
	assert.equal(state.scene, "app");
	state.connection.tryNow();
	Socket.all[1].onopen();
	assert.deepEqual([sent("login")[1].token, sent("login")[1].key], ["tok", undefined]);
	app.do.logOut();
	state.connection.disconnect();
});

test("without a key or a token one stands at the gate, and nothing is asked", () => {
	const { app, state } = page();
	app.do.start();
	assert.deepEqual([state.scene, state.gate.why, Socket.all.length], ["gate", "", 0]);
});

test("what the server does not know any more is forgotten, and told", () => {
	for (const [start, kept, why] of [["KEY", new Map(), "bad_key"], [undefined, new Map([["admin token", "old"]]), "over"]]) {
		const { app, state, ofWindow } = page(kept);
		app.do.start(start);
		Socket.all[0].onopen();
		Socket.hear({ type: "error", id: sent("login")[0].id, code: "bad_key", msg: "no" });
		assert.deepEqual([state.scene, state.gate.why, ofWindow.size], ["gate", why, 0]);
		assert.deepEqual([state.connection.state, state.key, state.token], ["off", undefined, undefined]);
	}
});

test("a session that the server ends is over, and nothing of it is left in the window", async () => {
	const { app, state, ofWindow } = page();
	letIn(app);
	app.do.look("people");
	answer("people", { type: "people", people: [{ id: 7, name: "bob" }] });
	await settled();
	assert.equal(state.lists.people.items.length, 1);
	Socket.all[0].onclose({ code: 4504, reason: "this session is over" });
	assert.deepEqual([state.scene, state.gate.why, state.gate.reason], ["gate", "over", "this session is over"]);
	assert.deepEqual([ofWindow.size, state.lists.people.items, state.me], [0, [], undefined]);
});

test("logging out tells the server, whatever it answers", async () => {
	const { app, state, ofWindow } = page();
	letIn(app);
	const over = app.do.logOut();
	assert.equal(sent("logout").length, 1);
	answer("logout", { type: "ack" });
	await over;
	assert.deepEqual([state.scene, state.gate.why, ofWindow.size], ["gate", "left", 0]);
});

test("a list is asked for when somebody looks, goes on where it ended, and is anew after an act", async () => {
	const { app, state } = page();
	letIn(app);
	app.do.look("people");
	answer("people", { type: "people", people: [{ id: 7, name: "bob" }, { id: 9, name: "eve" }], more: true });
	await settled();
	app.do.loadMore("people");
	assert.equal(sent("people").at(-1).after, 9);
	answer("people", { type: "people", people: [{ id: 12, name: "ann" }] });
	await settled();
	assert.deepEqual(state.lists.people.items.map(({ id }) => id), [7, 9, 12]);
	const done = app.do.act({ type: "mute", user: 7, seconds: 60 });
	assert.deepEqual({ ...sent("mute")[0], id: 0 }, { type: "mute", id: 0, user: 7, seconds: 60 });
	answer("mute", { type: "ack" });
	await settled();
	assert.equal(sent("people").at(-1).after, undefined);
	answer("people", { type: "people", people: [] });
	await done;
	state.connection.disconnect();
});

test("what is refused reaches whoever asked, and changes no list", async () => {
	const { app, state } = page();
	letIn(app);
	const refused = assert.rejects(app.do.act({ type: "ban", user: 1 }), { code: "forbidden" });
	answer("ban", { type: "error", code: "forbidden", msg: "you may not" });
	await refused;
	assert.equal(sent("people").length, 0);
	state.connection.disconnect();
});

test("a reported message is deleted first, and its report settled, unless that has happened by itself", async () => {
	const { app, state } = page();
	letIn(app);
	const done = app.do.deleteReported({ id: 9, room: "tea", offset: 88 });
	assert.deepEqual({ ...sent("delete")[0], id: 0 }, { type: "delete", id: 0, room: "tea", offset: 88 });
	assert.equal(sent("settle").length, 0);
	answer("delete", { type: "ack" });
	await settled();
	answer("settle", { type: "error", code: "no_such_report", msg: "gone" });
	await done;
	state.connection.disconnect();
});

test("news change what is seen: the door, the announcement, reports, acts, figures", async () => {
	const { app, state } = page();
	letIn(app, { door: "named", announcement: { id: 1, msg: "hi", msg_time: 5 } });
	assert.deepEqual([state.door, state.announcement.msg], ["named", "hi"]);
	Socket.hear({ type: "door", door: "shut" });
	Socket.hear({ type: "announcement", id: 2, msg: "" });
	Socket.hear({ type: "figures", people_here: 3, reports: 1 });
	assert.deepEqual([state.door, state.announcement, state.figures.latest.people_here], ["shut", undefined, 3]);
	app.do.look("reports");
	answer("reports", { type: "reports", reports: [{ id: 9 }, { id: 10 }] });
	await settled();
	Socket.hear({ type: "settled", report: 9 });
	assert.deepEqual(state.lists.reports.items, [{ id: 10 }]);
	Socket.hear({ type: "reported", report: 11, room: "tea" });
	assert.equal(sent("reports").length, 2);
	app.do.look("acts");
	answer("acts", { type: "acts", acts: [{ id: 4, act: "ban" }], more: false });
	await settled();
	Socket.hear({ type: "acted", id: 5, act: "kick", at: 1 });
	assert.deepEqual(state.lists.acts.items.map(({ act }) => act), ["kick", "ban"]);
	state.connection.disconnect();
});

test("all acts are fetched page by page for the file", async () => {
	const { app, state } = page();
	letIn(app);
	const counts = [];
	const all = app.do.allActs((count) => counts.push(count));
	answer("acts", { type: "acts", acts: [{ id: 5 }, { id: 4 }], more: true });
	await settled();
	assert.equal(sent("acts").at(-1).before, 4);
	answer("acts", { type: "acts", acts: [{ id: 3 }], more: false });
	assert.deepEqual((await all).map(({ id }) => id), [5, 4, 3]);
	assert.deepEqual(counts, [2, 3]);
	state.connection.disconnect();
});
