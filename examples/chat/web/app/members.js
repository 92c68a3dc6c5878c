/**
 * Who is in a room: asked for by page, and by name; and who of them is here. A room of few is told of by name. Of a
 * crowd only the numbers are told, and the page watches those whom one sees.
 */

import { Roster } from "../model/roster.js";

// So many members are asked for at a time.
const MEMBERS = 100;
// A room of few is known whole, unless it has more members than this: most of them are away then.
const MOST_WHOLE = 1_000;
// If so few of a crowd's known members are here, others are asked for, but not more often than this, in milliseconds.
const FEW_HERE = 50;
const REFRESH_EVERY = 10_000;
// When the server says how long to wait, it is asked again so often.
const PATIENCE = 3;
// A window can watch so many, and says so at most so often, in milliseconds.
const MOST_WATCHED = 200;
const WATCH_EVERY = 1_000;
// So many of the latest messages have authors whose pictures are wanted.
const MOST_AUTHORS = 60;

export function members(app) {
	const { state } = app;
	const { store, connection, watch } = state;

	// Asks for the members of the room in view: the first of them, or those after somebody.
	async function learnMembers(after) {
		const where = state.room;
		if (where.other) return learnTalk(where);
		if (!where.users || where.outdated) await who(where, {});
		else if (after !== undefined) await who(where, { after });
		while (where.users?.more && !where.crowd && where.members <= MOST_WHOLE) {
			if (!(await who(where, { after: where.users.last }))) return;
		}
	}

	// Of a crowd others come while those who are known go: the first of those who are here are asked for again.
	function refreshMembers() {
		const { room } = state;
		const { crowd, users, here } = room;
		const now = app.browser.now();
		if (!crowd || !users || users.here >= Math.min(FEW_HERE, here) || now < room.refreshed + REFRESH_EVERY) return;
		room.refreshed = now;
		who(room, {}, true);
	}

	function learnTalk(talk) {
		const known = (user) => store.people.get(user.id) ?? user;
		talk.users = new Roster([known(talk.other), known(store.me)]);
	}

	// Asks for members whose names have this in them, if not all are known, nor `enough`. True: there was an answer.
	async function learnNames(query, known = 0, enough = Infinity) {
		const { room } = state;
		if (!app.do.isOnline() || room.other || !room.users?.more || known >= enough) return false;
		return who(room, { query });
	}

	// Before a line like `/msg Anna Maria hi` is understood: whose name begins so?
	async function learnAddressee(line) {
		const word = /^\/\w+\s+@?["“”]?([^\s"“”]+)/.exec(line)?.[1];
		if (word) await findPeople(word);
	}

	// Asks for people of the whole chat whose names have this in them, if not all of them are known.
	async function findPeople(query) {
		const home = store.rooms.get(store.home);
		if (app.do.isOnline() && home && (!home.users || home.users.more)) await who(home, { query });
	}

	// True: there was an answer, and the room is still in view. `isMore`: what was known before stays known.
	async function who(where, which, isMore = which.query !== undefined || which.after !== undefined) {
		for (let tries = PATIENCE; ; tries--) {
			try {
				const answer = await connection.ask({ type: "who", room: where.name, limit: MEMBERS, ...which });
				store.learnMembers(where, answer, { isMore, isNext: !isMore || which.after !== undefined });
				app.do.draw();
				return where === state.room;
			} catch ({ code, retry_after }) {
				if (code !== "rate_limited" || tries === 0) return false;
				await new Promise((over) => setTimeout(over, retry_after));
			}
		}
	}

	// These members of a crowd are in view; and of a private talk that does not exist yet, the server knows nothing.
	function watchPeople(ids) {
		const partners = [...store.rooms.values()].filter((room) => room.provisional).map(({ other }) => other.id);
		const all = new Set([...partners, ...ids, ...authors()]);
		watch.wanted = [...all].slice(0, MOST_WATCHED).sort((one, other) => one - other);
		if (watch.timer || watch.wanted.join() === watch.told) return;
		watch.timer = setTimeout(tellWatch, WATCH_EVERY);
	}

	// In a crowd nobody tells by which pictures those are shown who speak.
	const authors = () => (state.room?.crowd ? state.room.items.slice(-MOST_AUTHORS) : [])
		.map(({ from_id: id }) => id).filter((id) => id !== undefined && id !== store.me.id);

	async function tellWatch() {
		const { wanted } = watch;
		let wait = 0;
		watch.told = wanted.join();
		try {
			await connection.ask({ type: "watch", people: wanted });
		} catch ({ retry_after }) {
			watch.told = undefined;
			wait = retry_after;
		}
		watch.timer = 0;
		// Meanwhile others may have come into view. Without a connection they wait for the next.
		if (wait !== undefined && watch.wanted.join() !== watch.told) watch.timer = setTimeout(tellWatch, wait + WATCH_EVERY);
	}

	// A new connection watches nobody.
	function watchAnew() {
		watch.told = "";
		if (watch.wanted.length > 0) watchPeople(watch.wanted);
	}

	return { learnMembers, refreshMembers, learnNames, learnAddressee, findPeople, watchPeople, watchAnew };
}
