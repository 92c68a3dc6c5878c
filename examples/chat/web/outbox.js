/**
 * What was written and is not acknowledged yet. Each message has a random id and is said again, after a reconnect or a
 * reload, until the server has acknowledged it; the server knows the id and stores it once. They go one after the
 * other, so that their order stays when one has to wait. A picture's bytes live as long as the page.
 */

import { randomId } from "./connection.js";
import { recall, recallKeys, remember } from "./storage.js";

/** Worth another try without being asked, after a while. */
const BUSY = { rate_limited: 1_000, busy: 1_000, stopping: 3_000 };

export class Outbox {
	entries = [];
	#prefix = "";
	#app;
	#busy = false;

	/** `app` has `ask(object, bytes)`, `acked(entry, ack)`, `ready()` and `changed()`. */
	constructor(app) {
		this.#app = app;
	}

	/** Takes up what this person left unsaid, in this window or in one that is gone. */
	open(prefix) {
		if (this.#prefix === prefix) return;
		this.#prefix = prefix;
		const left = recallKeys(prefix).map((id) => recall(prefix + id)).filter(Boolean);
		this.entries = left.sort((one, other) => one.time - other.time);
	}

	add(entry) {
		// Later than the one before, even when the clock was set back: the time is also the order.
		const time = Math.max(Date.now(), (this.entries.at(-1)?.time ?? 0) + 1);
		const whole = { id: randomId(), time, ...entry };
		this.entries.push(whole);
		this.#save(whole);
		this.flush();
	}

	of(room) {
		return this.entries.filter((entry) => entry.room === room.name);
	}

	retry(entry) {
		entry.error = undefined;
		this.#save(entry);
		this.flush();
	}

	remove(entry) {
		this.entries = this.entries.filter((other) => other !== entry);
		remember(this.#prefix + entry.id, undefined);
		this.#app.changed();
	}

	async flush() {
		this.#app.changed();
		if (this.#busy) return;
		this.#busy = true;
		for (let entry; this.#app.ready() && (entry = this.entries.find((entry) => !entry.error)); ) {
			await this.#say(entry);
		}
		this.#busy = false;
	}

	async #say(entry) {
		const { id, room, to, msg, blob } = entry;
		const object = { type: blob ? "picture" : "message", id, msg, ...(to ? { to } : { room }) };
		try {
			entry.sending = true;
			const ack = await this.#app.ask(blob ? { ...object, size: blob.size } : object, blob);
			this.#app.acked(entry, ack);
			this.remove(entry);
		} catch (error) {
			entry.sending = false;
			if (error.code in BUSY) {
				await new Promise((over) => setTimeout(over, error.retry_after ?? BUSY[error.code]));
			} else if (error.code !== "lost") {
				entry.error = error.msg ?? error.code;
				entry.code = error.code;
				this.#save(entry);
				this.#app.changed();
			}
		}
	}

	#save({ id, room, to, msg, time, blob, error, code }) {
		if (!blob) remember(this.#prefix + id, { id, room, to, msg, time, error, code });
	}
}
