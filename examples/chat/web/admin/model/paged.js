/** A list that comes in pages: what of it is here, whether there is more, and what went wrong. Pure. */

export class Paged {
	items = [];
	// "new" (nobody has asked yet), "loading", "ready", or "failed".
	state = "new";
	more = false;
	error = undefined;
	#question = 0;
	#isAnew = true;

	// Something is asked: all anew, or what comes next. An answer to what was asked before is late then. Gives the
	// number of the question.
	ask(isAnew) {
		this.state = "loading";
		this.error = undefined;
		this.#isAnew = isAnew;
		return ++this.#question;
	}

	// The answer. A row of `old` that came meanwhile by itself is not shown twice.
	take(question, items, more = false) {
		if (question !== this.#question) return;
		const here = new Set(this.#isAnew ? [] : this.items.map(idOf));
		const fresh = items.filter((item) => !here.has(idOf(item)));
		this.items = this.#isAnew ? fresh : [...this.items, ...fresh];
		this.more = Boolean(more) && items.length > 0;
		this.state = "ready";
	}

	fail(question, error) {
		if (question !== this.#question) return;
		this.error = error;
		this.state = "failed";
	}

	// Something new has come by itself.
	putFirst(item) {
		if (this.state === "new" || this.items.some((one) => idOf(one) === idOf(item))) return;
		this.items = [item, ...this.items];
	}

	remove(id) {
		this.items = this.items.filter((item) => idOf(item) !== id);
	}
}

// What a row is called: rooms and settings have names.
export const idOf = (item) => item.id ?? item.room ?? item.name;
