/** Rooms and private talks, at the left. */

import { levelOf, toneOf } from "../model/attention.js";
import { botBadge } from "./bot.js";
import { $, el, icon, presence } from "./dom.js";
import { face } from "./face.js";
import { replace } from "./list.js";
import { nameOf, say } from "./words.js";

export function update(app) {
	const { store, room: current, drafts } = app.state;
	const places = app.do.placesInOrder().map((room) => ({
		room,
		isCurrent: room === current,
		hasDraft: room !== current && drafts.in(room.name).trim() !== "",
		isOnline: Boolean(room.other && store.people.get(room.other.id)?.online),
		isBot: store.isBot(room.other),
		tone: toneOf(room),
	}));
	const talks = places.filter(({ room }) => room.other);
	replace($("room-list"), places.filter(({ room }) => !room.other), keyOf, (place) => make(app, place));
	replace($("talk-list"), talks, keyOf, (place) => make(app, place));
	$("talks-heading").hidden = talks.length === 0;
	const isNew = (room) => room !== current && room.unread > 0 && levelOf(room) !== "nothing";
	const elsewhere = [...store.rooms.values()].filter(isNew);
	$("elsewhere").hidden = elsewhere.length === 0;
	$("elsewhere").classList.toggle("loud", elsewhere.some((room) => toneOf(room) === "loud"));
}

// A room that nobody finds has a lock.
export const roomSign = (kind) => el("span.list-sign", { ariaHidden: "true" }, kind === "private" ? icon("lock") : "#");

const keyOf = ({ room, ...marks }) =>
	[room.name, room.kind, nameOf(room), room.unread, room.mentions, ...Object.values(marks)].join("\n");

function make(app, { room, isCurrent, hasDraft, isOnline, isBot, tone }) {
	const name = nameOf(room);
	const sign = room.other ? face(app, room.other, "mini") : roomSign(room.kind);
	const draft = hasDraft && el("span.quiet", { title: say("draft") }, "✎", el("span.unseen", {}, say("draft")));
	const looks = tone === "faint" ? ".faint" : tone && (room.other || levelOf(room) === "all") ? ".loud" : "";
	const badges = [
		!room.other && badge("mentions", room.mentions, tone === "faint" ? ".faint" : ".loud", "@"),
		badge("unread", room.unread, looks),
	];
	const isFresh = room.unread > 0 && tone !== "faint";
	return el("li", {}, el(`a.list-place${isFresh ? ".places-fresh" : ""}`, {
		href: `#${encodeURIComponent(room.name)}`, title: name, ariaCurrent: isCurrent ? "page" : undefined,
	}, sign, el("bdi.grow.cut", {}, name), isBot && botBadge(), draft, isOnline && presence(true), badges));
}

function badge(word, count, looks, sign = "") {
	if (count === 0) return undefined;
	const few = count > 99 ? "99+" : count;
	const unseen = el("span.unseen", {}, say(word, { count: "" }));
	return el(`span.places-badge${looks}`, { title: say(word, { count: few }) }, sign + few, unseen);
}
