/**
 * The messages of the room in view. Rows are made where somebody scrolls to and let go at the other end (`rows.js`);
 * the view stays where it is meanwhile (`hold.js`).
 */

import { onResize } from "../browser/able.js";
import { $ } from "./dom.js";
import { below, CONTEXT, count, hold, keep, noticeScroll, reading, settle, spot } from "./hold.js";
import { onLongPress } from "./menu.js";
import { drop, dropBelow, fill, grow, growUp, renew, rowAt, showOlder, showUnsent } from "./rows.js";
import { language } from "./words.js";

const FIRST_ROWS = 80;
const MORE_ROWS = 60;
const MOST_ROWS = 320;
// So near to an end, in pixels, the next rows are made.
const NEAR = 900;
// Who sees so much of a message, in pixels, has seen it.
const FIRST_LINE = 24;

export function mount(app) {
	const log = $("log");
	const resized = () => app.state.timeline.room && keep(app);
	onResize([log, $("rows"), $("unsent")], resized);
	log.addEventListener("load", resized, { capture: true }); // where nobody observes sizes
	log.addEventListener("scroll", () => scrolled(app), { passive: true });
	log.addEventListener("focusin", (event) => focused(app, event));
	log.addEventListener("keydown", (event) => walk(app, event));
	onLongPress(log, "article.message", (row) => row.querySelector(".message-more")?.click());
	watchDay(app);
}

// Another room is in view.
export function show(app) {
	const { timeline } = app.state;
	if (timeline.room) timeline.room.reading = timeline.atEnd ? null : reading(app);
	Object.assign(timeline, { room: app.state.room, came: -1, version: -1, atEnd: true, searching: false });
	update(app);
}

export function latest(app) {
	Object.assign(app.state.timeline, { atEnd: true, version: -1 });
	update(app);
}

// Makes all rows anew.
export function again(app) {
	const { start, end } = app.state.timeline;
	fill(app, start, end);
	update(app);
}

// Makes the rows what the room is now.
export function update(app) {
	const { timeline } = app.state;
	const { room } = timeline;
	noticeScroll(app);
	noticeDay(app);
	if (timeline.version !== room.version) {
		Object.assign(timeline, { version: room.version, atEnd: true });
		fill(app, room.end - FIRST_ROWS, room.end);
	}
	renew(app);
	const rows = timeline.end - timeline.start;
	if (room.end > timeline.end && (timeline.atEnd || rows < MOST_ROWS)) grow(app, room.end);
	if (timeline.atEnd) letGo(app);
	showUnsent(app);
	showOlder(app);
	keep(app);
	if (room.live && timeline.came !== room.came) open(app);
	// Somebody who sees all of it cannot scroll to what is older.
	if (room.live && $("log").scrollHeight <= $("log").clientHeight) more(app);
}

// At the end, what is far above is not needed.
function letGo(app) {
	const { room, start, end } = app.state.timeline;
	if (end - start > MOST_ROWS) drop(app, end - start - 2 * FIRST_ROWS);
	room.trim();
}

// The room has come to the present. Somebody who was at its end goes on with what is new; who read elsewhere, there.
function open(app) {
	const { timeline } = app.state;
	const { room } = timeline;
	timeline.came = room.came;
	const { reading } = room;
	room.reading = null;
	if (room.unread > 0) room.markNew(room.read, room.unread);
	renew(app);
	if (reading && reading.offset >= room.low) return goTo(app, room.placeOf(reading.offset), reading.top);
	if (room.unread === 0 || !timeline.atEnd) return;
	timeline.searching = true;
	app.do.toNew(room, () => timeline.searching).finally(() => (timeline.searching = false));
}

// Shows the first new message, below a little of what was read.
export function revealNew(app) {
	const { timeline } = app.state;
	goTo(app, timeline.room.placeOf(timeline.room.newAfter + 1), CONTEXT);
	timeline.searching = false;
	app.do.draw();
}

// Shows the message with this offset, in the middle and for a moment marked.
export function reveal(app, offset) {
	const place = app.state.timeline.room.placeOf(offset);
	goTo(app, place, $("log").clientHeight / 3);
	const found = rowAt(app, place);
	found?.classList.add("message-found");
	found?.focus({ preventScroll: true });
}

