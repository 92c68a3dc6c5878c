/**
 * What the view of the log holds on to: its end, or the row at its top, so far from there. Only somebody who scrolls
 * changes what it is. Whatever else happens (pictures and fonts come, the keyboard of a phone opens, the composer
 * grows), the view is put back to it.
 */

import { $ } from "./dom.js";
import { rowAt } from "./rows.js";

// So much of what was read is seen above the first new message.
export const CONTEXT = 60;
// So near to the end, in pixels, somebody who scrolls down means the end.
const NEAR_END = 60;

export function below() {
	const log = $("log");
	return log.scrollHeight - log.scrollTop - log.clientHeight;
}

const topOf = (element) => element.getBoundingClientRect().top;

function put(timeline, top) {
	$("log").scrollTop = top;
	timeline.scrollTop = $("log").scrollTop;
}

// Puts the view back to what it holds on to.
export function keep(app) {
	const { timeline } = app.state;
	if (timeline.atEnd) put(timeline, $("log").scrollHeight);
	else hold(app, timeline.held);
	if (timeline.atEnd && document.hidden) stopAtNew(app);
}

export function hold(app, { place, top }) {
	const row = rowAt(app, place);
	const moved = row ? topOf(row) - topOf($("log")) - top : 0;
	if (Math.abs(moved) > .5) put(app.state.timeline, $("log").scrollTop + moved);
}

// While nobody sees the page, the first new message does not leave the view.
function stopAtNew(app) {
	const { timeline } = app.state;
	const { room } = timeline;
	const row = rowAt(app, room.placeOf(room.newAfter + 1));
	const top = row ? topOf(row) - topOf($("log")) : Infinity;
	if (top >= CONTEXT || room.unread === 0) return;
	put(timeline, $("log").scrollTop + top - CONTEXT);
	settle(app);
}

// From here, the view holds on to what is in it.
export function settle(app) {
	const { timeline } = app.state;
	timeline.scrollTop = $("log").scrollTop;
	timeline.atEnd = below() < 2 && isWhole(timeline);
	timeline.held = spot(app);
}

// Are there rows to the very end?
const isWhole = ({ room, end }) => end === room.end && !room.past;

// How many rows there are from the first on for which it is so.
export function count(fits) {
	const { children } = $("rows");
	let [low, high] = [0, children.length];
	while (low < high) {
		const middle = (low + high) >> 1;
		if (fits(children[middle])) low = middle + 1;
		else high = middle;
	}
	return low;
}

// The row at the top of the view, and where its own top is.
export function spot({ state: { timeline } }) {
	const { children } = $("rows");
	const top = topOf($("log"));
	const index = Math.min(count((row) => row.getBoundingClientRect().bottom <= top), children.length - 1);
	return { place: timeline.start + index, top: (children[index] ? topOf(children[index]) : top) - top };
}

// The same by the offset of a message, for the time when it is to be found again; a notice has none.
export function reading(app) {
	const { room, end, held } = app.state.timeline;
	const top = (place) => (rowAt(app, place) ? topOf(rowAt(app, place)) : 0);
	let { place } = held;
	while (place < end && !room.at(place)?.offset) place++;
	return { offset: room.at(place)?.offset ?? room.last, top: held.top + top(place) - top(held.place) };
}

// Has somebody scrolled? What grows or shrinks moves the view as well, but never up, except to where the end is now.
export function noticeScroll(app) {
	const { timeline } = app.state;
	const by = $("log").scrollTop - timeline.scrollTop;
	if (Math.abs(by) < 1) return;
	timeline.scrollTop = $("log").scrollTop;
	timeline.searching = false;
	if (by > 0 && below() < NEAR_END && isWhole(timeline)) timeline.atEnd = true;
	else if (by < 0 && below() > 1) timeline.atEnd = false;
	timeline.held = spot(app);
}
