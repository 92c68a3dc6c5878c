/**
 * Which items of the room in view have a row: those from place `start` up to place `end`. Only a few hundred at a time,
 * so ten thousand messages cost no more than three hundred.
 */

import { $, el } from "./dom.js";
import { replace } from "./list.js";
import { row } from "./message.js";
import { say } from "./words.js";

const make = (app, place) => {
	const { room } = app.state.timeline;
	return row(app, room.at(place), room.at(place - 1));
};

// The element of an item, if it has one.
export const rowAt = ({ state: { timeline } }, place) => $("rows").children[place - timeline.start];

export function fill(app, from, to) {
	const { timeline } = app.state;
	$("rows").replaceChildren();
	timeline.start = timeline.end = Math.max(timeline.room.base, from);
	grow(app, Math.min(timeline.room.end, to));
}

export function grow(app, to) {
	const { timeline } = app.state;
	while (timeline.end < to) $("rows").append(make(app, timeline.end++));
}

export function growUp(app, from) {
	const { timeline } = app.state;
	// The first row may go on now where the new row above it stops.
	$("rows").firstChild?.replaceWith(make(app, timeline.start));
	while (timeline.start > from) $("rows").prepend(make(app, --timeline.start));
}

export function drop({ state: { timeline } }, count) {
	for (timeline.start += count; count > 0; count--) $("rows").firstChild.remove();
}

export function dropBelow({ state: { timeline } }, count) {
	for (timeline.end -= count; count > 0; count--) $("rows").lastChild.remove();
}

// Rows of items that have changed: deleted, or a notice with one name more.
export function renew(app) {
	const { timeline } = app.state;
	const { room } = timeline;
	if (timeline.start < room.base) drop(app, Math.min(timeline.end, room.base) - timeline.start);
	for (let place = timeline.start; place < timeline.end; place++) {
		const item = room.at(place);
		if (!item.stale) continue;
		item.stale = false;
		const old = rowAt(app, place);
		const hadFocus = old.contains(document.activeElement);
		const made = make(app, place);
		old.replaceWith(made);
		if (hadFocus) made.focus({ preventScroll: true });
	}
}

// One's own messages that are not acknowledged: always at the end. How far a picture is changes often, and nothing else
// of it then.
export function showUnsent(app) {
	const { room, today } = app.state.timeline;
	const items = app.do.unsent(room);
	const ways = [app.do.isOnline(), app.state.outbox.isHeldUp];
	const above = (item) => items[items.indexOf(item) - 1] ?? room.items.at(-1);
	const keyOf = (item) => {
		const { id, state, entry: { error }, progress } = item;
		const { offset, id: unsent } = above(item) ?? {};
		return JSON.stringify([id, state, error, progress !== undefined, ...ways, offset, unsent, today]);
	};
	replace($("unsent"), items, keyOf, (item) => row(app, item, above(item)));
	for (const [at, { progress }] of items.entries()) {
		const bar = progress !== undefined && $("unsent").children[at].querySelector("progress");
		if (bar) bar.value = progress;
	}
}

// What stands above the first row: that there is more, or that it begins here.
export function showOlder({ state: { timeline: { room, start } } }) {
	const all = room.provisional || (room.live && start === room.base && room.low <= room.first);
	const empty = room.items.length === 0 && !$("unsent").firstChild;
	const state = !all ? "loading" : empty ? (room.other ? "emptyTalk" : "emptyRoom") : "beginning";
	const text = say(state);
	if ($("older").firstChild?.textContent === text) return;
	const hint = () => [el("p.rows-title", {}, text), el("p.quiet", {}, say(`${state}Hint`))];
	$("older").replaceChildren(...(all && empty ? hint() : [el("p.quiet.small", {}, text)]));
}
