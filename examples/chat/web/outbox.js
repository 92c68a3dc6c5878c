/**
 * What was written and is not acknowledged yet. Each message has a random id and is said again, after a reconnect or a
 * reload, until the server has acknowledged it; the server knows the id and stores it once. They go one after the
 * other, so that their order stays when one has to wait. A picture's bytes live as long as the page.
 */

import { randomId } from "./connection.js";
import { recallAll, remember } from "./storage.js";

/** Worth another try by itself, after so many milliseconds. */
const AGAIN = { rate_limited: 1_000, busy: 1_000, stopping: 3_000 };

export class Outbox {
	entries = [];
	#prefix = "";
	#chat;
	#saying = false;

	constructor(chat) {
		this.#chat = chat;
	}

	/** Takes up what this person left unsaid, in this window or in one that is gone. */
	open(prefix) {
		if (this.#prefix === prefix) return;
		this.#prefix = prefix;
		this.entries = recallAll(prefix).filter(Boolean).sort((one, other) => one.time - other.time);
	}

	add(what) {
		// Later than the one before, even if the clock was set back: the time is also the order.
		const time = Math.max(Date.now(), (this.entries.at(-1)?.time ?? 0) + 1);
		const entry = { id: randomId(), time, ...what };
		this.entries.push(entry);
		this.#save(entry);
		this.flush();
	}

	of(room) {
		return this.entries.filter((entry) => entry.room === room.name);
	}

	retry(entry) {
		entry.error = undefined;
		this.flush();
	}

	remove(entry) {
		this.entries = this.entries.filter((other) => other !== entry);
		remember(this.#prefix + entry.id, "");
		this.#chat.draw();
	}

	/** Says what waits, one after the other. */
	async flush() {
		this.#chat.draw();
		if (this.#saying) return;
		this.#saying = true;
		for (let entry; this.#chat.ready && (entry = this.entries.find((entry) => !entry.error)); ) {
			await this.#say(entry);
		}
		this.#saying = false;
	}

	async #say(entry) {
		const { id, room, to, msg, blob } = entry;
		const object = { type: blob ? "picture" : "message", id, msg, size: blob?.size, ...(to ? { to } : { room }) };
		const watch = blob && setInterval(() => this.#progress(entry), 100);
		try {
			this.#chat.acked(entry, await this.#chat.ask(object, blob));
			this.remove(entry);
		} catch (error) {
			if (error.code in AGAIN) {
				await new Promise((over) => setTimeout(over, error.retry_after ?? AGAIN[error.code]));
			} else if (error.code !== "lost") {
				entry.error = error;
				this.#save(entry);
			}
		}
		clearInterval(watch);
		this.#chat.draw();
	}

	#progress(entry) {
		entry.progress = Math.max(0, 1 - this.#chat.connection.buffered / entry.blob.size);
		this.#chat.draw();
	}

	#save(entry) {
		if (!entry.blob) remember(this.#prefix + entry.id, entry);
	}
}
