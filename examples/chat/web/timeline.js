/**
 * The messages of the room in view. Of a room's items only a few hundred have a row at a time, so that ten thousand
 * messages cost no more than three hundred; rows are added at the end that somebody scrolls to and let go at the other.
 * Whatever is added above, what is being read stays where it is on the screen.
 */

import { $, el } from "./dom.js";
import { row } from "./message.js";
import { say } from "./words.js";

const FIRST_ROWS = 80;
const MORE_ROWS = 60;
const MOST_ROWS = 320;
/** So near to an end, in pixels, the next rows are made. */
const NEAR = 900;

export class Timeline {
	room = null;
	/** Does the view follow what arrives? */
	atEnd = true;
	#start = 0;
	#end = 0;
	#version = 0;
	#rows = $("rows");
	#log = $("log");
	#app;
	#fetching = false;
	#unsent = "";
	#focusedRow = null;

	/** `app` has `view()` for the rows, `older(room)`, `newer(room)`, `unsent(room)` and `moved()`. */
	constructor(app) {
		this.#app = app;
		this.#log.addEventListener("scroll", () => this.#scrolled(), { passive: true });
		this.#log.addEventListener("keydown", (event) => this.#key(event));
		this.#log.addEventListener("focusin", ({ target }) => this.#focused(target.closest(".row")));
		// The keyboard of a phone opens, a picture arrives, the composer grows: the end stays in view.
		const stay = new ResizeObserver(() => this.atEnd && this.#toEnd());
		for (const element of [this.#log, this.#rows, $("unsent")]) stay.observe(element);
	}

	show(room) {
		this.room = room;
		this.#version = -1;
		this.atEnd = true;
		this.update();
	}

	/** Makes the rows what the room is now. */
	update() {
		const { room } = this;
		if (!room) return;
		const changed = this.#version !== room.version;
		if (changed) this.#restart();
		else this.#renew();
		if (room.end > this.#end && (this.atEnd || this.count < MOST_ROWS)) this.#grow(room.end);
		if (this.atEnd) {
			if (this.count > MOST_ROWS) this.#drop(this.count - FIRST_ROWS * 2);
			room.trim();
		}
		this.#showUnsent();
		this.#showOlder();
		if (this.atEnd) this.#toEnd();
		if (changed) this.#scrolled();
	}

	/** Makes all rows again: another language, another name. */
	again() {
		if (!this.room) return;
		this.#version = -1;
		this.update();
	}

	latest() {
		this.#start = Math.max(this.room.base, this.room.end - FIRST_ROWS);
		this.#refill();
		this.atEnd = true;
		this.update();
	}

	/** Shows the message with this offset, in the middle and for a moment marked. */
	reveal(offset) {
		const place = this.room.placeOf(offset);
		this.#start = Math.max(this.room.base, place - FIRST_ROWS / 2);
		this.#refill(Math.min(this.room.end, place + FIRST_ROWS / 2));
		this.#version = this.room.version;
		this.atEnd = false;
		const found = this.#rows.children[place - this.#start];
		if (!found) return;
		found.scrollIntoView({ block: "center" });
		found.classList.add("found");
		found.focus({ preventScroll: true });
		this.#scrolled();
	}

	get count() {
		return this.#end - this.#start;
	}

	get topOffset() {
		return this.room.at(this.#start)?.offset;
	}

	#restart() {
		this.#version = this.room.version;
		this.#start = Math.max(this.room.base, this.room.end - FIRST_ROWS);
		this.#refill();
	}

	#refill(end = this.room.end) {
		this.#rows.replaceChildren();
		this.#end = this.#start;
		this.#grow(end);
	}

	#row(place) {
		return row(this.room.at(place), this.room.at(place - 1), this.#app.view());
	}

	/** Rows below, up to a place. */
	#grow(end) {
		const fresh = [];
		while (this.#end < end) fresh.push(this.#row(this.#end++));
		this.#rows.append(...fresh);
	}

	/** Rows above, from a place. */
	#growUp(start) {
		const first = this.#start;
		const fresh = [];
		for (let place = start; place < first; place++) fresh.push(this.#row(place));
		this.#start = start;
		this.#rows.prepend(...fresh);
		// It may go on now where the new row above it stopped.
		this.#rows.children[first - start]?.replaceWith(this.#row(first));
	}

	#drop(count) {
		for (let left = count; left > 0; left--) this.#rows.firstChild.remove();
		this.#start += count;
	}

	#dropBelow(count) {
		for (let left = count; left > 0; left--) this.#rows.lastChild.remove();
		this.#end -= count;
	}

	/** Rows whose items have changed: deleted, or a notice with one name more. */
	#renew() {
		if (this.#start < this.room.base) this.#drop(Math.min(this.count, this.room.base - this.#start));
		for (let place = Math.max(this.#start, this.#end - MOST_ROWS); place < this.#end; place++) {
			const item = this.room.at(place);
			if (!item?.stale) continue;
			item.stale = false;
			this.#rows.children[place - this.#start].replaceWith(this.#row(place));
		}
	}

	/** One's own messages that are not acknowledged: always at the end. */
	#showUnsent() {
		const items = this.#app.unsent(this.room);
		const view = this.#app.view();
		const state = JSON.stringify([this.room.name, view.online, items.map((item) => [item.entry.id, item.state, item.progress, item.why])]);
		if (state === this.#unsent) return;
		this.#unsent = state;
		let before = this.room.at(this.room.end - 1);
		$("unsent").replaceChildren(...items.map((item) => {
			const element = row(item, before, view);
			element.classList.add(item.state);
			before = item;
			return element;
		}));
	}

	#showOlder() {
		const { room } = this;
		const all = this.#start === room.base && room.low <= room.first;
		const state = !room.live && !room.provisional && room.items.length === 0 ? "loading"
			: room.items.length === 0 && all && this.#app.unsent(room).length === 0 ? "empty"
			: all ? "beginning" : "more";
		const words = {
			loading: () => el("p.quiet", {}, say("loading")),
			more: () => el("p.quiet.small", {}, say("loading")),
			beginning: () => el("p.quiet.small", {}, say("beginning")),
			empty: () => el("div.empty", {}, el("p.empty-title", {}, say(room.kind === "direct" ? "emptyTalk" : "emptyRoom")),
				el("p.quiet", {}, say(room.kind === "direct" ? "emptyTalkHint" : "emptyRoomHint"))),
		};
		const key = `${state}${room.name}${document.documentElement.lang}`;
		if ($("older").dataset.state === key) return;
		$("older").dataset.state = key;
		$("older").replaceChildren(words[state]());
	}

	#toEnd() {
		this.#log.scrollTop = this.#log.scrollHeight;
	}

