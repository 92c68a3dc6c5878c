/**
 * What is told of governing: rooms that change, rights that come and go, reports, what stands above all rooms. Each
 * takes the store and the server's object, and changes the tables. Pure: no page, no network.
 */

import { chosenLevel } from "./attention.js";

// All that somebody may do who governs a room, for the time until the server says it itself.
const ALL = ["delete", "kick", "mute", "ban", "purge", "op", "alter", "rename", "remove", "invite", "review", "call"];
const NOT_IN_LOBBY = ["kick", "ban", "rename", "remove"];

const rightsIn = (store, room) =>
	(room.other ? [] : ALL.filter((right) => room.name !== store.home || !NOT_IN_LOBBY.includes(right)));

const isAdmin = ({ role }) => role === "admin" || role === "owner";

// What says no more than the code does.
const PLAIN = ["this session was ended", "you have erased yourself", "this address may not come in"];

// Who has ended a connection, and why, by the words with which it was closed.
export function causeOfEnding(words) {
	const form = /^you (?:were put out|may not be here(?: any more| for [^:]*?)?)(?: by ([^:]+))?(?:: ([^]*))?$/;
	const [known, by, reason] = form.exec(words) ?? [];
	return { by, reason: known || PLAIN.includes(words) ? reason : words || undefined };
}

export const GOVERNING = {
	altered(store, { room: name, old = name, by, ...traits }) {
		const room = store.renameRoom(old, name);
		if (!room) return;
		const before = { ...room };
		room.alter(traits);
		const how = { by: by?.name ?? "", alone: true };
		for (const [kind, text] of changes(before, room)) room.notice(kind, text, Date.now(), how);
	},
	op(store, { room: name, user, op, may }) {
		const room = store.rooms.get(name);
		if (!room) return;
		room.appoint(user.id, op);
		if (user.id === store.me.id) {
			room.op = op;
			room.may = may ?? (op || isAdmin(store.me) ? rightsIn(store, room) : []);
		}
		room.notice(op ? "noticeOp" : "noticeDeop", user.name);
	},
	role(store, { user }) {
		store.learn(user).role = user.role;
		store.touch(user.id);
	},
	you(store, { role, may = [] }) {
		const was = isAdmin(store.me);
		store.me.role = role;
		store.may = may;
		store.touch(store.me.id);
		if (was === isAdmin(store.me)) return;
		for (const room of store.rooms.values()) room.may = isAdmin(store.me) || room.op ? rightsIn(store, room) : [];
	},
	muted(store, { room, until }) {
		for (const one of roomsOf(store, room)) Object.assign(one, { muted: true, mutedUntil: until });
	},
	unmuted(store, { room }) {
		for (const one of roomsOf(store, room)) Object.assign(one, { muted: false, mutedUntil: undefined });
	},
	// One has chosen how much of a room one is told of, perhaps in another window.
	level(store, { room: name, level }) {
		const room = store.rooms.get(name);
		if (room) room.level = chosenLevel(level);
	},
	reported(store, { report, room }) {
		store.reports.set(report, room);
	},
	settled(store, { report }) {
		store.reports.delete(report);
	},
	// What is to be looked at, all of it or the first of it.
	reports(store, { reports }) {
		for (const { id, room } of reports) store.reports.set(id, room);
	},
	announcement(store, { id, msg, msg_time }) {
		store.announcement = msg ? { id, msg, msg_time } : undefined;
	},
	door(store, { door }) {
		store.door = door;
	},
	// Somebody has erased themself: nobody of this name is here any more.
	erased(store, { user }) {
		store.learn(user).online = false;
		store.avatars.know(user);
		for (const room of store.rooms.values()) room.erase(user);
	},
};

// The rooms that it is about: one, or all.
const roomsOf = ({ rooms }, name) => (name === undefined ? [...rooms.values()] : [rooms.get(name)].filter(Boolean));

// What has become of a room, as notices.
function changes(before, { name, kind, title, topic, slow, closed }) {
	const called = title ?? name;
	return [
		kind !== before.kind && [kind === "private" ? "noticePrivate" : "noticePublic", called],
		kind === before.kind && called !== (before.title ?? before.name) && ["noticeRoomRenamed", called],
		topic !== before.topic && [topic ? "noticeTopic" : "noticeNoTopic", topic || called],
		slow !== before.slow && [slow ? "noticeSlow" : "noticeNotSlow", String(slow)],
		closed !== before.closed && [closed ? "noticeClosed" : "noticeOpened", called],
	].filter(Boolean);
}
