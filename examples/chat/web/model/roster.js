/**
 * The members of a room in the order in which they are shown: those who are here first, then by name. Each is put where
 * it belongs when it comes or changes, so nothing is ever sorted as a whole. Pure: no page, no network.
 */

const { compare } = new Intl.Collator(undefined, { numeric: true });

const before = (one, other) => other.online - one.online || compare(one.name, other.name) || one.id - other.id;

export class Roster {
	// `{ id, name, online, user }`: what the place was found by, for people change.
	#order = [];
	#places = new Map();
	#names;
	// Grows with every change.
	version = 0;
	// How many of them are here.
	here = 0;
	// Are there members that are not in here yet? Then those after this one are asked for.
	more = false;
	last = undefined;

	constructor(users = []) {
		for (const user of users) this.put(user);
	}

	get size() {
		return this.#order.length;
	}

	has(id) {
		return this.#places.has(id);
	}

	// Somebody new; or somebody whose name or presence has changed.
	put(user) {
		const place = { id: user.id, name: user.name, online: Boolean(user.online), user };
		const old = this.#places.get(user.id);
		if (old && old.name === place.name && old.online === place.online) return;
		this.delete(user.id);
		this.#order.splice(this.#find(place), 0, place);
		this.#places.set(user.id, place);
		this.here += place.online;
		this.version += 1;
	}

	// Something else of somebody has changed.
	touch() {
		this.version += 1;
	}

	delete(id) {
		const place = this.#places.get(id);
		if (!place) return;
		this.#places.delete(id);
		this.#order.splice(this.#find(place), 1);
		this.here -= place.online;
		this.version += 1;
	}

	// What `make` made of them, which is asked for it again when there are more or fewer.
	names(make) {
		if (this.#names?.size !== this.size) this.#names = { size: this.size, made: make() };
		return this.#names.made;
	}

	keys() {
		return this.#places.keys();
	}

	*values() {
		for (const { user } of this.#order) yield user;
	}

	at(index) {
		return this.#order[index]?.user;
	}

	// Where it is, or belongs.
	#find(place) {
		let [low, high] = [0, this.#order.length];
		while (low < high) {
			const middle = (low + high) >> 1;
			if (before(this.#order[middle], place) < 0) low = middle + 1;
			else high = middle;
		}
		return low;
	}
}
