/**
 * One WebSocket after the other. It comes back by itself, with back-off and jitter; it finds the answers to questions by
 * their `id`; and it notices when the other end has silently gone.
 *
 *     off ──▶ connecting ──▶ online ──▶ waiting ──▶ connecting …
 *                  │             │
 *                  └─────────────┴──▶ off (so one wished), ended (so the server wished)
 */

import * as chat from "./chat.js";

const FIRST_WAIT = 500;
const LONGEST_WAIT = 20_000;
// A page does not see the server's pings: after this much silence it asks.
const SILENCE = 25_000;
const PATIENCE = 8_000;

export let state = "off";
// Why it has ended.
export let reason = "";

let url;
let socket = null;
let failures = 0;
let timer = 0;
let openedAt = 0;
let heardAt = 0;
let turnOver = () => {};
const asked = new Map();

export function connect(to) {
	url = to;
	failures = 0;
	drop();
	open();
}

export function disconnect() {
	drop();
	become("off");
}

// The server has said `welcome`.
export function welcomed() {
	failures = 0;
	turnOver();
	become("online");
}

// Something is missing, or nobody answers: a new connection.
export function resume() {
	drop();
	wait();
}

// The network is back, or somebody looks at the page: now is the time.
export function nudge() {
	if (state === "waiting") open();
	else if (state === "online") probe(PATIENCE / 2);
}

// What has not left the browser yet, in bytes.
export const buffered = () => socket?.bufferedAmount ?? 0;

export function send(object) {
	socket?.send(JSON.stringify(object));
}

// Says something that will be answered: with the answer, the server's `error`, or `{code: "lost"}`.
export function ask(object, bytes) {
	return new Promise((resolve, reject) => {
		if (state !== "online") return reject({ code: "lost" });
		const { id = randomId() } = object;
		asked.set(id, { resolve, reject });
		send({ ...object, id });
		if (bytes) socket.send(bytes);
	});
}

function open() {
	clearTimeout(timer);
	openedAt = Date.now();
	become("connecting");
	let wanted = true;
	turnOver = () => (wanted = false);
	chat.inTurn(() => new Promise((over) => {
		if (!wanted) return over(); // nobody waits for this attempt any more
		turnOver = over;
		start();
	}));
}

function start() {
	try {
		socket = new WebSocket(url, "chat.v1");
	} catch (error) {
		return end(error.message); // this is no address
	}
	socket.onopen = () => {
		heardAt = Date.now();
		send({ type: "hello", ...chat.hello() });
	};
	socket.onmessage = ({ data }) => {
		heardAt = Date.now();
		if (typeof data === "string") heard(JSON.parse(data));
	};
	socket.onclose = ({ code, reason }) => {
		forget();
		if (code >= 4500 && code <= 4999) return end(reason || code);
		// 1001: everybody comes back at a different moment. 1008, 1013: not soon.
		wait({ 1001: 2_000, 1008: 15_000, 1013: 15_000 }[code]);
	};
}

function heard(object) {
	const question = asked.get(object.id);
	chat.heard(object); // an answer is also news
	asked.delete(object.id);
	if (object.type === "error") question?.reject(object);
	else question?.resolve(object);
}

function wait(atLeast = 0) {
	const backOff = Math.min(LONGEST_WAIT, FIRST_WAIT * 2 ** failures++);
	timer = setTimeout(open, Math.max(atLeast, backOff) * (0.4 + 0.6 * Math.random()));
	become("waiting");
}

function end(why) {
	drop();
	reason = why;
	become("ended");
}

// Lets go of the socket without waiting for the other end, which may be gone.
function drop() {
	const old = socket;
	forget();
	if (!old) return;
	old.onopen = old.onmessage = old.onclose = null;
	old.close();
}

function forget() {
	clearTimeout(timer);
	socket = null;
	turnOver();
	const questions = [...asked.values()];
	asked.clear();
	for (const { reject } of questions) reject({ code: "lost" });
}

// Asks whether anybody is there. Who has not said a word when `patience` is over is not.
function probe(patience) {
	const [probed, askedAt] = [socket, Date.now()];
	send({ type: "ping" });
	setTimeout(() => socket === probed && heardAt < askedAt && resume(), patience);
}

function become(next) {
	state = next;
	chat.draw();
}

export function randomId() {
	return Array.from(crypto.getRandomValues(new Uint8Array(12)), (byte) => byte.toString(16).padStart(2, "0")).join("");
}

setInterval(() => {
	const now = Date.now();
	if (state === "online" && now - heardAt > SILENCE) probe(PATIENCE);
	if (state === "connecting" && socket && now - openedAt > 2 * PATIENCE) resume();
}, 5_000);
addEventListener("online", nudge);
addEventListener("visibilitychange", () => document.hidden || nudge());