	#scrolled() {
		const { scrollTop, scrollHeight, clientHeight } = this.#log;
		const below = scrollHeight - scrollTop - clientHeight;
		this.atEnd = below < 60 && this.#end === this.room?.end && !this.room.tail;
		if (this.room) {
			if (scrollTop < NEAR) this.#wantOlder();
			else if (below < NEAR) this.#wantNewer();
		}
		this.#app.moved();
	}

	async #wantOlder() {
		const { room } = this;
		if (this.#start > room.base) {
			return this.#still(() => {
				this.#growUp(Math.max(room.base, this.#start - MORE_ROWS));
				if (this.count > MOST_ROWS) this.#dropBelow(this.count - MOST_ROWS);
				this.#showOlder();
			});
		}
		if (room.low <= room.first || !room.live) return;
		await this.#fetch(() => this.#app.older(room), room);
	}

	async #wantNewer() {
		const { room } = this;
		if (this.#end < room.end) {
			return this.#still(() => {
				this.#grow(Math.min(room.end, this.#end + MORE_ROWS));
				if (this.count > MOST_ROWS) this.#drop(this.count - MOST_ROWS);
			});
		}
		if (room.tail) await this.#fetch(() => this.#app.newer(room), room);
	}

	/** One page at a time; then the rows are made of it. */
	async #fetch(page, room) {
		if (this.#fetching) return;
		this.#fetching = true;
		const more = await page();
		this.#fetching = false;
		if (this.room !== room || !more) return;
		this.update();
		this.#scrolled();
	}

	/** Changes rows while what is in view stays in its place. */
	#still(change) {
		const top = this.#log.getBoundingClientRect().top;
		const anchor = [...this.#rows.children].find((row) => row.getBoundingClientRect().bottom > top);
		const item = anchor && this.room.at(this.#start + [...this.#rows.children].indexOf(anchor));
		const before = anchor?.getBoundingClientRect().top;
		change();
		if (!item) return;
		const now = this.#rows.children[this.room.base + this.room.items.indexOf(item) - this.#start];
		if (now) this.#log.scrollTop += now.getBoundingClientRect().top - before;
	}

	/** Tab finds the buttons and links of the message in focus, and no others: the composer stays near. */
	#focused(row) {
		if (row === this.#focusedRow) return;
		const tabIndex = (of, index) => of?.querySelectorAll("a, button").forEach((one) => (one.tabIndex = index));
		tabIndex(this.#focusedRow, -1);
		tabIndex(row, 0);
		this.#focusedRow = row;
	}

	/** Up and down from message to message; Tab goes to the buttons of the one in focus. */
	#key(event) {
		const current = document.activeElement.closest?.(".row");
		const rows = [...this.#log.querySelectorAll("article.row")];
		const at = rows.indexOf(current);
		const step = { ArrowUp: -1, ArrowDown: 1 }[event.key];
		if (event.key === "End") {
			this.#app.toLatest();
		} else if (step && !event.altKey && !event.ctrlKey && !event.metaKey) {
			const next = at < 0 ? rows.at(-1) : rows[at + step];
			if (!next) return;
			next.focus({ preventScroll: true });
			next.scrollIntoView({ block: "nearest" });
		} else {
			return;
		}
		event.preventDefault();
	}
}
