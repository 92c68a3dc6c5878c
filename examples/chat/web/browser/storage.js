/**
 * What the browser remembers. Where its storage is forbidden or full, this page holds what it was told until it is
 * closed, and says once that nothing is kept.
 */

import { attempt } from "../model/attempt.js";

const PREFIX = "pollcat:";

export class Kept {
	#place;
	#lost;
	// What could not be stored, or could not be taken out of the storage.
	#held = new Map();

	// `place()`: the storage, if it may be used. `lost()`: something could not be kept, for the first time.
	constructor(place, lost = () => {}) {
		this.#place = place;
		this.#lost = lost;
	}

	recall(key) {
		if (this.#held.has(key)) return this.#held.get(key);
		return attempt(() => JSON.parse(this.#place().getItem(PREFIX + key)) ?? undefined);
	}

	remember(key, value) {
		this.#held.delete(key);
		try {
			if (value) this.#place().setItem(PREFIX + key, JSON.stringify(value));
			else this.#place().removeItem(PREFIX + key);
		} catch {
			this.#held.set(key, value || undefined);
			if (value) this.#tellLost();
		}
	}

	// What is kept under keys that begin so.
	recallAll(beginning) {
		return this.#keys(beginning).map((key) => this.recall(key)).filter((value) => value !== undefined);
	}

	forgetAll(beginning) {
		for (const key of this.#keys(beginning)) this.remember(key);
	}

	// Another window of this browser has changed what is kept under keys that begin so: `heard(rest, value, old)`.
	onChange(beginning, heard) {
		const value = (json) => attempt(() => JSON.parse(json)) ?? undefined;
		const start = PREFIX + beginning;
		addEventListener("storage", ({ key, oldValue, newValue }) => {
			if (key?.startsWith(start)) heard(key.slice(start.length), value(newValue), value(oldValue));
		});
	}

	#tellLost() {
		const tell = this.#lost;
		this.#lost = () => {};
		tell();
	}

	#keys(beginning) {
		const stored = attempt(() => Object.keys(this.#place()), []).map((key) => key.slice(PREFIX.length));
		return [...new Set([...stored, ...this.#held.keys()])].filter((key) => key.startsWith(beginning));
	}
}
