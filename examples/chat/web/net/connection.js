/**
 * One WebSocket after the other. It comes back by itself, with back-off and jitter; it finds the answers to questions
 * by their `id`; and it notices when the other end has silently gone. It knows no page and no chat room.
 *
 *     off ──▶ connecting ──▶ online ──▶ waiting ──▶ connecting …
 *                  │             │
 *                  └─────────────┴──▶ off (so one wished), ended (so the server wished)
 */

import { causeOfClose } from "../model/reach.js";
import { causeOfRefusal } from "./refusal.js";

const FIRST_WAIT = 500;
const LONGEST_WAIT = 20_000;
// A page does not see the server's pings: after this much silence it asks.
const SILENCE = 25_000;
// And after less, if something is to be answered, or somebody begins to write.
const DOUBT = 4_000;
const PATIENCE = 8_000;
// What has not opened by then may be stuck on the way; each time that it was, the next one has twice as long.
const OPENING = 4_000;
const LOOK_EVERY = 1_000;

export class Connection {
	state = "off";
	// Why it has ended or cannot be had: a cause, and the server's own words.
	cause = "lost";
	reason = "";
	// The code with which the server ended it.
	code = 0;
	// When it was online for the last time.
	lostAt = 0;
	#app;
	#url;
	#socket = null;
	#failures = 0;
	// Attempts in a row that came to nothing.
	#unopened = 0;
	#timer = 0;
	#openedAt = 0;
	#heardAt = 0;
	#probedAt = 0;
	// What had not left the browser when that was last looked at.
	#unsent = 0;
	// Attempts in a row that were stuck; and the one of which it is being asked.
	#stuck = 0;
	#suspect = null;
	#turnOver = () => {};
	// The id of the `hello`: an error with it is no answer to a question.
	#greeting;
	#asked = new Map();

	// The owner is told: `changed()` (the state), `heard(object)`, `refused(error)` (the hello). It is asked for:
	// `protocol` (the subprotocol), `hello()` (what to say first), `newId()`, and `inTurn(work)` (does the work when this
	// window may arrive).
	constructor(app) {
		this.#app = app;
	}

	connect(url) {
		this.#url = url;
		this.#failures = 0;
		this.#drop();
		this.#open();
	}

	disconnect() {
		this.#drop();
		this.#become("off");
	}

	// The server has said `welcome`.
	welcomed() {
		this.#failures = 0;
		this.#turnOver();
		this.#become("online");
	}

	// Says hello; once more, if the server did not take it.
	greet() {
		this.#become("connecting");
		this.#inTurn(() => {
			this.#greeting = this.#app.newId();
			this.send({ type: "hello", id: this.#greeting, ...this.#app.hello() });
		});
	}

	// The server has named a time for the next hello, which is said then, on the same connection.
	greetIn(time) {
		this.#turnOver();
		this.cause = "crowded";
		this.#openedAt = Date.now() + time; // until then nothing is missing
		this.#timer = setTimeout(() => this.greet(), time);
		this.#become("waiting");
	}

	// Something is missing, or nobody answers: a new connection, after so many milliseconds at least.
	resume(atLeast, cause = "lost") {
		this.#drop();
		this.#wait(cause, atLeast);
	}

	// Somebody does not want to wait.
	tryNow() {
		if (this.state !== "waiting") return;
		this.#drop();
		this.#open();
	}

	// The network is back, or somebody looks at the page: now is the time, unless the server has named another.
	nudge() {
		if (this.state === "waiting" && this.cause === "lost") this.#open();
		else if (this.state === "online") this.#probe(PATIENCE / 2);
	}

	// Somebody is about to say something: is anybody there to hear it?
	doubt() {
		if (this.state === "online" && Date.now() - this.#lastSign() > DOUBT) this.#probe(PATIENCE / 2);
	}

	// Notices by itself when the other end has gone without a word, or hangs.
	watch() {
		setInterval(() => {
			const now = Date.now();
			if (this.buffered < this.#unsent) this.#heardAt = now; // somebody takes it
			this.#unsent = this.buffered;
			if (this.state === "online") this.#listen(now);
			else if (this.state === "connecting" && this.#socket) this.#lookAfter(now - this.#openedAt);
		}, LOOK_EVERY);
	}

	// What has not left the browser yet, in bytes.
	get buffered() {
		return this.#socket?.bufferedAmount ?? 0;
	}

	send(object) {
		this.#socket?.send(JSON.stringify(object));
	}

	// Says something that will be answered: with the answer, the server's `error`, or `{code: "lost"}`.
	ask(object, bytes) {
		return new Promise((resolve, reject) => {
			if (this.state !== "online") return reject({ code: "lost" });
			const { id = this.#app.newId() } = object;
			this.#asked.set(id, { resolve, reject, at: Date.now() });
			this.send({ ...object, id });
			if (bytes) this.#socket.send(bytes);
		});
	}

	#open() {
		clearTimeout(this.#timer);
		this.#openedAt = Date.now();
		this.#become("connecting");
		this.#start();
	}

	// Does something when it is this window's turn to arrive, which lasts until it has.
	#inTurn(work) {
		this.#turnOver();
		let wanted = true;
		this.#turnOver = () => (wanted = false);
		this.#app.inTurn(() => new Promise((over) => {
			if (!wanted) return over(); // nobody waits for this attempt any more
			this.#turnOver = over;
			work();
		}));
	}

