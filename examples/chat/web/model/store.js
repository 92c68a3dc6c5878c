/**
 * The tables: who is here, which rooms there are, what was said. It takes the server's objects one by one and says what
 * happened; it knows neither the page nor the network.
 */

import { Avatars } from "./avatars.js";
import { GOVERNING } from "./governing.js";
import { fold } from "./mentions.js";
import { isMessage, Room, targetsOf } from "./room.js";
import { Roster } from "./roster.js";

export class Store {
	me = null;
	people = new Map();
	rooms = new Map();
	limits = { message: 4_000, picture: 4 * 2 ** 20, pixels: 25_000_000, page: 100 };
	home = "lobby";
	avatars;
	// What one may do in the whole chat; who may come in; what stands above all rooms; and what is to be looked at, by
	// its number: in which room.
	may = [];
	door = "open";
	announcement = undefined;
	reports = new Map();
	// The robot of the chat, if it has one; and what may go out to a phone: `{ hosts, shapes }`.
	robot = undefined;
	push = undefined;
	#told;
	// People by their names, folded.
	#named = new Map();

	// Told are: `arrived(room, event)` (somebody else spoke just now), `left(room)`, `gap()`, and `letGo(url)` (a
	// picture that this page made itself is not shown any more). Asked is `now()`. `isHome`: is it the
	// page's own server?
	constructor(told) {
		this.#told = { now: () => Date.now(), ...told };
		this.avatars = new Avatars(told.isHome);
	}

	// For a `hello`: what is here already, so that only the rest is sent.
	known() {
		const filled = [...this.rooms.values()].filter((room) => room.filled);
		return Object.fromEntries(filled.map(({ name, epoch, last }) => [name, { epoch, offset: last }]));
	}

	// For the next visit: what can be shown before the server has said anything.
	places() {
		const rooms = [...this.rooms.values()].filter((room) => !room.provisional);
		const { id, name } = this.me;
		return {
			me: { id, name, avatar: this.avatars.of(id) }, home: this.home, limits: this.limits,
			rooms: rooms.map(({ name: room, kind, title, topic, closed, other, members, epoch }) => ({
				room, kind, title, topic, closed, with: other, members, epoch,
			})),
		};
	}

	restore({ name, me = { id: 0, name: name || "?" }, home = this.home, limits, rooms }) {
		this.me = this.#person(me);
		this.home = home;
		Object.assign(this.limits, limits);
		for (const info of rooms ?? [{ room: home, kind: "room" }]) this.#room(info);
	}

	// Have all rooms come to the present? Before that it is not known what of the unsaid was said.
	get settled() {
		return [...this.rooms.values()].every((room) => room.live || room.provisional);
	}

