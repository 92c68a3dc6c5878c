/** Who is here: by name in a room of few, in numbers and by watching in a crowd. */

import assert from "node:assert/strict";
import test, { mock } from "node:test";

import { members } from "../../../web/app/members.js";
import { rooms } from "../../../web/app/rooms.js";
import { Store } from "../../../web/model/store.js";

const user = (id, name = `guest-${id}`) => ({ id, name });
const many = (count, from = 2) => Array.from({ length: count }, (_, at) => user(from + at));

function welcome(more = {}, room = {}) {
	const rooms = [{ room: "lobby", kind: "room", epoch: "e", members: 2, ...room }];
	return { type: "welcome", user: user(1, "alice"), rooms, room: "lobby", limits: {}, ...more };
}

// The part of the chat that asks for members, with a server that answers as `answers` says.
function chat(answers) {
	const store = new Store({ arrived: () => {}, gap: () => {} });
	const asked = [];
	const connection = {
		async ask(object) {
			asked.push(object);
			const answer = answers(object);
			if (answer.error) throw answer.error;
			store.heard(answer);
			return answer;
		},
	};
	const state = { store, connection, room: null, watch: { wanted: [], told: "", timer: 0 } };
	const app = { state, do: { draw: () => {}, isOnline: () => true }, browser: { now: () => clock.now } };
	Object.assign(app.do, members(app));
	return { app, state, store, asked };
}

const clock = { now: 100_000 };

const settled = () => new Promise((over) => setImmediate(over));

test("a crowd is counted, and what was known of it by name is out of date", () => {
	const store = new Store({});
	store.heard(welcome({ all: many(1) }));
	const lobby = store.rooms.get("lobby");
	store.learnMembers(lobby, { users: [{ ...user(2), online: true }], members: 2, here: 2 }, {});
	assert.deepEqual([lobby.crowd, lobby.outdated, store.people.get(2).online], [false, false, true]);
	store.heard({ type: "here", room: "lobby", here: 5002, members: 7024, crowd: true });
	assert.deepEqual([lobby.crowd, lobby.outdated, lobby.here, lobby.members], [true, true, 5002, 7024]);
	store.learnMembers(lobby, { users: [], members: 7024, here: 5002, more: true }, {});
	store.heard({ type: "here", room: "lobby", here: 5003, members: 7024, crowd: true });
	assert.equal(lobby.outdated, false, "a crowd that grows is still the same");
	store.heard({ type: "here", room: "lobby", here: 159, members: 7024, crowd: false });
	assert.deepEqual([lobby.crowd, lobby.outdated], [false, true]);
	store.heard({ type: "here", room: "den", here: 1, members: 1, crowd: true }); // a room that one has left
});

test("a welcome to a crowd says nothing of others, and of partners what they are", () => {
	const store = new Store({});
	store.heard(welcome({ all: many(3) }));
	const talk = { room: "@1:9", kind: "direct", epoch: "e", members: 2, with: { ...user(9), online: true } };
	const again = welcome({}, { crowd: true, here: 3000, members: 3000 });
	again.rooms.push(talk);
	store.heard(again);
	const lobby = store.rooms.get("lobby");
	assert.deepEqual([lobby.crowd, lobby.here, lobby.outdated], [true, 3000, true]);
	assert.equal(store.people.get(9).online, true);
});

test("those who are watched come, go, and have other names", () => {
	const store = new Store({});
	store.heard(welcome({}, { crowd: true, here: 3000 }));
	const lobby = store.rooms.get("lobby");
	const users = many(3).map((one) => ({ ...one, online: true }));
	store.learnMembers(lobby, { users, members: 3000, here: 3000, more: true }, {});
	store.heard({ type: "presence", online: [], offline: [2, 77], renamed: [{ id: 4, name: "anna" }] });
	assert.deepEqual([...lobby.users.values()].map(({ name }) => name), ["anna", "guest-3", "guest-2"]);
	assert.equal(lobby.users.here, 2);
	assert.equal(store.personNamed("ANNA").id, 4);
	assert.equal(store.personNamed("guest-4"), undefined);
	assert.equal(store.people.has(77), false);
});

