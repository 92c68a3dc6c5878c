/** Who this browser is, and why there is no connection. */

import assert from "node:assert/strict";
import test from "node:test";

import { Identity } from "../../../web/model/identity.js";
import { causeOfClose, causeOfStatus, reachable } from "../../../web/model/reach.js";

const user = (name) => ({ id: 1, name });

test("no token is ever written over", () => {
	const it = new Identity({});
	assert.deepEqual(it.hello("alice"), { name: "alice" });
	it.welcomed({ new: true, token: "a", user: user("alice") });
	assert.deepEqual(it.hello(), { token: "a" });
	// A stranger's welcome is not for alice; if the server insists, the token is kept beside hers.
	const strangers = [1, 2, 3].map(() => {
		it.hello();
		return it.welcomed({ new: true, token: "s", user: user("guest-2") });
	});
	assert.deepEqual(strangers, [false, false, true]);
	assert.deepEqual([it.token, it.older, it.name], ["a", ["s"], "alice"]);
	// The server does not know her: then somebody new with her name; who is known again when the server remembers.
	for (const _ of [1, 2]) {
		it.hello();
		it.unknown();
	}
	assert.deepEqual(it.hello(), { name: "alice" });
	it.welcomed({ new: true, token: "b", user: user("alice") });
	assert.deepEqual([it.token, it.older], ["b", ["a", "s"]]);
	it.hello();
	it.unknown();
	assert.deepEqual(it.hello(), { token: "a" });
	it.welcomed({ new: false, user: user("alice") });
	assert.deepEqual([it.token, it.older], ["a", ["b", "s"]]);
});

test("a disk that is full gives no token", () => {
	const it = new Identity({});
	it.hello("bob");
	it.welcomed({ new: true, user: user("bob") });
	assert.deepEqual([it.token, it.hello()], [undefined, { name: "bob" }]);
});

test("each end of a connection has its cause", () => {
	// Somebody who slept through the time for a hello comes back at once; the others wait as long as they are told.
	assert.deepEqual(causeOfClose(1006, ""), ["lost", 0]);
	assert.deepEqual(causeOfClose(1001, ""), ["lost", 800]);
	assert.deepEqual(causeOfClose(1013, "no room"), ["crowded", 6000]);
	assert.deepEqual(causeOfClose(1008, "too fast"), ["hasty", 6000]);
	assert.deepEqual(causeOfClose(1008, "say hello within 20 s"), ["lost", 0]);
});

test("a server that answers, and lets no WebSocket through, says why", () => {
	assert.deepEqual(causeOfStatus({ ok: true, status: 200 }, null), ["blocked", 0]);
	assert.deepEqual(causeOfStatus({ ok: false, status: 503 }, "7"), ["crowded", 7000]);
	assert.deepEqual(causeOfStatus({ ok: false, status: 403 }, null), ["refused", 0]);
	assert.deepEqual(causeOfStatus({ ok: false, status: 500 }, "soon"), ["lost", 0]);
	assert.deepEqual(causeOfStatus({ ok: true, status: 200 }, null, "banned"), ["banned", 60_000]);
});

test("a balancer that has no chat behind it is no crowd", () => {
	const cause = (status, ...told) => causeOfStatus({ ok: false, status }, ...told);
	const plain = "text/plain; charset=utf-8";
	assert.deepEqual(cause(503, "5", null, plain), ["crowded", 5000]);
	assert.deepEqual(cause(429, "2", null, plain), ["crowded", 2000]);
	// HAProxy, a cloud's, one that says when to come again, Caddy, Traefik.
	assert.deepEqual(cause(503, null, null, "text/html"), ["lost", 0]);
	assert.deepEqual(cause(503, "30", null, "text/html; charset=utf-8"), ["lost", 30_000]);
	assert.deepEqual(cause(503, null, null, null), ["lost", 0]);
	assert.deepEqual(cause(503, null, null, plain), ["lost", 0]);
	assert.deepEqual(cause(502, null, null, "text/html"), ["lost", 0]);
});

test("a link for others has an address that others can reach", () => {
	const socket = "wss://chat.example.com/";
	assert.equal(reachable("http://127.0.0.1:9501/#invite=k", socket), "https://chat.example.com/#invite=k");
	assert.equal(reachable("http://localhost:9501/#invite=k", "ws://10.0.0.7:8080"), "http://10.0.0.7:8080/#invite=k");
	assert.equal(reachable("http://[::1]:9501/#invite=k", socket), "https://chat.example.com/#invite=k");
	// Whoever runs the chat has said how it is reached.
	assert.equal(reachable("https://other.example/#invite=k", socket), "https://other.example/#invite=k");
	assert.equal(reachable("/#invite=k", socket), "https://chat.example.com/#invite=k");
});