	heard(object) {
		// What somebody says or does in a room has its author, and its place, whatever kind it is.
		if (object.from_id !== undefined) this.event(object);
		else if (object.type in this.#hear) this.#hear[object.type](object);
		else if (Object.hasOwn(GOVERNING, object.type)) GOVERNING[object.type](this, object);
	}

	#hear = {
		welcome: ({ user, all, rooms, room, limits, may = [], door = "open", announcement, robot, push }) => {
			if (this.me && this.me.id !== user.id) this.rooms.clear();
			this.me = Object.assign(this.#person(user), { role: user.role });
			Object.assign(this, { home: room, may, door, announcement, push, reports: new Map() });
			this.robot = robot && this.#person(robot);
			Object.assign(this.limits, limits);
			const told = new Set(rooms.map((info) => info.room));
			// Of a crowd is not told who is here.
			if (all) for (const person of this.people.values()) person.online = false;
			this.avatars.again();
			for (const person of [...(all ?? []), user]) {
				this.#person(person).online = true;
				this.avatars.know(person);
			}
			this.#renameByEpoch(rooms, told);
			for (const known of this.rooms.values()) {
				if (!known.provisional && !told.has(known.name)) this.rooms.delete(known.name);
				known.outdated = true;
			}
			for (const info of rooms) this.#room(info).live = false;
		},
		room: (info) => this.#room(info),
		history: (history) => {
			const room = this.rooms.get(history.room);
			if (!room || room.history(history)) return;
			room.filled = false; // rather fetched again than shown with a hole
			this.#told.gap();
		},
		joined: ({ room: name, user, members, by }) => {
			const room = this.rooms.get(name);
			// Who joins is here, which nobody else may have said: elsewhere they are in a crowd.
			const person = this.#person(user);
			if (!person.online) this.#changed(Object.assign(person, { online: true }));
			if (!room || person === this.me) return;
			room.members = members;
			room.users?.put(person);
			room.notice(by ? "noticeBrought" : "noticeJoined", user.name, Date.now(), { by: by?.name });
		},
		left: ({ room: name, user, members, by, reason }) => {
			const room = this.rooms.get(name);
			if (!room || user.id === this.me.id) return this.#lose(room, by && { by, reason });
			room.members = members;
			room.users?.delete(user.id);
			room.notice(by ? "noticePutOut" : "noticeLeft", user.name, Date.now(), { by: by?.name });
		},
		created: ({ room }) => this.rooms.get(this.home)?.notice("noticeCreated", room),
		removed: ({ room }) => this.#lose(this.rooms.get(room)),
		renamed: ({ user, old }) => {
			this.#changed(this.#person(user));
			for (const room of this.rooms.values()) {
				if (room.other?.id === user.id) room.other = user;
				if (room.users?.has(user.id)) room.notice("noticeRenamed", `${old} → ${user.name}`);
			}
		},
		online: ({ user }) => this.#changed(Object.assign(this.#person(user), { online: true })),
		offline: ({ user }) => this.#changed(Object.assign(this.#person(user), { online: false })),
		// Of a crowd only the numbers are told.
		here: ({ room: name, here, members, crowd }) => {
			this.rooms.get(name)?.count({ here, members, crowd });
		},
		// Of the people that are watched.
		presence: ({ online, offline, renamed = [], avatars = {} }) => {
			for (const [id, avatar] of Object.entries(avatars)) this.avatars.know({ id: Number(id), avatar });
			for (const user of renamed) {
				this.#changed(this.#person(user));
				this.avatars.know(user);
			}
			for (const [ids, isOnline] of [[online, true], [offline, false]]) {
				const people = ids.map((id) => this.people.get(id));
				for (const person of people) if (person) this.#changed(Object.assign(person, { online: isOnline }));
			}
		},
		avatar: ({ user }) => {
			this.#person(user);
			this.avatars.know(user);
		},
		typing: ({ room, user }) => {
			if (user.id === this.me.id) return; // in another window
			this.rooms.get(room)?.typing.set(user.id, { name: user.name, at: this.#told.now() });
		},
		read: ({ room: name, offset, unread, mentions }) => {
			const room = this.rooms.get(name);
			if (room && offset >= room.read) Object.assign(room, { read: offset, unread, mentions });
		},
	};

	// Takes an answer to `who`. `isMore`: the members that are known stay. `isNext`: it goes on from the first, or
	// after the last of them; else these are some that were looked for.
	learnMembers(room, { users, members, here, more = false }, { isMore = false, isNext = true } = {}) {
		Object.assign(room, { members, here: here ?? room.here });
		if (!isMore) Object.assign(room, { users: new Roster(), outdated: false });
		for (const user of users) {
			const { id, online, role, op = false, muted = false, muted_until: until } = user;
			const person = Object.assign(this.#person(user), { online, role });
			this.avatars.know(user);
			room.appoint(id, op);
			room.silence(id, muted, until);
			room.users?.put(person);
		}
		if (isNext) Object.assign(room.users, { more, last: users.at(-1)?.id });
	}

	#changed(person) {
		for (const { users } of this.rooms.values()) if (users?.has(person.id)) users.put(person);
	}

	// What a user object says of somebody.
	learn(user) {
		const person = this.#person(user);
		this.#changed(person);
		return person;
	}

	// Something of a person has changed that is seen where members are listed.
	touch(id) {
		for (const { users } of this.rooms.values()) if (users?.has(id)) users.touch();
	}

	// Another name of the same room, in which all stays as it is.
	renameRoom(old, name) {
		const room = this.rooms.get(old);
		if (!room || old === name) return room;
		this.rooms.delete(old);
		this.rooms.set(name, Object.assign(room, { name }));
		this.#told.roomRenamed?.(room, old);
		return room;
	}

	// An event that was heard; or one's own, whose `ack` takes its place.
	event(event) {
		const room = this.rooms.get(event.room);
		const isCalled = (target) =>
			target && target.offset > room.read && target.from_id !== this.me.id && this.isForMe(target, room);
		const targets = room && event.type === "deleted" ? targetsOf(event).map((offset) => room.find(offset)) : [];
		const called = targets.filter(isCalled).length;
		const taken = room?.take(event);
		if (taken === "gap") this.#told.gap();
		if (taken !== "new") return;
		if (called) room.mentions = Math.max(0, room.mentions - called);
		if (!isMessage(event)) return;
		room.typing.delete(event.from_id);
		if (event.from_id === this.me.id) {
			this.markRead(room);
		} else if (room.live) {
			room.unread += 1;
			if (this.isForMe(event, room)) room.mentions += 1;
			this.#told.arrived(room, event);
		}
	}

	isForMe(event, room) {
		return room.other || event.call === "all" || event.mentions?.includes(this.me.id);
	}

	// Up to this offset all is read. What of it is not here is counted as if others had said it.
	markRead(room, offset = room.last) {
		const isPassed = (item) => item.offset > room.read && item.offset <= offset && item.from_id !== this.me.id;
		const passed = room.items.filter(isPassed);
		const absent = Math.max(0, Math.min(room.low, offset + 1) - 1 - room.read);
		const left = (count, passed) => (offset < room.last ? Math.max(0, count - passed) : 0);
		room.unread = left(room.unread, absent + passed.length);
		room.mentions = left(room.mentions, passed.filter((item) => this.isForMe(item, room)).length);
		room.read = offset;
	}

	// The private talk with somebody, which begins to exist with its first message.
	talk(user) {
		for (const room of this.rooms.values()) if (room.other?.id === user.id) return room;
		const name = `@${Math.min(user.id, this.me.id)}:${Math.max(user.id, this.me.id)}`;
		const room = new Room({ room: name, kind: "direct", with: user, members: 2 }, this.#told.letGo);
		room.provisional = true;
		this.rooms.set(name, room);
		return room;
	}

	// Is it a program, by what is said of them here or elsewhere?
	isBot(user) {
		return Boolean(user?.bot || this.people.get(user?.id)?.bot);
	}

	personNamed(name) {
		return this.#named.get(fold(name));
	}

	#person({ id, name, avatar, role, bot }) {
		this.avatars.hear({ id, avatar });
		const person = this.people.get(id) ?? { id, online: false };
		if (role) person.role = role;
		if (bot) person.bot = true; // for ever
		if (person.name === name) return person;
		if (this.#named.get(fold(person.name ?? "")) === person) this.#named.delete(fold(person.name));
		this.#named.set(fold(name), person);
		this.people.set(id, person);
		return Object.assign(person, { name });
	}

	#room(info) {
		const { with: other } = info;
		if (other?.online !== undefined) this.#changed(Object.assign(this.#person(other), { online: other.online }));
		const known = this.rooms.get(info.room);
		if (known) {
			known.provisional = false;
			known.update(info);
			return known;
		}
		const room = new Room(info, this.#told.letGo);
		this.rooms.set(room.name, room);
		return room;
	}

	// Rooms that were renamed while one was away: no two have one epoch.
	#renameByEpoch(rooms, told) {
		for (const { room: name, epoch } of rooms.filter(({ room }) => !this.rooms.has(room))) {
			const old = [...this.rooms.values()].find((room) => room.epoch === epoch && !told.has(room.name));
			if (old) this.renameRoom(old.name, name);
		}
	}

	#lose(room, why) {
		if (room && this.rooms.delete(room.name)) this.#told.left(room, why);
	}
}