test("of a crowd the first page is asked for, and what one looks for; a room of few is known whole", async () => {
	const page = ({ after = 1 }) => ({
		type: "who", users: many(100, after + 1).map((one) => ({ ...one, online: true })), members: 901, here: 900,
		more: after < 801,
	});
	const { app, state, store, asked } = chat((object) => page(object));
	store.heard(welcome({}, { crowd: true, here: 900, members: 901 }));
	state.room = store.rooms.get("lobby");
	await app.do.learnMembers();
	assert.deepEqual(asked.map(({ after, query }) => [after, query]), [[undefined, undefined]]);
	await app.do.learnNames("zora");
	await app.do.learnAddressee("/msg Anna Maria hi");
	assert.deepEqual(asked.slice(1).map(({ query }) => query), ["zora", "Anna"]);
	store.heard({ type: "here", room: "lobby", here: 150, members: 901, crowd: false });
	await app.do.learnMembers();
	assert.deepEqual([state.room.users.size, state.room.users.more], [900, false]);
});

test("when those who are known have gone, others are asked for, and the known stay", async () => {
	let from = 2;
	const page = () => ({ users: many(60, from).map((one) => ({ ...one, online: true })), members: 900, here: 800, more: true });
	const { app, state, store, asked } = chat(page);
	store.heard(welcome({}, { crowd: true, here: 800, members: 900 }));
	state.room = store.rooms.get("lobby");
	await app.do.learnMembers();
	app.do.refreshMembers();
	assert.equal(asked.length, 1, "enough of them are here");
	store.heard({ type: "presence", online: [], offline: many(30).map(({ id }) => id) });
	from = 100;
	app.do.refreshMembers();
	app.do.refreshMembers();
	await settled();
	const { users } = state.room;
	assert.deepEqual([asked.length, users.size, users.here, users.last], [2, 120, 90, 61]);
	store.heard({ type: "presence", online: [], offline: [...users.keys()] });
	app.do.refreshMembers();
	clock.now += 10_000;
	app.do.refreshMembers();
	await settled();
	assert.equal(asked.length, 3, "not more often than every ten seconds");
});

test("an addressee is looked for by name also where no member is known yet", async () => {
	const answer = { type: "who", users: [{ id: 7, name: "Anna Maria", online: false }], members: 9000, here: 1 };
	const { app, store, asked } = chat(() => answer);
	store.heard(welcome({}, { crowd: true, here: 1, members: 9000 }));
	await app.do.learnAddressee("/msg Anna Maria hi");
	assert.equal(asked[0].query, "Anna");
	assert.equal(store.personNamed("anna maria").id, 7);
});

test("those in view are watched: not more often than once a second, and again after a new connection", async () => {
	mock.timers.enable({ apis: ["setTimeout"] });
	let refuse = false;
	const answers = ({ people }) =>
		(refuse ? { error: { code: "rate_limited", retry_after: 400 } } : { type: "presence", online: people, offline: [] });
	const { app, store, asked } = chat(answers);
	store.heard(welcome({}, { crowd: true, here: 3000 }));
	const turn = async (time) => {
		mock.timers.tick(time);
		await settled();
	};
	app.do.watchPeople([9, 3]);
	app.do.watchPeople([9, 3, 5]);
	assert.equal(asked.length, 0);
	await turn(1000);
	app.do.watchPeople([5, 3, 9]);
	await turn(5000);
	assert.deepEqual(asked.map(({ people }) => people), [[3, 5, 9]], "the same people, once");
	store.talk(user(50));
	app.do.watchPeople([3]);
	refuse = true;
	await turn(1000);
	assert.deepEqual(asked.at(-1).people, [3, 50], "and the partner of a talk that only begins");
	refuse = false;
	await turn(1399);
	assert.equal(asked.length, 2);
	await turn(1);
	assert.equal(asked.length, 3);
	app.do.watchAnew();
	await turn(1000);
	assert.deepEqual([asked.length, asked.at(-1).people], [4, [3, 50]]);
	app.do.watchPeople(many(500).map(({ id }) => id));
	await turn(1000);
	assert.equal(asked.at(-1).people.length, 200);
	mock.timers.reset();
});

