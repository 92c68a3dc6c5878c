/** One connection after the other, without a server: when it asks whether anybody is there, and when it goes elsewhere. */

import assert from "node:assert/strict";
import test, { beforeEach, mock } from "node:test";

import { Connection } from "../../../web/net/connection.js";

// What a browser has of it. Nothing comes and goes but by the test.
class Socket {
	static CONNECTING = 0;
	static all = [];
	readyState = 0;
	bufferedAmount = 0;
	sent = [];

	constructor() {
		Socket.all.push(this);
	}

	send(text) {
		this.sent.push(JSON.parse(text).type);
	}

	close() {}

	open() {
		this.readyState = 1;
		this.onopen();
	}

	hear(object) {
		this.onmessage({ data: JSON.stringify(object) });
	}
}

const last = () => Socket.all.at(-1);
const settled = () => new Promise((over) => setImmediate(over));

// The server's answer to a plain request: a status, or nothing.
let plain;

beforeEach(() => {
	Socket.all = [];
	plain = undefined;
	mock.timers.reset();
	mock.timers.enable({ apis: ["setTimeout", "setInterval", "Date"], now: 1_000_000 });
	Object.assign(globalThis, {
		WebSocket: Socket,
		location: { origin: "http://home" },
		fetch: async () => {
			if (!plain) throw new Error("nobody answers");
			return { ok: plain < 400, status: plain, headers: new Headers() };
		},
	});
});

// Time goes by in steps, so that what is timed is timed from there.
function pass(seconds) {
	for (let at = 0; at < 10 * seconds; at++) mock.timers.tick(100);
}

function connect() {
	let ids = 0;
	const connection = new Connection({
		protocol: "chat.v1", changed() {}, heard() {}, refused() {}, hello: () => ({}), newId: () => `id${++ids}`,
		inTurn: (work) => work(),
	});
	connection.watch();
	connection.connect("ws://home");
	return connection;
}

function online() {
	const connection = connect();
	last().open();
	connection.welcomed();
	return connection;
}

test("a question that nobody answers is a reason to look whether anybody is there, and to go elsewhere", () => {
	const connection = online();
	pass(10);
	connection.ask({ type: "message", msg: "hello" }).catch(() => {});
	pass(12);
	assert.notEqual(connection.state, "online", "a page that only listens would not have asked yet");
	pass(1);
	assert.equal(Socket.all.length, 2);
});

test("a server that is slow with an answer, and alive, is not left", () => {
	const connection = online();
	connection.ask({ type: "message", msg: "hello" }).catch(() => {});
	const { sent } = last();
	for (let second = 0, answered = 0; second < 60; second++) {
		pass(1);
		const pings = sent.filter((type) => type === "ping").length;
		if (pings > answered++) last().hear({ type: "pong" });
		answered = pings;
	}
	assert.equal(connection.state, "online");
	assert.ok(sent.filter((type) => type === "ping").length <= 15, "it asks now and then");
});

test("while a picture is on its way out, silence is no sign", () => {
	const connection = online();
	last().bufferedAmount = 4_000_000;
	connection.ask({ type: "picture", size: 4_000_000 }, new Uint8Array()).catch(() => {});
	for (let second = 0; second < 120; second++) {
		last().bufferedAmount -= 20_000;
		pass(1);
	}
	assert.equal(connection.state, "online");
	pass(20); // nothing leaves any more
	assert.notEqual(connection.state, "online");
});

test("who begins to write after a silence asks at once whether anybody is there", () => {
	const connection = online();
	connection.doubt();
	assert.deepEqual(last().sent, ["hello"], "something was heard just now");
	pass(5);
	connection.doubt();
	connection.doubt();
	assert.deepEqual(last().sent, ["hello", "ping"]);
	pass(4.1);
	assert.notEqual(connection.state, "online");
});

test("a page that nobody writes on asks after longer silence", () => {
	const connection = online();
	pass(24);
	assert.deepEqual(last().sent, ["hello"]);
	pass(11);
	assert.notEqual(connection.state, "online");
});

test("an attempt that is stuck on the way gives way to another one, if the server answers otherwise", async () => {
	connect();
	plain = 200;
	pass(6);
	await settled();
	assert.equal(Socket.all.length, 2, "after some seconds");
	pass(7);
	await settled();
	assert.equal(Socket.all.length, 2, "the next one has longer");
	pass(3);
	await settled();
	assert.equal(Socket.all.length, 3);
	last().open();
	pass(5);
	await settled();
	assert.equal(Socket.all.length, 3);
});

test("an attempt that takes long is waited for while nothing else is answered either", async () => {
	const connection = connect();
	pass(14);
	await settled();
	assert.equal(Socket.all.length, 1, "the network is slow");
	last().open();
	connection.welcomed();
	assert.equal(connection.state, "online");
});
