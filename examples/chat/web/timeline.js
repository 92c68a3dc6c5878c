/**
 * The messages of the room in view. Only a few hundred items have a row at a time, so ten thousand messages cost no more
 * than three hundred: rows are made where somebody scrolls to and let go at the other end.
 *
 * The view holds on to something: to the end, or to the row at its top, so far from there. Only somebody who scrolls changes
 * what it is. Whatever else happens (pictures and fonts come, the keyboard of a phone opens, the composer grows), the view is
 * put back to it.
 */

import { onResize } from "./browser.js";
import * as chat from "./chat.js";
import { $, el } from "./dom.js";
import { row } from "./message.js";
import { newer, older, toLatest, toNew } from "./reading.js";
import { language, say } from "./words.js";

const FIRST_ROWS = 80;
const MORE_ROWS = 60;
const MOST_ROWS = 320;
// So near to an end, in pixels, the next rows are made.
const NEAR = 900;
// So much of what was read is seen above the first new message.
const CONTEXT = 60;

const log = $("log");
const rows = $("rows");
let room;
// The places that have a row.
let start = 0;
let end = 0;
let version = 0;
// How often the room had come to the present when it was last looked at.
let came = 0;
let fetching = false;
let unsent = "";
let focused;
let today = "";

// Does the view hold on to the end? If not, to this row: `{ place, top }`.
export let atEnd = true;
let held = { place: 0, top: 0 };
// Where the view was put, or was seen when somebody had scrolled.
let scrollTop = 0;
// Is the first new message still to be found?
let searching = false;

export function show(shown) {
	if (room) room.reading = atEnd ? null : place(held);
	room = shown;
	came = version = -1;
	atEnd = true;
	searching = false;
	update();
}

export function latest() {
	atEnd = true;
	version = -1;
	update();
}

// Makes all rows anew, as in another language, or on another day.
export function again() {
	fill(start, end);
	update();
}

// Makes the rows what the room is now.
export function update() {
	noticeScroll();
	noticeDay();
	if (version !== room.version) {
		version = room.version;
		atEnd = true;
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
	keep();
	if (room.live && came !== room.came) open();
	// Who sees all of it cannot scroll to what is older.
	if (room.live && log.scrollHeight <= log.clientHeight) more();
}

// The room has come to the present. Who was at its end goes on with what they have not seen; who read elsewhere, there.
function open() {
	came = room.came;
	const { reading } = room;
	room.reading = null;
	if (room.unread > 0) room.markNew(room.read, room.unread);
	renew();
	if (reading && reading.offset >= room.low) return goTo(room.placeOf(reading.offset), reading.top);
	if (room.unread === 0 || !atEnd) return;
	searching = true;
	toNew(room, () => searching).finally(() => (searching = false));
}

// Shows the first new message, below a little of what was read.
export function revealNew() {
	goTo(room.placeOf(room.newAfter + 1), CONTEXT);
	searching = false;
	chat.draw();
}

// Shows the message with this offset, in the middle and for a moment marked.
export function reveal(offset) {
	const place = room.placeOf(offset);
	goTo(place, log.clientHeight / 3);
	const found = rows.children[place - start];
	found?.classList.add("found");
	found?.focus({ preventScroll: true });
}

// Up to which offset has been seen what is in view? (Somebody must look, too.)
export function seen() {
	if (searching || came !== room.came) return 0;
	if (atEnd) return room.last;
	const { bottom } = log.getBoundingClientRect();
	// Who sees the first line of a message has seen it.
	const index = count((row) => row.getBoundingClientRect().top + 24 <= bottom) - 1;
	for (let place = start + index; place >= start; place--) if (room.at(place)?.offset) return room.at(place).offset;
	return 0;
}

// Does the first new message stand above what is in view, where nobody has met it?
export function newIsAbove() {
	if (room.newAfter === Infinity || room.newMet || searching) return false;
	const first = room.newAfter + 1;
	const row = rows.children[room.placeOf(first) - start];
	if (first < room.low || room.placeOf(first) < start) return room.last > room.newAfter;
	if (!row) return false;
	const [view, { top, bottom }] = [log.getBoundingClientRect(), row.getBoundingClientRect()];
	if (bottom <= view.top) return true;
	room.newMet = top < view.bottom && chat.isLooking();
	return false;
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
		const old = rows.children[place - start];
		const hadFocus = old.contains(document.activeElement);
		const made = make(place);
		old.replaceWith(made);
		if (hadFocus) made.focus({ preventScroll: true });
	}
}

// One's own messages that are not acknowledged: always at the end. How far a picture is changes often, and nothing else then.
function showUnsent() {
	const items = chat.unsent(room);
	const coarse = (key, value) => (key === "progress" ? true : value);
	const state = JSON.stringify([version, room.name, chat.isOnline(), language(), items], coarse);
	if (state !== unsent) $("unsent").replaceChildren(...items.map((item, at) => row(item, items[at - 1] ?? room.items.at(-1))));
	unsent = state;
	for (const [at, { progress }] of items.entries()) {
		const bar = progress !== undefined && $("unsent").children[at].querySelector("progress");
		if (bar) bar.value = progress;
	}
}

