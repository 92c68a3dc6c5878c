/**
 * What was written and is not acknowledged yet. It has a random id and is said again, after a reconnect or a reload,
 * until there is an `ack`; the server stores an id once. One goes after the other, so their order stays when one has to
 * wait. A picture's bytes live as long as the page. Pure: what keeps is handed in.
 */

export class Outbox {
	#kept;
	#prefix;
	#entries = [];
	// Is one being said?
	saying = false;

	constructor(kept) {
		this.#kept = kept;
	}

	// Takes up what this person left unsaid, in this window or in one that is gone.
	open(prefix) {
		if (this.#prefix === prefix) return;
		this.#prefix = prefix;
		this.#entries = this.#kept.recallAll(prefix).sort((one, other) => one.time - other.time);
	}

	add(id, what, now = Date.now()) {
		// The time is also the order, even if the clock was set back.
		const time = Math.max(now, (this.#entries.at(-1)?.time ?? 0) + 1);
		const entry = { id, time, ...what };
		this.#entries.push(entry);
		this.#save(entry);
	}

	// The one whose turn it is.
	next() {
		return this.#entries.find((entry) => !entry.error);
	}

	in(room) {
		return this.#entries.filter((entry) => entry.room === room);
	}

	// The server does not take it: it waits until somebody tries again.
	refuse(entry, error) {
		entry.error = error;
		this.#save(entry);
	}

	// The room is called otherwise.
	move(room, to) {
		for (const entry of this.in(room)) {
			entry.room = to;
			this.#save(entry);
		}
	}

	retry(entry) {
		entry.error = undefined;
	}

	remove(entry) {
		this.#entries = this.#entries.filter((other) => other !== entry);
		this.#kept.remember(this.#prefix + entry.id);
	}

	#save(entry) {
		if (!entry.blob) this.#kept.remember(this.#prefix + entry.id, entry);
	}
}
