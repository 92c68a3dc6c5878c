/** The two sides of the page: rooms and private talks at the left, members at the right; drawers on a narrow page. */

import * as chat from "./chat.js";
import { $, button, el, face } from "./dom.js";
import { language, say } from "./words.js";

// The rooms, the lobby first; the talks, the latest first.
export function showPlaces() {
	const { store, room: current } = chat;
	const rooms = [...store.rooms.values()];
	const named = rooms.filter((room) => !room.other);
	named.sort((one, other) => (other.name === store.home) - (one.name === store.home) || one.name.localeCompare(other.name));
	const latest = (room) => room.items.at(-1)?.msg_time ?? 0;
	const talks = rooms.filter((room) => room.other && (!room.hidden || room.unread > 0 || room === current));
	talks.sort((one, other) => latest(other) - latest(one));
	const key = (room) => [room.name, nameOf(room), room === current, room.unread, room.mentions].join("\n");
	replace($("room-list"), named, key, (room) => place(room, current, el("span.sign", { ariaHidden: "true" }, "#")));
	const online = (room) => store.people.get(room.other.id)?.online;
	replace($("talk-list"), talks, (room) => key(room) + online(room),
		(room) => place(room, current, face(room.other, "mini"), online(room)));
	$("talks-heading").hidden = talks.length === 0;
	const elsewhere = rooms.filter((room) => room !== current && room.unread > 0);
	$("elsewhere").hidden = elsewhere.length === 0;
	$("elsewhere").classList.toggle("loud", elsewhere.some((room) => room.mentions > 0));
}

export const nameOf = (room) => room.other?.name ?? room.name;

function place(room, current, sign, online) {
	const forMe = room.mentions > 0;
	const count = room.unread > 99 ? "99+" : room.unread;
	const badge = room.unread > 0 && el(`span.badge${forMe ? ".loud" : ""}`, { title: say("unread", { count }) },
		forMe && !room.other ? `@ ${count}` : count, el("span.unseen", {}, say("unread", { count: "" })));
	return el("li", {}, el(`a.place${room.unread > 0 ? ".fresh" : ""}`, {
		href: `#${encodeURIComponent(room.name)}`, title: nameOf(room), ariaCurrent: room === current ? "page" : undefined,
	}, sign, el("bdi.grow.cut", {}, nameOf(room)), online && presence(online), badge));
}

const presence = (online) => el(`span.dot${online ? ".here" : ""}`, {}, el("span.unseen", {}, say(online ? "here" : "away")));

// Those who are here first, then by name.
export function showMembers() {
	const { store, room } = chat;
	const users = room.users ? [...room.users.values()] : [];
	users.sort((one, other) => other.online - one.online || one.name.localeCompare(other.name));
	const here = users.filter((user) => user.online).length;
	$("member-count").textContent = room.users && !room.other ? say("membersHere", { here, count: room.members }) : "";
	replace($("member-list"), users, (user) => [user.id, user.name, user.online].join("\n"), member);
}

function member(user) {
	const me = user === chat.me();
	const content = [face(user, "mini"), el("bdi.grow.cut", {}, user.name), me && el("span.quiet.small", {}, say("you")), presence(user.online)];
	const classes = `.place${user.online ? "" : ".away"}`;
	return el("li", {}, me ? el(`span${classes}`, {}, content)
		: button(classes, { title: say("talkTo", { name: user.name }), onclick: () => chat.talk(user) }, content));
}

// Makes only what differs from what is there, so that little is made and the focus stays where it is.
function replace(list, things, keyOf, make) {
	const old = new Map([...list.children].map((child) => [child.dataset.key, child]));
	const next = things.map((thing) => {
		const key = language() + keyOf(thing);
		const element = old.get(key) ?? make(thing);
		element.dataset.key = key;
		return element;
	});
	if (next.length === list.children.length && next.every((element, at) => element === list.children[at])) return;
	const focused = list.contains(document.activeElement) ? document.activeElement : null;
	const place = focused && [...list.children].indexOf(focused.closest("li"));
	list.replaceChildren(...next);
	if (!focused) return;
	if (focused.isConnected) focused.focus();
	else list.children[Math.min(place, next.length - 1)]?.querySelector("a, button")?.focus();
}

// Opens one of the drawers, or closes them (""). Where there is room for both sides this changes nothing.
export function openDrawer(name) {
	const before = $("app").dataset.drawer;
	$("app").dataset.drawer = name;
	$("shade").hidden = !name;
	const opener = (side) => document.querySelector(`[data-act=${side}]`);
	for (const side of ["places", "members"]) opener(side).ariaExpanded = String(side === name);
	if (name) $(name).focus();
	else if (before && $(before).contains(document.activeElement)) opener(before).focus();
}