test("who joins is here, though a crowd elsewhere said nothing of it", () => {
	const store = new Store({});
	const den = { room: "den", kind: "room", epoch: "e", members: 1 };
	store.heard(welcome({ rooms: [{ room: "lobby", kind: "room", epoch: "e", members: 300, crowd: true }, den] }));
	store.learnMembers(store.rooms.get("lobby"), { users: [user(2)], members: 300 }, {});
	store.learnMembers(store.rooms.get("den"), { users: [], members: 1 }, {});
	store.heard({ type: "joined", room: "den", user: user(2), members: 2 });
	assert.deepEqual([...store.rooms.values()].map(({ users }) => users.here), [1, 1]);
});

test("a crowd is learned anew when it is in view again", async () => {
	const { app, state, store, asked } = chat(({ id }) => ({ type: "who", id, users: many(2), members: 300, here: 300 }));
	Object.assign(state, { arrival: {}, kept: {} });
	Object.assign(app, { page: { setAddress: () => {}, showRoom: () => {} } });
	Object.assign(app.do, rooms(app), { recall: () => {}, draw: () => {} });
	const [lobby, den] = [{ room: "lobby", kind: "room", members: 300, crowd: true }, { room: "den", kind: "room", members: 2 }];
	store.heard(welcome({ rooms: [lobby, den] }));
	for (const name of ["lobby", "den", "lobby", "den"]) {
		app.do.show(store.rooms.get(name));
		await settled();
	}
	assert.deepEqual(asked.map(({ room }) => room), ["lobby", "den", "lobby"]);
});

// How many entries of lists, maps and sets are walked over meanwhile: the same on every machine. (A `splice` moves what
// comes after it, which is one move of memory and no walk.)
function walked(work) {
	const WALKS = ["values", "keys", "entries", "forEach", Symbol.iterator, "map", "filter", "find", "findLast", "findIndex",
		"some", "every", "includes", "indexOf", "reduce", "flatMap", "slice", "sort", "toSorted", "join"];
	const kept = [];
	let count = 0;
	for (const { prototype } of [Array, Map, Set]) {
		for (const name of WALKS.filter((name) => Object.hasOwn(prototype, name))) {
			const method = prototype[name];
			kept.push(() => (prototype[name] = method));
			prototype[name] = function (...of) {
				count += this.length ?? this.size;
				return method.apply(this, of);
			};
		}
	}
	try {
		work();
	} finally {
		for (let at = 0; at < kept.length; at++) kept[at]();
	}
	return count;
}

test("five thousand who come are no quadratic work", () => {
	const cost = (count) => {
		const store = new Store({});
		store.heard(welcome({ all: [] }));
		const lobby = store.rooms.get("lobby");
		store.learnMembers(lobby, { users: [], members: 1, here: 1 }, {});
		const people = many(count);
		const work = walked(() => {
			for (const one of people) {
				store.heard({ type: "online", user: one });
				store.heard({ type: "joined", room: "lobby", user: one, members: one.id });
			}
		});
		const [notice] = lobby.items;
		assert.deepEqual([lobby.users.size, notice.count, notice.names.length], [count, count, 50]);
		return work / count;
	};
	const [few, most] = [cost(1000), cost(5000)];
	assert.ok(few > 0 && most < 1.5 * few, `each of 1,000 walks over ${few}, each of 5,000 over ${most}`);
});
