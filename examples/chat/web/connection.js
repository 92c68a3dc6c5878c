/**
 * One WebSocket after the other. It comes back by itself, with back-off and jitter; it finds the answers to questions by
 * their `id`; and it notices when the other end has silently gone.
 *
 *     off ──▶ connecting ──▶ online ──▶ waiting ──▶ connecting …
 *                  │             │
 *                  └─────────────┴──▶ off (so one wished), ended (so the server wished)
 */

import * as arrival from "./arrival.js";
import { randomBytes } from "./browser.js";
import * as chat from "./chat.js";
import { causeOfClose, causeOfRefusal } from "./reach.js";

const FIRST_WAIT = 500;
const LONGEST_WAIT = 20_000;
// A page does not see the server's pings: after this much silence it asks.
const SILENCE = 25_000;
const PATIENCE = 8_000;

export let state = "off";
// Why it has ended or cannot be had: a cause, and the server's own words.
export let cause = "lost";
export let reason = "";

let url;
let socket = null;
let failures = 0;
// Attempts in a row that came to nothing.
let unopened = 0;
let timer = 0;
let openedAt = 0;
let heardAt = 0;
let turnOver = () => {};
// The id of the `hello`: an error with it is no answer to a question.
let greeting;
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

// Says hello; once more, if the server did not take it.
export function greet() {
	become("connecting");
	inTurn(() => send({ type: "hello", id: (greeting = randomId()), ...chat.hello() }));
}

// The server has named a time for the next hello, which is said then, on the same connection.
export function greetIn(time) {
	turnOver();
	cause = "crowded";
	openedAt = Date.now() + time; // until then nothing is missing
	timer = setTimeout(greet, time);
	become("waiting");
}

// Something is missing, or nobody answers: a new connection, after so many milliseconds at least.
export function resume(atLeast) {
	drop();
	wait(atLeast ? "crowded" : "lost", atLeast);
}

// Somebody does not want to wait.
export function tryNow() {
	if (state !== "waiting") return;
	drop();
	open();
}

// The network is back, or somebody looks at the page: now is the time, unless the server has named another.
function nudge() {
	if (state === "waiting" && cause === "lost") open();
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
	start();
}

// Does something when it is this window's turn to arrive, which lasts until it has.
function inTurn(work) {
	turnOver();
	let wanted = true;
	turnOver = () => (wanted = false);
	arrival.inTurn(() => new Promise((over) => {
		if (!wanted) return over(); // nobody waits for this attempt any more
		turnOver = over;
		work();
	}));
}

function start() {
	try {
		socket = new WebSocket(url, "chat.v1");
	} catch (error) {
		return end(error.message); // this is no address
	}
	let opened = false;
	socket.onopen = () => {
		opened = true;
		unopened = 0;
		heardAt = Date.now();
		greet();
	};
	socket.onmessage = ({ data }) => {
		heardAt = Date.now();
		if (typeof data === "string") heard(JSON.parse(data));
	};
	socket.onclose = ({ code, reason: words }) => {
		forget();
		if (code >= 4500 && code <= 4999) return end(words || code);
		reason = words;
		wait(...causeOfClose(code, words));
		if (!opened) lookWhy();
	};
}

// Twice in a row there was no connection: the server is away, or does not want this page.
async function lookWhy() {
	if (++unopened < 2) return;
	const attempt = timer;
	const [why, atLeast] = await causeOfRefusal(url);
	if (timer !== attempt) return; // it is tried again already
	clearTimeout(timer);
	failures -= 1; // the same wait, better known
	wait(why, atLeast);
}

function heard(object) {
	if (object.type === "error" && object.id === greeting) return arrival.refused(object);
	const question = asked.get(object.id);
	asked.delete(object.id);
	chat.heard(object); // an answer is also news
	if (object.type === "error") question?.reject(object);
	else question?.resolve(object);
}

// Many wait at the same time: each for another while, and nobody shorter than it was told.
function wait(why = "lost", atLeast = 0) {
	cause = why;
	const backOff = Math.min(LONGEST_WAIT, FIRST_WAIT * 2 ** failures++);
	const luck = Math.random();
	timer = setTimeout(open, Math.max(backOff * (0.4 + 0.6 * luck), atLeast * (1 + 1.5 * luck)));
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
	return Array.from(randomBytes(12), (byte) => byte.toString(16).padStart(2, "0")).join("");
}

setInterval(() => {
	const now = Date.now();
	if (state === "online" && now - heardAt > SILENCE) probe(PATIENCE);
	if (state === "connecting" && socket && now - openedAt > 2 * PATIENCE) resume();
}, 5_000);
addEventListener("online", nudge);
addEventListener("visibilitychange", () => document.hidden || nudge());
