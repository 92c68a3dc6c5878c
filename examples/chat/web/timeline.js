/**
 * The messages of the room in view. Of its items only a few hundred have a row at a time, so that ten thousand messages
 * cost no more than three hundred: rows are added at the end that somebody scrolls to and let go at the other. Whatever
 * is added above, what is being read stays where it is on the screen.
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
	/** The places that have a row. */
	#start = 0;
	#end = 0;
	#version = 0;
	#rows = $("rows");
	#log = $("log");
	#chat;
	#fetching = false;
	#unsent = "";
	#focused = null;

	constructor(chat) {
		this.#chat = chat;
		this.#log.addEventListener("scroll", () => this.#scrolled(), { passive: true });
		this.#log.addEventListener("keydown", (event) => this.#key(event));
		this.#log.addEventListener("focusin", ({ target }) => this.#focus(target.closest(".row")));
		// The keyboard of a phone opens, a picture arrives, the composer grows: the end stays in view.
		const stay = new ResizeObserver(() => this.atEnd && this.#toEnd());
		for (const element of [this.#log, this.#rows, $("unsent")]) stay.observe(element);
	}

	show(room) {
		this.room = room;
		this.again();
		this.latest();
	}

	/** Makes all rows anew: another room, another language. */
	again() {
		this.#version = -1;
		this.update();
	}

	latest() {
		this.#fill(this.room.end - FIRST_ROWS, this.room.end);
		this.atEnd = true;
		this.update();
	}

	/** Makes the rows what the room is now. */
	update() {
		const { room } = this;
		if (!room) return;
		if (this.#version !== room.version) {
			this.#version = room.version;
			this.#fill(room.end - FIRST_ROWS, room.end);
		}
		this.#renew();
		if (room.end > this.#end && (this.atEnd || this.#count < MOST_ROWS)) this.#grow(room.end);
		if (this.atEnd) {
			if (this.#count > MOST_ROWS) this.#drop(this.#count - 2 * FIRST_ROWS);
			room.trim();
		}
		this.#showUnsent();
		this.#showOlder();
		if (this.atEnd) this.#toEnd();
	}

	/** Shows the message with this offset, in the middle and for a moment marked. */
	reveal(offset) {
		const place = this.room.placeOf(offset);
		this.#version = this.room.version;
		this.#fill(place - FIRST_ROWS / 2, place + FIRST_ROWS / 2);
		this.atEnd = false;
		const found = this.#rows.children[place - this.#start];
		if (!found) return;
		found.scrollIntoView({ block: "center" });
		found.classList.add("found");
		found.focus({ preventScroll: true });
	}

	get #count() {
		return this.#end - this.#start;
	}

	#fill(start, end) {
		this.#rows.replaceChildren();
		this.#start = this.#end = Math.max(this.room.base, start);
		this.#grow(Math.min(this.room.end, end));
	}

	#row(place) {
		return row(this.room.at(place), this.room.at(place - 1), this.#chat.view());
	}

	#grow(end) {
		const fresh = [];
		while (this.#end < end) fresh.push(this.#row(this.#end++));
		this.#rows.append(...fresh);
	}

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

	/** Rows of items that have changed: deleted, or a notice with one name more. */
	#renew() {
		if (this.#start < this.room.base) this.#drop(Math.min(this.#count, this.room.base - this.#start));
		for (let place = this.#start; place < this.#end; place++) {
			const item = this.room.at(place);
			if (!item.stale) continue;
			item.stale = false;
			this.#rows.children[place - this.#start].replaceWith(this.#row(place));
		}
	}

	/** One's own messages that are not acknowledged: always at the end. */
	#showUnsent() {
		const items = this.#chat.unsent(this.room);
		const view = this.#chat.view();
		const state = JSON.stringify([this.#version, this.room.name, view.online, items]);
		if (state === this.#unsent) return;
		this.#unsent = state;
		const rows = items.map((item, at) => row(item, items[at - 1] ?? this.room.items.at(-1), view));
		$("unsent").replaceChildren(...rows);
	}

	#showOlder() {
		const { room } = this;
		const all = this.#start === room.base && room.low <= room.first;
		const empty = room.items.length === 0 && !$("unsent").firstChild;
		const state = room.provisional || (room.live && all) ? (empty ? "empty" : "beginning") : "loading";
		const key = `${state} ${room.name} ${document.documentElement.lang}`;
		if ($("older").dataset.state === key) return;
		$("older").dataset.state = key;
		const which = room.kind === "direct" ? "Talk" : "Room";
		$("older").replaceChildren(state !== "empty" ? el("p.quiet.small", {}, say(state))
			: el("div.empty", {}, el("p.title", {}, say(`empty${which}`)), el("p.quiet", {}, say(`empty${which}Hint`))));
	}

	#toEnd() {
		this.#log.scrollTop = this.#log.scrollHeight;
	}

	#scrolled() {
		const { room } = this;
		if (!room) return;
		const { scrollTop, scrollHeight, clientHeight } = this.#log;
		const below = scrollHeight - scrollTop - clientHeight;
		this.atEnd = below < 60 && this.#end === room.end && !room.past;
		if (scrollTop < NEAR) {
			if (this.#start > room.base) this.#still(() => this.#growUp(Math.max(room.base, this.#start - MORE_ROWS)));
			else if (room.low > room.first && room.live) this.#fetch(room, () => this.#chat.older(room));
		} else if (below < NEAR && !this.atEnd) {
			if (this.#end < room.end) this.#still(() => this.#grow(Math.min(room.end, this.#end + MORE_ROWS)));
			else if (room.past) this.#fetch(room, () => this.#chat.newer(room));
		}
		this.#chat.draw();
	}

	/** One page at a time; then rows are made of it. */
	async #fetch(room, page) {
		if (this.#fetching) return;
		this.#fetching = true;
		const done = await page();
		this.#fetching = false;
		if (done && this.room === room) this.#scrolled();
	}

	/** Adds rows while what is in view stays in its place, and lets go of those that are far away. */
	#still(grow) {
		const top = this.#log.getBoundingClientRect().top;
		const index = [...this.#rows.children].findIndex((row) => row.getBoundingClientRect().bottom > top);
		const place = this.#start + index;
		const topOf = (place) => this.#rows.children[place - this.#start]?.getBoundingClientRect().top ?? 0;
		const before = topOf(place);
		const up = this.#start;
		grow();
		const surplus = Math.max(0, this.#count - MOST_ROWS);
		if (this.#start < up) this.#dropBelow(surplus);
		else this.#drop(Math.min(surplus, index));
		this.#showOlder();
		this.#log.scrollTop += topOf(place) - before;
	}

	/** Tab finds the buttons and links of the message in focus, and no others: the composer stays near. */
	#focus(row) {
		const tabIndex = (of, index) => of?.querySelectorAll("a, button").forEach((one) => (one.tabIndex = index));
		tabIndex(this.#focused, -1);
		tabIndex(row, 0);
		this.#focused = row;
	}

	/** Up and down from message to message. */
	#key(event) {
		if (event.key === "End") {
			this.#chat.toLatest();
		} else if (event.key === "ArrowUp" || event.key === "ArrowDown") {
			const rows = [...this.#log.querySelectorAll("article")];
			const at = rows.indexOf(document.activeElement.closest("article"));
			const next = at < 0 ? rows.at(-1) : rows[at + (event.key === "ArrowUp" ? -1 : 1)];
			next?.focus({ preventScroll: true });
			next?.scrollIntoView({ block: "nearest" });
		} else {
			return;
		}
		event.preventDefault();
	}
}
