/**
 * Who this browser is on one server: the token it uses, those that it had before, and its name there. A token is the
 * only way to be a person again, so none is ever written over: not because the server does not know it today, nor
 * because the server took a slow word for a stranger's. Pure: no page, no network.
 */

// A server that forgets everything gives a new one at each start.
const MOST_OLDER = 8;
// So often in a row a server may welcome a stranger where somebody known said hello, before one is that stranger for
// now.
const PATIENCE = 2;

export class Identity {
	token;
	older = [];
	name = "";
	// What the server has said that it does not know, since it last welcomed somebody here.
	#unknown = new Set();
	#sent;
	#strangers = 0;

	constructor(kept) {
		this.learn(kept);
	}

	// Takes what is kept, by this window or another one.
	learn({ token, older = [], name = "" } = {}) {
		this.older = distinct([...older, ...(token === this.token ? [] : [this.token]), ...this.older], token);
		this.token = token;
		this.name = name || this.name;
	}

	// Is there a token that the server may know?
	get isKnown() {
		return this.#next !== undefined;
	}

	get #next() {
		return distinct([this.token, ...this.older]).find((token) => !this.#unknown.has(token));
	}

	// For a `hello`: somebody known, or a new person who would like to have this name.
	hello(wish) {
		this.#sent = this.#next;
		return this.#sent ? { token: this.#sent } : { name: wish || this.name };
	}

	// The server does not know the token that was sent.
	unknown() {
		this.#unknown.add(this.#sent);
	}

	// Takes a `welcome`. False: it is a stranger's, and somebody known had said hello. Then rather once more.
	welcomed({ token, user, new: isNew }) {
		if (isNew && this.#sent) {
			if (this.#strangers++ < PATIENCE) return false;
			this.older = distinct([token, ...this.older], this.token);
			return true;
		}
		this.#strangers = 0;
		this.#unknown.clear();
		this.name = user.name;
		// Somebody new whose token could not be stored has none; who came with a code from another device has a new one.
		const current = isNew ? token : (this.#sent ?? token);
		if (current && current !== this.token) {
			this.older = distinct([this.token, ...this.older], current);
			this.token = current;
		}
		return true;
	}
}

function distinct(tokens, but) {
	return [...new Set(tokens)].filter((token) => token && token !== but).slice(0, MOST_OLDER);
}