	#start() {
		let socket;
		try {
			socket = this.#socket = new WebSocket(this.#url, this.#app.protocol);
		} catch (error) {
			return this.#end(error.message); // this is no address
		}
		let opened = false;
		socket.onopen = () => {
			opened = true;
			this.#unopened = this.#stuck = 0;
			this.#heardAt = Date.now();
			this.greet();
		};
		socket.onmessage = ({ data }) => {
			this.#heardAt = Date.now();
			if (typeof data === "string") this.#hear(JSON.parse(data));
		};
		socket.onclose = ({ code, reason }) => this.#closed(code, reason, opened);
	}

	#closed(code, reason, opened) {
		this.#forget();
		if (code >= 4500 && code <= 4999) return this.#end(reason || code, code);
		this.reason = reason;
		this.#wait(...causeOfClose(code, reason));
		if (!opened) this.#lookWhy();
	}

	// Twice in a row there was no connection: the server is away, or does not want this page.
	async #lookWhy() {
		if (++this.#unopened < 2) return;
		const attempt = this.#timer;
		const [why, atLeast] = await causeOfRefusal(this.#url);
		if (this.#timer !== attempt) return; // it is tried again already
		clearTimeout(this.#timer);
		this.#failures -= 1; // the same wait, better known
		this.#wait(why, atLeast);
	}

	#hear(object) {
		if (object.type === "error" && object.id === this.#greeting) return this.#app.refused(object);
		const question = this.#asked.get(object.id);
		this.#asked.delete(object.id);
		this.#app.heard(object); // an answer is also news
		if (object.type === "error") question?.reject(object);
		else question?.resolve(object);
	}

	// Many wait at the same time: each for another while, and nobody shorter than it was told.
	#wait(why = "lost", atLeast = 0) {
		this.cause = why;
		const backOff = Math.min(LONGEST_WAIT, FIRST_WAIT * 2 ** this.#failures++);
		const luck = Math.random();
		const time = Math.max(backOff * (0.4 + 0.6 * luck), atLeast * (1 + 1.5 * luck));
		this.#timer = setTimeout(() => this.#open(), time);
		this.#become("waiting");
	}

	#end(why, code = 0) {
		this.#drop();
		this.code = code;
		this.reason = why;
		this.#become("ended");
	}

	// Lets go of the socket without waiting for the other end, which may be gone.
	#drop() {
		const old = this.#socket;
		this.#forget();
		if (!old) return;
		old.onopen = old.onmessage = old.onclose = null;
		old.close();
	}

	#forget() {
		clearTimeout(this.#timer);
		this.#socket = null;
		this.#turnOver();
		const questions = [...this.#asked.values()];
		this.#asked.clear();
		for (const { reject } of questions) reject({ code: "lost" });
	}

	#listen(now) {
		const silent = now - this.#lastSign();
		const [oldest] = this.#asked.values();
		if (oldest && Math.min(silent, now - oldest.at) > DOUBT) this.#probe(PATIENCE / 2);
		else if (silent > SILENCE) this.#probe(PATIENCE);
	}

	// When something was heard, or was asked for last.
	#lastSign() {
		return Math.max(this.#heardAt, this.#probedAt);
	}

	// An attempt is so old, and has come to nothing yet.
	#lookAfter(age) {
		if (age > 2 * PATIENCE) this.resume();
		else if (age > OPENING * 2 ** this.#stuck && this.#suspect !== this.#socket) this.#lookWhetherStuck();
	}

	// A balancer may have led it to where nobody answers. If the server answers a plain request meanwhile, another attempt
	// gets elsewhere.
	async #lookWhetherStuck() {
		const suspect = (this.#suspect = this.#socket);
		const isOpening = () => suspect === this.#socket && suspect.readyState === WebSocket.CONNECTING;
		if (!isOpening()) return;
		const [why] = await causeOfRefusal(this.#url);
		if (why === "lost" || !isOpening()) return;
		this.#stuck += 1;
		this.#drop();
		this.#open();
	}

	// Asks whether anybody is there. If nothing was heard when `patience` is over, nobody is.
	#probe(patience) {
		const [probed, askedAt] = [this.#socket, Date.now()];
		this.#probedAt = askedAt;
		this.send({ type: "ping" });
		setTimeout(() => this.#socket === probed && this.#heardAt < askedAt && this.resume(), patience);
	}

	#become(next) {
		if (this.state === "online") this.lostAt = Date.now();
		this.state = next;
		this.#app.changed();
	}
}
