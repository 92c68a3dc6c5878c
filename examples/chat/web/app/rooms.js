/** Rooms and private talks: which is in view, going to others, and out of them. */

import { fold } from "../model/mentions.js";

export function rooms(app) {
	const { state } = app;
	const { store, connection } = state;
	const lobby = () => store.rooms.get(store.home) ?? store.rooms.values().next().value;
	const isOnline = () => connection.state === "online";

	// Shows the room that the page's address names. One that was not joined is joined only if one likes: its members
	// hear of it, and a link is quickly followed.
	function follow() {
		app.do.takeInvite();
		if (!store.me) return app.do.draw(); // the arrival says where one comes to
		if (state.room && state.arrival.invite) return app.do.accept();
		app.page.endQuestion();
		const name = app.page.namedRoom() || store.home;
		const known = store.rooms.get(name);
		if (known || !state.room) show(known ?? lobby(), Boolean(known));
		state.unfollowed = !isOnline();
		if (known || state.unfollowed || name.startsWith("@")) return;
		// The number of a private room of others.
		if (/^\+\d+$/.test(name)) {
			app.page.renameAddress(state.room.name);
			return app.page.tellError({ code: "no_such_room" });
		}
		if (name === state.arrival.agreed) joinNamed(name).catch(app.page.tellError);
		else app.page.askToJoin(name, () => joinNamed(name));
	}

	async function joinNamed(name) {
		try {
			await enter(name, false);
		} catch (error) {
			if (error.code !== "no_such_room") throw error;
			app.page.browse(name);
		}
	}

	// Joins a room, or goes to one that was joined.
	// `isPrivate`: a new one, that nobody finds.
	async function enter(called, create, isPrivate) {
		let name = called === app.page.nameOf(lobby()) ? store.home : called;
		if (isPrivate || !store.rooms.has(name)) {
			({ room: name } = await connection.ask({ type: "join", room: name, create, private: isPrivate }));
		}
		show(store.rooms.get(name));
	}

	function goTo(place) {
		show(place);
		app.page.focusComposer();
	}

	function talk(user) {
		if (user.id !== store.me.id) goTo(store.talk(user));
	}

	function show(next, intoAddress = true) {
		if (next === state.room) return;
		state.room = next;
		setLeft(next, false);
		next.newAfter = Infinity; // what is new is seen when the room is open
		if (next.crowd) next.outdated = true; // nobody has told of its people meanwhile
		if (intoAddress) app.page.setAddress(next.name, next !== lobby());
		app.page.showRoom();
		app.do.learnMembers();
		app.do.draw();
	}

	// Out of a room, or a talk out of the list.
	function leave(which = state.room) {
		const { name } = which;
		if (!which.other) return connection.ask({ type: "leave", room: name });
		setLeft(which, true);
		if (state.room === which) show(lobby());
		app.do.draw();
		return Promise.resolve();
	}

	// A talk that was left is out of the list until somebody says something in it, or opens it. (Kept is the offset
	// after which.)
	const wasLeft = (talk) => app.do.recall("left")?.[talk.name] >= talk.last;

	function setLeft(talk, left) {
		const { [talk.name]: before, ...others } = app.do.recall("left") ?? {};
		if (left || before !== undefined) app.do.remember("left", left ? { ...others, [talk.name]: talk.last } : others);
	}

	// The rooms, the lobby first; then the talks, the latest first.
	function placesInOrder() {
		const all = [...store.rooms.values()];
		const named = all.filter((room) => !room.other);
		const isHome = (room) => room.name === store.home;
		named.sort((one, other) => isHome(other) - isHome(one) || one.name.localeCompare(other.name));
		const latest = (room) => room.items.at(-1)?.msg_time ?? 0;
		const talks = all.filter((room) => room.other && (!wasLeft(room) || room.unread > 0 || room === state.room));
		return [...named, ...talks.sort((one, other) => latest(other) - latest(one))];
	}

	// The place before or after the one in view.
	function step(by) {
		const places = placesInOrder();
		const at = places.indexOf(state.room);
		goTo(places[(at + by + places.length) % places.length]);
	}

	// One of the rooms or talks in the list, by the name that it has there.
	function placeNamed(name) {
		const wanted = fold(name);
		const found = [...store.rooms.values()].find((room) => fold(app.page.nameOf(room)) === wanted);
		if (!found) throw { code: "not_there" };
		return found;
	}

	// All rooms. The server tells of them in several answers if there are very many.
	async function allRooms() {
		const all = [];
		for (let answer, turn = 0; turn === 0 || (answer.more && turn < 10); turn++) {
			answer = await connection.ask({ type: "rooms", room: all.at(-1)?.room });
			all.push(...answer.rooms);
		}
		return all;
	}

	async function rename(name) {
		await connection.ask({ type: "name", name });
		app.page.renamed(name);
	}

	function openDrawer(name) {
		state.drawer = name;
		app.page.showDrawer();
		app.do.draw();
	}

	return {
		lobby, isOnline, follow, enter, goTo, talk, show, leave, wasLeft, placesInOrder, step, placeNamed,
		allRooms, rename, openDrawer,
	};
}
