/**
 * What shows a message outside of the log (a hit of a search, a notice, a picture) lets it go when it is taken back.
 */

// So many are remembered; what was shown before them is gone from the page.
const MOST = 500;

export class Gone {
	#shown = new Set();

	// `forget` is called when this message was taken back.
	watch(room, offset, forget) {
		this.#shown.add({ room, offset, forget });
		if (this.#shown.size > MOST) this.#shown.delete(this.#shown.values().next().value);
	}

	// `isGone(room, offset)`: was it taken back?
	forget(isGone) {
		for (const one of this.#shown) {
			if (!isGone(one.room, one.offset)) continue;
			this.#shown.delete(one);
			one.forget();
		}
	}
}
