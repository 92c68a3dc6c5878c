/**
 * What was written and is not acknowledged yet. It has a random id and is said again, after a reconnect or a reload,
 * until there is an `ack`; the server stores an id once. One goes after the other, so their order stays when one has to
 * wait. What the server cannot store is said again until it can. A picture's bytes live as long as the page. Pure: what
 * keeps is handed in.
 */

// Could it not be stored? Then the server may take it later, as it is.
export const isPassing = ({ error }) => error?.code === "storage";

// What is behind a picture does not wait for it: it may be all that there is no room for.
const holdsUp = (entry) => isPassing(entry) && !entry.blob;

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
		this.goOn();
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
		const entry = this.#entries.find((entry) => !entry.error || entry.again || holdsUp(entry));
		return entry?.error && !entry.again ? undefined : entry;
	}

	// Is there something that cannot be stored? All waits behind it, so that the order stays.
	get isHeldUp() {
		return this.#entries.some(holdsUp);
	}

	in(room) {
		return this.#entries.filter((entry) => entry.room === room);
	}

	// The server does not take it: it waits until somebody tries again, or until it is time to go on.
	refuse(entry, error) {
		Object.assign(entry, { error, again: false });
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

	// What could not be stored is said again. Until it is known what comes of it, it is shown as before.
	goOn() {
		for (const entry of this.#entries.filter(isPassing)) entry.again = true;
	}

	remove(entry) {
		this.#entries = this.#entries.filter((other) => other !== entry);
		this.#kept.remember(this.#prefix + entry.id);
	}

	#save(entry) {
		if (!entry.blob) this.#kept.remember(this.#prefix + entry.id, entry);
	}
}
