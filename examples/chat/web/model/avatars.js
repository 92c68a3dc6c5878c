/** Who has chosen which picture, as far as the server has told. Pure: no page. */

// What is shown is a picture of the chat's own server, and nothing else.
const PATH = /^\/avatars\/[\w-]+(?:\.\w+)?$/;
export const pictureOf = ({ avatar }) => (PATH.test(avatar) ? avatar : undefined);

export class Avatars {
	#paths = new Map();
	// Those that were there no more when they were asked for.
	#gone = new Set();
	// Grows with every change.
	version = 0;
	#isHome;

	// `isHome`: is it the page's own server? The pictures of another one are not shown.
	constructor(isHome = true) {
		this.#isHome = isHome;
	}

	// Somebody's picture, or nothing.
	of(id) {
		const path = this.#paths.get(id);
		return this.#isHome && !this.#gone.has(path) ? path : undefined;
	}

	// The server has told about somebody in full: without a picture there is none.
	know(user) {
		this.#put(user.id, pictureOf(user));
	}

	// It has told of somebody in passing: what it did not say is as it was.
	hear({ id, avatar }) {
		if (avatar) this.know({ id, avatar });
	}

	// It could not be had.
	lost(path) {
		if (this.#gone.has(path)) return;
		this.#gone.add(path);
		this.version += 1;
	}

	// Another connection: what could not be had may be there again.
	again() {
		if (this.#gone.size === 0) return;
		this.#gone.clear();
		this.version += 1;
	}

	#put(id, path) {
		if (this.#paths.get(id) === path) return;
		if (path) this.#paths.set(id, path);
		else this.#paths.delete(id);
		this.version += 1;
	}
}
