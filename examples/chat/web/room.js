/**
 * One room: what was said in it, as far as this page knows.
 *
 * Every event has an offset, 1, 2, 3, …; `last` is the latest that was heard. `items` are the messages to show, without a
 * gap between them, and short notices ("alice joined") in between. Their places are counted from `base`, which falls
 * when older ones are put in front and rises when they are let go; so a place stays the same for the same item.
 *
 * After a jump far back the items are not the latest ones: then `tail` collects what is said meanwhile.
 */

/** More than this is not kept at the end of a room that nobody reads back in; it can be fetched again. */
const KEEP = 3_000;
const TAIL = 500;
/** Comings and goings within this time share one line. */
const NOTICE_TIME = 5 * 60_000;

export class Room {
	items = [];
	base = 0;
	last = 0;
	/** Grows when the items have been replaced, so that nothing shown before is true any more. */
	version = 0;
	/** Is there something of its history; is more of it on its way; has it come to the present? */
	filled = false;
	filling = false;
	live = false;
	tail = null;
	users = null;
	typing = new Map();
	/** The first new message gets a line above it. */
	newAfter = Infinity;

	constructor(info) {
		this.update(info);
	}

	/** Takes what a `welcome` or a `room` says. */
	update({ room, kind, with: other, epoch, first = 1, offset = 0, members = 0, read = 0, unread = 0, mentions = 0 }) {
		Object.assign(this, { name: room, kind, other, first, members, read, unread, mentions });
		if (this.epoch === epoch) return;
		this.epoch = epoch;
		this.filled = false;
		this.#replace([], offset);
	}

	get end() {
		return this.base + this.items.length;
	}

	/** The offset from which on everything is here. */
	get low() {
		return this.lowest ?? this.last + 1;
	}

	at(place) {
		return this.items[place - this.base];
	}

	placeOf(offset) {
		const index = this.items.findIndex((item) => item.offset >= offset);
		return index < 0 ? this.end : this.base + index;
	}

	/** Takes a `history`. False: it does not follow what is here. */
	history({ epoch, recovered, events, more }) {
		this.filled = true;
		this.live = !more;
		const follows = recovered || this.filling;
		this.filling = more;
		if (!follows || this.epoch !== epoch) {
			this.epoch = epoch;
			this.#replace(events, events.at(-1)?.offset ?? this.last);
			return true;
		}
		return events.every((event) => this.take(event) !== "gap");
	}

	/** Takes one event: `new`, `known` (was here already), or `gap` (something before it is missing). */
	take(event) {
		if (event.offset <= this.last) return "known";
		if (event.offset > this.last + 1) return "gap";
		this.last = event.offset;
		if (this.tail) {
			this.tail.push(event);
			if (this.tail.length > TAIL) this.tail.shift();
			if (event.type === "deleted") this.#delete(event.target);
		} else {
			this.lowest ??= event.offset;
			this.#place(event);
		}
		return "new";
	}

	/** Older events, from a `page`; answers how many places they took. */
	older({ events, more }) {
		const before = this.base;
		const fresh = events.filter((event) => event.offset < this.low);
		if (fresh.length > 0) this.lowest = fresh[0].offset;
		if (!more) this.first = this.low;
		const shown = fresh.filter(isShown);
		this.items.unshift(...shown);
		this.base -= shown.length;
		return before - this.base;
	}

	/** Shows a page from far back, or the latest one again. */
	jump(events) {
		const last = this.last;
		const tail = this.tail ?? [];
		this.#replace(events, last);
		this.tail = tail;
		this.#join();
	}

	/** The page after the items, on the way back from a jump. */
	newer(events) {
		const from = this.high;
		for (const event of events) if (event.offset > from) this.#place(event);
		this.#join();
	}

	/** The offset up to which everything is here. */
	get high() {
		return this.tail ? this.upTo : this.last;
	}

	/** Something that is no event, and forgotten with the page. */
	notice(kind, text, now = Date.now()) {
		if (this.tail) return;
		const latest = this.items.at(-1);
		if (latest?.kind === kind && now - latest.msg_time < NOTICE_TIME) {
			latest.names = [...latest.names.filter((name) => name !== text), text];
			latest.stale = true;
		} else {
			this.items.push({ type: "notice", kind, names: [text], msg_time: now });
		}
	}

	/** Lets the oldest go while nobody looks at them. */
	trim() {
		const surplus = this.items.length - KEEP;
		if (surplus < KEEP / 3 || this.tail) return;
		this.items.splice(0, surplus);
		this.base += surplus;
		this.lowest = this.items.find((item) => item.offset)?.offset ?? this.last + 1;
	}

	#replace(events, last) {
		this.base = 0;
		this.items = [];
		this.version += 1;
		this.tail = null;
		this.last = last;
		this.lowest = events[0]?.offset;
		for (const event of events) this.#place(event);
	}

	#place(event) {
		this.upTo = event.offset;
		if (event.type === "deleted") this.#delete(event.target);
		else if (isShown(event)) this.items.push(event);
	}

	#delete(target) {
		const item = this.items.find((item) => item.offset === target);
		if (!item) return;
		Object.assign(item, { msg: "", deleted: true, picture: undefined, stale: true });
	}

	/** The items have come to where the tail begins, or to the end. */
	#join() {
		const { tail, upTo = 0 } = this;
		const rest = tail.filter((event) => event.offset > upTo);
		if (upTo + rest.length !== this.last) return;
		this.tail = null;
		for (const event of rest) this.#place(event);
	}
}

const isShown = (event) => event.type === "message" || event.type === "picture";
