/** The whole chat without a page: what is written is said once, in its order, whatever becomes of the connection. */

import assert from "node:assert/strict";
import test, { mock } from "node:test";

import { createApp } from "../../../web/app/app.js";
import { COMMANDS } from "../../../web/model/commands.js";
import { Outbox } from "../../../web/model/outbox.js";

// A place that keeps what it is told.
function shelf() {
	const kept = new Map();
	return {
		recall: (key) => kept.get(key),
		remember: (key, value) => (value ? kept.set(key, structuredClone(value)) : kept.delete(key)),
		recallAll: (start) => [...kept].filter(([key]) => key.startsWith(start)).map(([, value]) => value),
		forgetAll: (start) => [...kept.keys()].filter((key) => key.startsWith(start)).forEach((key) => kept.delete(key)),
		onChange: () => {},
	};
}

// The last of them is the connection's; `sent` is all that was said on any of them.
class Socket {
	static all = [];
	static sent = [];

	constructor() {
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

const LOBBY = { room: "lobby", kind: "room", epoch: "e", members: 1, offset: 0 };

function welcome(more = {}) {
	Socket.all.at(-1).onopen();
	const { token } = Socket.sent.at(-1);
	Socket.hear({
		type: "welcome", user: { id: 1, name: "alice" }, new: !token, token: token ? undefined : "t",
		all: [{ id: 1, name: "alice" }], rooms: [LOBBY], room: "lobby", limits: {}, ...more,
	});
	Socket.hear({ type: "history", room: "lobby", epoch: "e", recovered: true, events: [], more: false });
}

// A chat whose page says what was asked of it.
function chat({ invite = "" } = {}) {
	Object.assign(Socket, { all: [], sent: [] });
	globalThis.WebSocket = Socket;
	const asked = [];
	// It is in the address once.
	const takeInvite = () => {
		const taken = invite;
		invite = "";
		return taken;
	};
	const page = { isLooking: () => true, namedRoom: () => "", takeInvite, nameOf: ({ name }) => name };
	let ids = 0;
	const app = createApp({
		home: "ws://home",
		kept: shelf(),
		ofWindow: shelf(),
		browser: { newId: () => `id${++ids}`, takeTurn: (_, work) => work(), letGo: () => {}, now: () => 0 },
	});
	const told = { get: (_, name) => page[name] ?? ((...about) => void asked.push([name, ...about])) };
	app.page = new Proxy({}, told);
	Object.assign(app.do, { draw: () => {}, drawNow: () => {} });
	app.do.start();
	return { app, asked };
}

const settled = () => new Promise((over) => setImmediate(over));
const said = () => Socket.sent.filter(({ type }) => type === "message").map(({ id, msg }) => `${id} ${msg}`);

test("somebody new is asked for a name, comes in, and is known the next time", () => {
	const { app, asked } = chat();
	assert.deepEqual(asked, [["askName"]]);
	app.do.arrive("alice");
	Socket.all.at(-1).onopen();
	assert.deepEqual(Socket.sent.at(-1).name, "alice");
	Socket.hear({ type: "error", id: Socket.sent.at(-1).id, code: "name_taken" });
	assert.deepEqual([app.state.scene, app.state.arrival.refusal.code], ["arrival", "name_taken"]);
	app.do.arrive("alina");
	welcome();
	assert.deepEqual([app.state.scene, app.state.room.name, app.state.identity.token], ["chat", "lobby", "t"]);
	assert.equal(app.do.hello().token, "t");
});

test("what is written without a connection is said once there is one, in its order, with the same ids", async () => {
	mock.timers.enable({ apis: ["setTimeout"] });
	const { app } = chat();
	app.do.arrive("alice");
	welcome();
	app.do.speak(app.state.room, "one");
	app.do.speak(app.state.room, "two");
	await settled();
	const [one] = said();
	assert.match(one, / one$/);
	assert.equal(said().length, 1, "one after the other");
	// The connection breaks before the answer: it is said again, with its id.
	Socket.all.at(-1).onclose({ code: 1006, reason: "" });
	await settled();
	mock.timers.tick(2000);
	welcome();
	await settled();
	assert.deepEqual(said(), [one, one]);
	const answer = (more) => Socket.hear({ id: one.split(" ")[0], ...more });
	answer({ type: "error", code: "rate_limited", retry_after: 300 });
	await settled();
	assert.equal(said().length, 2, "not before it is time");
	mock.timers.tick(300);
	await settled();
	assert.deepEqual(said(), [one, one, one]);
	answer({ type: "ack", room: "lobby", offset: 1, msg_time: 5 });
	await settled();
	assert.match(said().at(-1), / two$/);
	assert.deepEqual(app.state.room.items.map(({ msg }) => msg), ["one"]);
	assert.deepEqual(app.do.unsent(app.state.room).map(({ msg, state }) => [msg, state]), [["two", "pending"]]);
	mock.timers.reset();
});

test("what the server does not take waits until somebody tries again, and holds nobody up", async () => {
	const { app } = chat();
	app.do.arrive("alice");
	welcome();
	for (const text of ["too long", "fine"]) app.do.speak(app.state.room, text);
	await settled();
	Socket.hear({ type: "error", id: said()[0].split(" ")[0], code: "too_long" });
	await settled();
	assert.match(said().at(-1), / fine$/);
	const [first] = app.do.unsent(app.state.room);
	assert.deepEqual([first.state, first.entry.error.code], ["failed", "too_long"]);
	app.do.edit(first.entry);
	assert.equal(app.do.unsent(app.state.room).length, 1);
});

const refuse = async () => {
	Socket.hear({ type: "error", id: said().at(-1).split(" ")[0], code: "storage" });
	await settled();
};

const acknowledge = async (offset) => {
	Socket.hear({ type: "ack", id: said().at(-1).split(" ")[0], room: "lobby", offset, msg_time: 5 });
	await settled();
};

const states = (app) => app.do.unsent(app.state.room).map(({ msg, state }) => `${msg} ${state}`);

test("what cannot be stored is said again until it can, and what comes after it waits behind it", async () => {
	mock.timers.enable({ apis: ["setTimeout"] });
	const { app } = chat();
	app.do.arrive("alice");
	welcome();
	app.do.speak(app.state.room, "one");
	app.do.speak(app.state.room, "two");
	await settled();
	const [one] = said();
	await refuse();
	assert.deepEqual(states(app), ["one failed", "two pending"]);
	assert.ok(app.state.outbox.isHeldUp);
	mock.timers.tick(6_000);
	await settled();
	assert.deepEqual(said(), [one, one], "with the same id");
	assert.deepEqual(states(app), ["one failed", "two pending"], "it does not flicker");
	await refuse();
	// Somebody says more: it is tried again at once, from the first on.
	app.do.speak(app.state.room, "three");
	await settled();
	assert.deepEqual(said(), [one, one, one]);
	await acknowledge(1);
	await acknowledge(2);
	await acknowledge(3);
	assert.deepEqual(said().slice(2).map((line) => line.split(" ")[1]), ["one", "two", "three"]);
	assert.deepEqual(app.state.room.items.map(({ msg }) => msg), ["one", "two", "three"]);
	assert.deepEqual(states(app), []);
	mock.timers.tick(60_000);
	await settled();
	assert.equal(said().length, 5);
	mock.timers.reset();
});

test("what could not be stored is said again on another connection, and on the next visit", async () => {
	mock.timers.enable({ apis: ["setTimeout"] });
	const { app } = chat();
	app.do.arrive("alice");
	welcome();
	app.do.speak(app.state.room, "one");
	await settled();
	const [one] = said();
	await refuse();
	Socket.all.at(-1).onclose({ code: 1006, reason: "" });
	mock.timers.tick(1_000);
	welcome();
	await settled();
	assert.deepEqual(said(), [one, one]);
	await refuse();
	const kept = app.state.kept.recallAll("ws://home unsent:");
	const outbox = new Outbox({ recallAll: () => kept, remember: () => {} });
	outbox.open("");
	assert.equal(outbox.next().msg, "one");
	mock.timers.reset();
});

test("what is taken out of the way lets go on what waits behind it", async () => {
	const { app } = chat();
	app.do.arrive("alice");
	welcome();
	for (const text of ["one", "two"]) app.do.speak(app.state.room, text);
	await settled();
	await refuse();
	app.do.edit(app.do.unsent(app.state.room)[0].entry);
	await settled();
	assert.match(said().at(-1), / two$/);
	await acknowledge(1);
});

test("a picture that cannot be stored holds nobody up", () => {
	const outbox = new Outbox({ recallAll: () => [], remember: () => {} });
	outbox.open("");
	outbox.add("a", { room: "lobby", msg: "", blob: {} });
	outbox.add("b", { room: "lobby", msg: "words" });
	outbox.refuse(outbox.next(), { code: "storage" });
	assert.equal(outbox.next().id, "b");
	outbox.refuse(outbox.next(), { code: "storage" });
	assert.equal(outbox.next(), undefined);
	outbox.goOn();
	assert.equal(outbox.next().id, "a");
});

test("every command of the grammar can be performed", () => {
	const { app } = chat();
	assert.deepEqual(app.do.commands.toSorted(), COMMANDS.toSorted());
});

const hello = () => Socket.sent.findLast(({ type }) => type === "hello");

test("somebody new brings an invite along, and comes to the room that it leads into", () => {
	const { app } = chat({ invite: "KEY" });
	app.do.arrive("alice");
	Socket.all.at(-1).onopen();
	assert.equal(hello().invite, "KEY");
	Socket.hear({ type: "error", id: hello().id, code: "bad_invite" });
	assert.deepEqual([app.state.scene, app.state.arrival.refusal.code], ["arrival", "bad_invite"]);
	app.do.arrive("alice");
	Socket.all.at(-1).onopen();
	assert.equal(hello().invite, undefined, "what is over is not tried again");

	const other = chat({ invite: "KEY" });
	other.app.do.arrive("alice");
	welcome();
	Socket.hear({ type: "room", room: "+12", kind: "private", title: "Tea", epoch: "e", members: 2, offset: 0 });
	assert.equal(other.app.state.room.name, "+12");
	assert.equal(Socket.sent.filter(({ type }) => type === "accept").length, 0, "it was used with the hello");
});

test("somebody known accepts an invite when they are in, once", async () => {
	const { app, asked } = chat({ invite: "KEY" });
	app.state.kept.remember("ws://home token", "t");
	app.do.start();
	welcome();
	assert.equal(hello().invite, undefined);
	const [accept, ...more] = Socket.sent.filter(({ type }) => type === "accept");
	assert.deepEqual([accept.invite, more], ["KEY", []]);
	const refused = { type: "error", id: accept.id, code: "bad_invite" };
	Socket.hear(refused);
	await settled();
	assert.deepEqual(asked.filter(([what]) => what === "tellError").map(([, { code }]) => code), ["bad_invite"]);
});

test("a connection that is ended for a reason fills the window with it", () => {
	const { app } = chat();
	app.do.arrive("alice");
	welcome();
	Socket.all.at(-1).onclose({ code: 4500, reason: "you were put out by bob: spam" });
	assert.deepEqual([app.state.scene, app.state.ending], ["ended", { is: "kicked", by: "bob", reason: "spam" }]);
	app.do.comeBack();
	welcome();
	assert.equal(app.state.scene, "chat");
	Socket.hear({ type: "error", code: "banned", msg: "you may not be here for 3 hours by bob", until: 99 });
	Socket.all.at(-1).onclose({ code: 4501, reason: "you may not be here any more by bob" });
	assert.deepEqual(app.state.ending, { is: "banned", by: "bob", reason: undefined, until: 99 });
});

test("who is kept out is told so when they say hello", () => {
	const { app } = chat();
	app.do.arrive("alice");
	Socket.all.at(-1).onopen();
	Socket.hear({ type: "error", id: hello().id, code: "banned", msg: "you may not be here any more: spam" });
	assert.deepEqual([app.state.scene, app.state.ending.is, app.state.ending.reason], ["ended", "banned", "spam"]);
	assert.equal(app.state.connection.state, "off");
});

test("what was typed and not sent goes with a room that is called otherwise", () => {
	const { app, asked } = chat();
	app.do.arrive("alice");
	welcome({ rooms: [LOBBY, { ...LOBBY, room: "tea" }] });
	app.do.show(app.state.store.rooms.get("tea"));
	app.state.drafts.keep("tea", "half a thought");
	app.state.outbox.add("x", { room: "tea", msg: "unsent" });
	Socket.hear({ type: "altered", room: "coffee", old: "tea", kind: "room" });
	assert.deepEqual([app.state.drafts.in("coffee"), app.state.drafts.in("tea")], ["half a thought", ""]);
	assert.deepEqual(app.do.unsent(app.state.room).map(({ msg }) => msg), ["unsent"]);
	assert.ok(asked.some(([what]) => what === "roomRenamed"));
});

test("what is held back is not shown as said", async () => {
	const { app, asked } = chat();
	app.do.arrive("alice");
	welcome();
	app.do.speak(app.state.room, "hm");
	await settled();
	Socket.hear({ type: "ack", id: said()[0].split(" ")[0], held: true });
	await settled();
	assert.deepEqual([app.do.unsent(app.state.room), app.state.room.items], [[], []]);
	assert.deepEqual(asked.find(([what]) => what === "held"), ["held", "lobby", "hm"]);
});

test("the admin page is that of the server in use, and never a script", async () => {
	const { app, asked } = chat();
	app.do.arrive("alice");
	welcome();
	for (const url of ["/admin#KEY", "javascript:alert(1)"]) {
		const opened = app.do.openAdmin();
		Socket.hear({ type: "admin", id: Socket.sent.at(-1).id, url, seconds: 60 });
		await opened;
	}
	assert.deepEqual(asked.filter(([what]) => what === "openWindow"), [["openWindow", "http://home/admin#KEY"]]);
});