function showOlder() {
	const all = room.provisional || (room.live && start === room.base && room.low <= room.first);
	const empty = room.items.length === 0 && !$("unsent").firstChild;
	const state = !all ? "loading" : empty ? (room.other ? "emptyTalk" : "emptyRoom") : "beginning";
	const text = say(state);
	if ($("older").firstChild?.textContent === text) return;
	$("older").replaceChildren(...(all && empty ? [el("p.title", {}, text), el("p.quiet", {}, say(`${state}Hint`))] : [el("p.quiet.small", {}, text)]));
}

// ---- what the view holds on to

const below = () => log.scrollHeight - log.scrollTop - log.clientHeight;

function put(top) {
	log.scrollTop = top;
	({ scrollTop } = log);
}

// Puts the view back to what it holds on to.
function keep() {
	if (atEnd) put(log.scrollHeight);
	else hold(held);
	if (atEnd && document.hidden) stopAtNew();
}

function hold({ place, top }) {
	const row = rows.children[place - start];
	const moved = row ? row.getBoundingClientRect().top - log.getBoundingClientRect().top - top : 0;
	if (Math.abs(moved) > .5) put(log.scrollTop + moved);
}

// While nobody sees the page, the first new message does not leave the view.
function stopAtNew() {
	const top = rows.children[room.placeOf(room.newAfter + 1) - start]?.getBoundingClientRect().top - log.getBoundingClientRect().top;
	if (!(top < CONTEXT) || room.unread === 0) return;
	put(log.scrollTop + top - CONTEXT);
	settle();
}

// Shows an item so far below the upper edge, if there is so much after it.
function goTo(place, top) {
	noticeScroll();
	version = room.version;
	fill(place - FIRST_ROWS, place + FIRST_ROWS);
	showOlder();
	hold({ place, top });
	settle();
	more();
}

// From here, the view holds on to what is in it.
function settle() {
	({ scrollTop } = log);
	atEnd = below() < 2 && end === room.end && !room.past;
	held = spot();
}

// How many rows there are from the first on for which it is so.
function count(fits) {
	let [low, high] = [0, rows.children.length];
	while (low < high) {
		const middle = (low + high) >> 1;
		if (fits(rows.children[middle])) low = middle + 1;
		else high = middle;
	}
	return low;
}

// The row at the top of the view, and where its own top is.
function spot() {
	const { top } = log.getBoundingClientRect();
	const index = Math.min(count((row) => row.getBoundingClientRect().bottom <= top), rows.children.length - 1);
	return { place: start + index, top: (rows.children[index]?.getBoundingClientRect().top ?? top) - top };
}

// The same by the offset of a message, for the time when it is to be found again; a notice has none.
function place({ place, top }) {
	const topOf = (place) => rows.children[place - start]?.getBoundingClientRect().top ?? 0;
	const first = place;
	while (place < end && !room.at(place)?.offset) place++;
	return { offset: room.at(place)?.offset ?? room.last, top: top + topOf(place) - topOf(first) };
}

// Has somebody scrolled? What grows or shrinks moves the view as well, but never up, except to where the end is now.
function noticeScroll() {
	const by = log.scrollTop - scrollTop;
	if (Math.abs(by) < 1) return;
	({ scrollTop } = log);
	searching = false;
	if (by > 0 && below() < 60 && end === room.end && !room.past) atEnd = true;
	else if (by < 0 && below() > 1) atEnd = false;
	held = spot();
}

function scrolled() {
	if (!room) return;
	noticeScroll();
	more();
	chat.draw();
}

// Makes rows where somebody is near to the last of them, and fetches what they are made of.
function more() {
	if (log.scrollTop < NEAR) {
		if (start > room.base) still(() => growUp(Math.max(room.base, start - MORE_ROWS)));
		else if (room.low > room.first && room.live) fetch(older);
	} else if (below() < NEAR && !atEnd) {
		if (end < room.end) still(() => grow(Math.min(room.end, end + MORE_ROWS)));
		else if (room.past) fetch(newer);
	}
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
	const up = start;
	held = spot();
	change();
	const surplus = Math.max(0, end - start - MOST_ROWS);
	if (start < up) dropBelow(surplus);
	else drop(Math.min(surplus, held.place - up));
	showOlder();
	hold(held);
}

function resized() {
	if (room) keep();
}

onResize([log, rows, $("unsent")], resized);
log.addEventListener("load", resized, { capture: true }); // where nobody observes sizes

// ---- time

const dayNow = () => new Date().toDateString();

// Another day has begun, or the clock was set: "Today" is another one.
function noticeDay() {
	if (today === dayNow()) return;
	const first = today === "";
	today = dayNow();
	if (!first) fill(start, end);
}

// At midnight; and sooner, for a clock can be set and a computer can sleep.
function watchDay() {
	const now = Date.now();
	setTimeout(watchDay, Math.min(10_000, new Date(now).setHours(24, 0, 0, 50) - now));
	if (room && today !== dayNow()) update();
}
watchDay();

// ---- hands

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
	if (!step) return toLatest();
	const all = [...log.querySelectorAll("article")];
	const at = all.indexOf(document.activeElement.closest("article"));
	const next = at < 0 ? all.at(-1) : all[at + step];
	next?.focus({ preventScroll: true });
	next?.scrollIntoView({ block: "nearest" });
});
