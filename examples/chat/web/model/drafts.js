/**
 * What was typed and not sent, in each room; it is kept at every key. A window keeps its own, which a reload finds
 * again. Of all windows the latest key counts, for a window in which nothing was typed. Pure: what keeps is handed in.
 */

export class Drafts {
	#kept;
	#ofWindow;
	#prefix = "draft:";
	#texts = new Map();

	constructor(kept, ofWindow) {
		this.#kept = kept;
		this.#ofWindow = ofWindow;
	}

	// `emptied(room, text)`: what another window had typed there is not waiting any more.
	open(prefix, emptied) {
		this.#prefix = prefix;
		this.#kept.onChange(prefix, (room, text, old) => {
			if (this.#ofWindow.recall(prefix + room)) return;
			this.#texts.delete(room);
			if (!text) emptied(room, old);
		});
	}

	in(room) {
		if (!this.#texts.has(room)) this.#texts.set(room, this.#recall(this.#prefix + room) ?? "");
		return this.#texts.get(room);
	}

	keep(room, text) {
		const before = this.in(room);
		if (text === before) return;
		this.#texts.set(room, text);
		const key = this.#prefix + room;
		this.#ofWindow.remember(key, text);
		// Another window's words stay until they are sent there.
		if (text || this.#kept.recall(key) === before) this.#kept.remember(key, text);
	}

	// What was typed in a room stays in it when it is called otherwise.
	move(room, to) {
		const text = this.in(room);
		if (!text) return;
		this.keep(room, "");
		this.keep(to, text);
	}

	#recall = (key) => this.#ofWindow.recall(key) ?? this.#kept.recall(key);
}