// Up to which offset has been seen what is in view? (Somebody must look, too.)
export function seen({ state: { timeline } }) {
	const { room, start } = timeline;
	if (timeline.searching || timeline.came !== room.came) return 0;
	if (timeline.atEnd) return room.last;
	const { bottom } = $("log").getBoundingClientRect();
	const index = count((row) => row.getBoundingClientRect().top + FIRST_LINE <= bottom) - 1;
	for (let place = start + index; place >= start; place--) if (room.at(place)?.offset) return room.at(place).offset;
	return 0;
}

// Does the first new message stand above what is in view, where nobody has met it?
export function newIsAbove(app) {
	const { room, start, searching } = app.state.timeline;
	if (room.newAfter === Infinity || room.newMet || searching) return false;
	const first = room.newAfter + 1;
	const place = room.placeOf(first);
	if (first < room.low || place < start) return room.last > room.newAfter;
	const row = rowAt(app, place);
	if (!row) return false;
	const [view, { top, bottom }] = [$("log").getBoundingClientRect(), row.getBoundingClientRect()];
	if (bottom <= view.top) return true;
	room.newMet = top < view.bottom && app.page.isLooking();
	return false;
}

// Shows an item so far below the upper edge, if there is so much after it.
function goTo(app, place, top) {
	const { timeline } = app.state;
	noticeScroll(app);
	timeline.version = timeline.room.version;
	fill(app, place - FIRST_ROWS, place + FIRST_ROWS);
	showOlder(app);
	hold(app, { place, top });
	settle(app);
	more(app);
}

function scrolled(app) {
	if (!app.state.timeline.room) return;
	noticeScroll(app);
	more(app);
	app.do.draw();
}

// Makes rows where somebody is near to the last of them, and fetches what they are made of.
function more(app) {
	const { room, start, end, atEnd } = app.state.timeline;
	if ($("log").scrollTop < NEAR) {
		if (start > room.base) still(app, () => growUp(app, Math.max(room.base, start - MORE_ROWS)));
		else if (room.low > room.first && room.live) fetchPage(app, app.do.older);
	} else if (below() < NEAR && !atEnd) {
		if (end < room.end) still(app, () => grow(app, Math.min(room.end, end + MORE_ROWS)));
		else if (room.past) fetchPage(app, app.do.newer);
	}
}

// One page at a time; then rows are made of it.
async function fetchPage(app, page) {
	const { timeline } = app.state;
	if (timeline.fetching) return;
	timeline.fetching = true;
	const asked = timeline.room;
	const done = await page(asked);
	timeline.fetching = false;
	if (done && asked === timeline.room) scrolled(app);
}

// Adds rows while what is in view stays in its place, and lets go of those that are far away.
function still(app, change) {
	const { timeline } = app.state;
	const up = timeline.start;
	timeline.held = spot(app);
	change();
	const surplus = Math.max(0, timeline.end - timeline.start - MOST_ROWS);
	if (timeline.start < up) dropBelow(app, surplus);
	else drop(app, Math.min(surplus, timeline.held.place - up));
	showOlder(app);
	hold(app, timeline.held);
}

// ---- time

const dayNow = () => new Date().toDateString();

// Another day has begun, or the clock was set: "Today" is another one. Or the words are of another language.
function noticeDay(app) {
	const { timeline } = app.state;
	const now = dayNow() + language();
	if (timeline.today === now) return;
	const isFirst = timeline.today === "";
	timeline.today = now;
	if (!isFirst) fill(app, timeline.start, timeline.end);
}

// At midnight; and sooner, for a clock can be set and a computer can sleep.
function watchDay(app) {
	const now = Date.now();
	setTimeout(() => watchDay(app), Math.min(10_000, new Date(now).setHours(24, 0, 0, 50) - now));
	const { room, today } = app.state.timeline;
	if (room && today !== dayNow() + language()) update(app);
}

// ---- hands

// Tab finds the buttons and links of the message in focus, and no others: the composer stays near.
function focused({ state: { timeline } }, { target }) {
	const tabIndex = (row, index) => row?.querySelectorAll("a, button").forEach((one) => (one.tabIndex = index));
	tabIndex(timeline.focused, -1);
	timeline.focused = target.closest(".message");
	tabIndex(timeline.focused, 0);
}

function walk(app, event) {
	const step = { ArrowUp: -1, ArrowDown: 1 }[event.key];
	if (!step && event.key !== "End") return;
	event.preventDefault();
	if (!step) return app.do.toLatest();
	const all = [...$("log").querySelectorAll("article")];
	const at = all.indexOf(document.activeElement.closest("article"));
	const next = at < 0 ? all.at(-1) : all[at + step];
	next?.focus({ preventScroll: true });
	next?.scrollIntoView({ block: "nearest" });
}
