/**
 * What the browser remembers. Where its storage is forbidden or full, this page holds what it was told until it is closed,
 * and says once that nothing is kept.
 */

import { attempt } from "./browser.js";

const PREFIX = "pollcat:";

let told = false;
let tell = () => {};

// `heard` is called when something could not be kept, once.
export const onLost = (heard) => (tell = heard);

function lost() {
	if (!told) tell();
	told = true;
}

class Kept {
	#place;
	// What could not be stored, or could not be taken out of the storage.
	#held = new Map();

	constructor(place) {
		this.#place = place;
	}

	recall = (key) => {
		if (this.#held.has(key)) return this.#held.get(key);
		return attempt(() => JSON.parse(this.#place().getItem(PREFIX + key)) ?? undefined);
	};

	remember = (key, value) => {
		this.#held.delete(key);
		try {
			if (value) this.#place().setItem(PREFIX + key, JSON.stringify(value));
			else this.#place().removeItem(PREFIX + key);
		} catch {
			this.#held.set(key, value || undefined);
			if (value) lost();
		}
	};

	// What is kept under keys that begin so.
	recallAll = (beginning) => this.#keys(beginning).map(this.recall).filter((value) => value !== undefined);

	forgetAll = (beginning) => this.#keys(beginning).forEach((key) => this.remember(key));

	#keys(beginning) {
		const stored = attempt(() => Object.keys(this.#place()), []).map((key) => key.slice(PREFIX.length));
		return [...new Set([...stored, ...this.#held.keys()])].filter((key) => key.startsWith(beginning));
	}
}

// For all windows of this browser, and until somebody clears it.
export const { recall, remember, recallAll, forgetAll } = new Kept(() => localStorage);

// For this window alone, and until it is closed.
export const ofWindow = new Kept(() => sessionStorage);

// Another window of this browser has changed what is kept under keys that begin so: `heard(rest, value, old)`.
export function onRemembered(beginning, heard) {
	const value = (json) => attempt(() => JSON.parse(json)) ?? undefined;
	addEventListener("storage", ({ key, oldValue, newValue }) => {
		if (key?.startsWith(PREFIX + beginning)) heard(key.slice(PREFIX.length + beginning.length), value(newValue), value(oldValue));
	});
}
