/**
 * One WebSocket after the other. It comes back by itself, with back-off and jitter; it asks questions and finds the
 * answers by their `id`; and it notices when the other end has silently gone.
 *
 *     idle ──▶ connecting ──▶ online ──▶ waiting ──▶ connecting …
 *       ▲           │            │
 *      off ◀────────┴────────────┴──▶ ended (the server said: do not come back)
 */

const FIRST_WAIT = 500;
const LONGEST_WAIT = 20_000;
/** The server's own pings never reach the page, so after this much silence it asks. */
const SILENCE = 25_000;
const PATIENCE = 8_000;

export class Connection {
	state = "idle";
	/** Why it has ended. */
	reason = "";
	#url;
	#socket = null;
	#failures = 0;
	#timer = 0;
	#openedAt = 0;
	#heardAt = 0;
	#asked = new Map();
	/** Lets the next window have its turn. */
	#turnOver = () => {};
	#chat;

	constructor(chat) {
		this.#chat = chat;
		setInterval(() => this.#watch(), 5_000);
		addEventListener("online", () => this.nudge());
		document.addEventListener("visibilitychange", () => document.hidden || this.nudge());
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

	/** The server has said `welcome`. */
	welcomed() {
		this.#failures = 0;
		this.#turnOver();
		this.#become("online");
	}

	/** Something is missing in what was heard: a new connection brings it. */
	resume() {
		this.#drop();
		this.#wait();
	}

	/** The network is back, or somebody looks at the page: now is the time. */
	nudge() {
		if (this.state === "waiting") {
			this.#open();
		} else if (this.state === "online") {
			this.#probe(PATIENCE / 2);
		}
	}

	/** How much has not left the browser yet, in bytes. */
	get buffered() {
		return this.#socket?.bufferedAmount ?? 0;
	}

	send(object) {
		this.#socket?.send(JSON.stringify(object));
	}

	/**
	 * Says something that will be answered. The promise is kept with the answer; it is broken with the server's `error`,
	 * or with `{code: "lost"}` when the connection ends before.
	 */
	ask(object, bytes) {
		return new Promise((resolve, reject) => {
			if (this.state !== "online") return reject({ code: "lost" });
			const id = object.id ?? randomId();
			this.#asked.set(id, { resolve, reject });
			this.send({ ...object, id });
			if (bytes) this.#socket.send(bytes);
		});
	}

	#open() {
		clearTimeout(this.#timer);
		this.#openedAt = Date.now();
		this.#become("connecting");
		let wanted = true;
		this.#turnOver = () => (wanted = false);
		this.#chat.inTurn(() => new Promise((turnOver) => {
			if (!wanted) return turnOver(); // nobody waits for this attempt any more
			this.#turnOver = turnOver;
			this.#start();
		}));
	}

	#start() {
		let socket;
		try {
			socket = new WebSocket(this.#url, "chat.v1");
		} catch (error) {
			return this.#end(error.message); // this is no address
		}
		this.#socket = socket;
		socket.onopen = () => {
			if (socket.protocol !== "chat.v1") return this.#end("tooOld");
			this.#heardAt = Date.now();
			this.send({ type: "hello", ...this.#chat.hello() });
		};
		socket.onmessage = ({ data }) => {
			this.#heardAt = Date.now();
			if (typeof data === "string") this.#heard(JSON.parse(data));
		};
		socket.onclose = ({ code, reason }) => this.#closed(code, reason);
	}

	#heard(object) {
		const asked = this.#asked.get(object.id);
		this.#chat.heard(object); // an answer is also news
		this.#asked.delete(object.id);
		if (object.type === "error") asked?.reject(object);
		else asked?.resolve(object);
	}

	#closed(code, reason) {
		this.#forget();
		if (code >= 4500 && code <= 4999) return this.#end(reason || String(code));
		// 1001: everybody comes back at a different moment. 1008, 1013: not soon.
		this.#wait(code === 1001 ? 2_000 : code === 1008 || code === 1013 ? 15_000 : 0);
	}

	#wait(atLeast = 0) {
		const backOff = Math.min(LONGEST_WAIT, FIRST_WAIT * 2 ** this.#failures);
		const delay = Math.max(atLeast, backOff) * (0.4 + 0.6 * Math.random());
		this.#failures += 1;
		this.#timer = setTimeout(() => this.#open(), delay);
		this.#become("waiting");
	}

	#end(reason) {
		this.#drop();
		this.reason = reason;
		this.#become("ended");
	}

	/** Lets go of the socket without waiting for the other end, which may be gone. */
	#drop() {
		const socket = this.#socket;
		this.#forget();
		if (!socket) return;
		socket.onopen = socket.onmessage = socket.onclose = null;
		socket.close();
	}

	#forget() {
		clearTimeout(this.#timer);
		this.#socket = null;
		this.#turnOver();
		const asked = [...this.#asked.values()];
		this.#asked.clear();
		for (const { reject } of asked) reject({ code: "lost" });
	}

	#watch() {
		const now = Date.now();
		if (this.state === "online" && now - this.#heardAt > SILENCE) this.#probe(PATIENCE);
		if (this.state === "connecting" && this.#socket && now - this.#openedAt > 2 * PATIENCE) this.resume();
	}

	/** Asks whether anybody is there. Who has not said a word when `patience` is over is not. */
	#probe(patience) {
		const socket = this.#socket;
		const askedAt = Date.now();
		this.send({ type: "ping" });
		setTimeout(() => {
			if (this.#socket === socket && this.#heardAt < askedAt) this.resume();
		}, patience);
	}

	#become(state) {
		this.state = state;
		this.#chat.draw();
	}
}

export function randomId() {
	const bytes = crypto.getRandomValues(new Uint8Array(12));
	return Array.from(bytes, (byte) => byte.toString(16).padStart(2, "0")).join("");
}
