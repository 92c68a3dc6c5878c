/** Rooms and private talks, at the left. */

import { $, el, face, presence } from "./dom.js";
import { replace } from "./list.js";
import { nameOf, say } from "./words.js";

export function update(app) {
	const { store, room: current, drafts } = app.state;
	const places = app.do.placesInOrder().map((room) => ({
		room,
		isCurrent: room === current,
		hasDraft: room !== current && drafts.in(room.name).trim() !== "",
		isOnline: Boolean(room.other && store.people.get(room.other.id)?.online),
	}));
	const talks = places.filter(({ room }) => room.other);
	replace($("room-list"), places.filter(({ room }) => !room.other), keyOf, make);
	replace($("talk-list"), talks, keyOf, make);
	$("talks-heading").hidden = talks.length === 0;
	const elsewhere = [...store.rooms.values()].filter((room) => room !== current && room.unread > 0);
	$("elsewhere").hidden = elsewhere.length === 0;
	$("elsewhere").classList.toggle("loud", elsewhere.some((room) => room.mentions > 0));
}

const keyOf = ({ room, ...marks }) =>
	[room.name, nameOf(room), room.unread, room.mentions, ...Object.values(marks)].join("\n");

function make({ room, isCurrent, hasDraft, isOnline }) {
	const name = nameOf(room);
	const sign = room.other ? face(room.other, "mini") : el("span.list-sign", { ariaHidden: "true" }, "#");
	const draft = hasDraft && el("span.quiet", { title: say("draft") }, "✎", el("span.unseen", {}, say("draft")));
	const badges = [
		!room.other && badge("mentions", room.mentions, ".loud", "@"),
		badge("unread", room.unread, room.other ? ".loud" : ""),
	];
	return el("li", {}, el(`a.list-place${room.unread > 0 ? ".places-fresh" : ""}`, {
		href: `#${encodeURIComponent(room.name)}`, title: name, ariaCurrent: isCurrent ? "page" : undefined,
	}, sign, el("bdi.grow.cut", {}, name), draft, isOnline && presence(true), badges));
}

function badge(word, count, looks, sign = "") {
	if (count === 0) return undefined;
	const few = count > 99 ? "99+" : count;
	const unseen = el("span.unseen", {}, say(word, { count: "" }));
	return el(`span.places-badge${looks}`, { title: say(word, { count: few }) }, sign + few, unseen);
}
