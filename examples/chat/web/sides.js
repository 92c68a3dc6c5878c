/** Rooms and private talks, at the left; and the two sides of the page as drawers, where it is narrow. */

import * as chat from "./chat.js";
import { $, el, face } from "./dom.js";
import { draftIn } from "./drafts.js";
import { presence } from "./members.js";
import { replace } from "./rows.js";
import { say } from "./words.js";

// The rooms, the lobby first; then the talks, the latest first.
export function placesInOrder() {
	const { store, room: current } = chat;
	const rooms = [...store.rooms.values()];
	const named = rooms.filter((room) => !room.other);
	named.sort((one, other) => (other.name === store.home) - (one.name === store.home) || one.name.localeCompare(other.name));
	const latest = (room) => room.items.at(-1)?.msg_time ?? 0;
	const talks = rooms.filter((room) => room.other && (!chat.wasLeft(room) || room.unread > 0 || room === current));
	return [...named, ...talks.sort((one, other) => latest(other) - latest(one))];
}

export function showPlaces() {
	const { store, room: current } = chat;
	const places = placesInOrder();
	const talks = places.filter((room) => room.other);
	const hasDraft = (room) => room !== current && draftIn(room.name).trim() !== "";
	const key = (room) => [room.name, nameOf(room), room === current, room.unread, room.mentions, hasDraft(room)].join("\n");
	replace($("room-list"), places.filter((room) => !room.other), key,
		(room) => place(room, current, hasDraft(room), el("span.sign", { ariaHidden: "true" }, "#")));
	const online = (room) => store.people.get(room.other.id)?.online;
	replace($("talk-list"), talks, (room) => key(room) + online(room),
		(room) => place(room, current, hasDraft(room), face(room.other, "mini"), online(room)));
	$("talks-heading").hidden = talks.length === 0;
	const elsewhere = [...store.rooms.values()].filter((room) => room !== current && room.unread > 0);
	$("elsewhere").hidden = elsewhere.length === 0;
	$("elsewhere").classList.toggle("loud", elsewhere.some((room) => room.mentions > 0));
}

// What a room is called here: the lobby has a word in each language.
export const nameOf = (room) => room.other?.name ?? (room.name === "lobby" ? say("lobby") : room.name);

function place(room, current, hasDraft, sign, online) {
	const few = (count) => (count > 99 ? "99+" : count);
	const badge = (word, count, sign = "") => count > 0 && el(`span.badge${sign || room.other ? ".loud" : ""}`, { title: say(word, { count: few(count) }) },
		sign + few(count), el("span.unseen", {}, say(word, { count: "" })));
	const badges = [!room.other && badge("mentions", room.mentions, "@"), badge("unread", room.unread)];
	return el("li", {}, el(`a.place${room.unread > 0 ? ".fresh" : ""}`, {
		href: `#${encodeURIComponent(room.name)}`, title: nameOf(room), ariaCurrent: room === current ? "page" : undefined,
	}, sign, el("bdi.grow.cut", {}, nameOf(room)), 
		hasDraft && el("span.quiet", { title: say("draft") }, "✎", el("span.unseen", {}, say("draft"))), online && presence(online), badges));
}

// Opens one of the drawers, or closes them (""). Where there is room for both sides this changes nothing.
export function openDrawer(name) {
	const before = $("app").dataset.drawer;
	$("app").dataset.drawer = name;
	$("shade").hidden = !name;
	chat.draw();
	const opener = (side) => document.querySelector(`[data-act=${side}]`);
	for (const side of ["places", "members"]) opener(side).setAttribute("aria-expanded", side === name);
	if (name) $(name).focus();
	else if (before && $(before).contains(document.activeElement)) opener(before).focus();
}
