/**
 * The messages of the room in view. Only a few hundred items have a row at a time, so ten thousand messages cost no more
 * than three hundred: rows are made where somebody scrolls to and let go at the other end. What is being read stays
 * where it is on the screen.
 */

import * as chat from "./chat.js";
import { $, el } from "./dom.js";
import { row } from "./message.js";
import { language, say } from "./words.js";

const FIRST_ROWS = 80;
const MORE_ROWS = 60;
const MOST_ROWS = 320;
// So near to an end, in pixels, the next rows are made.
const NEAR = 900;

const log = $("log");
const rows = $("rows");
let room;
// The places that have a row.
let start = 0;
let end = 0;
let version = 0;
let fetching = false;
let unsent = "";
let focused;

// Does the view follow what arrives?
export let atEnd = true;

export function show(shown) {
	room = shown;
	latest();
}

export function latest() {
	atEnd = true;
	version = -1;
	update();
}

// Makes all rows anew, as in another language.
export function again() {
	fill(start, end);
	update();
}

// Makes the rows what the room is now.
export function update() {
	if (version !== room.version) {
		version = room.version;
		fill(room.end - FIRST_ROWS, room.end);
	}
	renew();
	if (room.end > end && (atEnd || end - start < MOST_ROWS)) grow(room.end);
	if (atEnd) {
		if (end - start > MOST_ROWS) drop(end - start - 2 * FIRST_ROWS);
		room.trim();
	}
	showUnsent();
	showOlder();
	if (atEnd) toEnd();
}

// Shows the message with this offset, in the middle and for a moment marked.
export function reveal(offset) {
	const place = room.placeOf(offset);
	version = room.version;
	fill(place - FIRST_ROWS / 2, place + FIRST_ROWS / 2);
	atEnd = false;
	const found = rows.children[place - start];
	found?.scrollIntoView({ block: "center" });
	found?.classList.add("found");
	found?.focus({ preventScroll: true });
}

const make = (place) => row(room.at(place), room.at(place - 1));

function fill(from, to) {
	rows.replaceChildren();
	start = end = Math.max(room.base, from);
	grow(Math.min(room.end, to));
}

function grow(to) {
	while (end < to) rows.append(make(end++));
}

function growUp(from) {
	// The first row may go on now where the new row above it stops.
	rows.firstChild?.replaceWith(make(start));
	while (start > from) rows.prepend(make(--start));
}

function drop(count) {
	for (start += count; count > 0; count--) rows.firstChild.remove();
}

function dropBelow(count) {
	for (end -= count; count > 0; count--) rows.lastChild.remove();
}

// Rows of items that have changed: deleted, or a notice with one name more.
function renew() {
	if (start < room.base) drop(Math.min(end, room.base) - start);
	for (let place = start; place < end; place++) {
		const item = room.at(place);
		if (!item.stale) continue;
		item.stale = false;
		rows.children[place - start].replaceWith(make(place));
	}
}

// One's own messages that are not acknowledged: always at the end.
function showUnsent() {
	const items = chat.unsent(room);
	const state = JSON.stringify([version, room.name, chat.isOnline(), language(), items]);
	if (state === unsent) return;
	unsent = state;
	$("unsent").replaceChildren(...items.map((item, at) => row(item, items[at - 1] ?? room.items.at(-1))));
}

function showOlder() {
	const all = room.provisional || (room.live && start === room.base && room.low <= room.first);
	const empty = room.items.length === 0 && !$("unsent").firstChild;
	const state = !all ? "loading" : empty ? (room.other ? "emptyTalk" : "emptyRoom") : "beginning";
	const text = say(state);
	if ($("older").firstChild?.textContent === text) return;
	$("older").replaceChildren(...(all && empty ? [el("p.title", {}, text), el("p.quiet", {}, say(`${state}Hint`))] : [el("p.quiet.small", {}, text)]));
}

function toEnd() {
	log.scrollTop = log.scrollHeight;
}

function scrolled() {
	if (!room) return;
	const below = log.scrollHeight - log.scrollTop - log.clientHeight;
	// At the end without a row for what has just arrived is at the end as well.
	if (below > 60) atEnd = false;
	else if (end === room.end && !room.past) atEnd = true;
	if (log.scrollTop < NEAR) {
		if (start > room.base) still(() => growUp(Math.max(room.base, start - MORE_ROWS)));
		else if (room.low > room.first && room.live) fetch(chat.older);
	} else if (below < NEAR && !atEnd) {
		if (end < room.end) still(() => grow(Math.min(room.end, end + MORE_ROWS)));
		else if (room.past) fetch(chat.newer);
	}
	chat.draw();
}

// One page at a time; then rows are made of it.
async function fetch(page) {
	if (fetching) return;
	fetching = true;
	const asked = room;
	const done = await page(room);
	fetching = false;
	if (done && asked === room) scrolled();
}

// Adds rows while what is in view stays in its place, and lets go of those that are far away.
function still(change) {
	const top = log.getBoundingClientRect().top;
	const index = [...rows.children].findIndex((row) => row.getBoundingClientRect().bottom > top);
	const place = start + index;
	const topOf = (place) => rows.children[place - start]?.getBoundingClientRect().top ?? 0;
	const [before, up] = [topOf(place), start];
	change();
	const surplus = Math.max(0, end - start - MOST_ROWS);
	if (start < up) dropBelow(surplus);
	else drop(Math.min(surplus, index));
	showOlder();
	log.scrollTop += topOf(place) - before;
}

// The keyboard of a phone opens, a picture arrives, the composer grows: the end stays in view.
const stay = new ResizeObserver(() => atEnd && toEnd());
for (const element of [log, rows, $("unsent")]) stay.observe(element);

log.addEventListener("scroll", scrolled, { passive: true });

// Tab finds the buttons and links of the message in focus, and no others: the composer stays near.
log.addEventListener("focusin", ({ target }) => {
	const tabIndex = (row, index) => row?.querySelectorAll("a, button").forEach((one) => (one.tabIndex = index));
	tabIndex(focused, -1);
	tabIndex((focused = target.closest(".row")), 0);
});

log.addEventListener("keydown", (event) => {
	const step = { ArrowUp: -1, ArrowDown: 1 }[event.key];
	if (!step && event.key !== "End") return;
	event.preventDefault();
	if (!step) return chat.toLatest();
	const all = [...log.querySelectorAll("article")];
	const at = all.indexOf(document.activeElement.closest("article"));
	const next = at < 0 ? all.at(-1) : all[at + step];
	next?.focus({ preventScroll: true });
	next?.scrollIntoView({ block: "nearest" });
});
