/** Who is in a room: asked for by page, and by name. */

import { Roster } from "../model/roster.js";

// So many members are asked for at a time.
const MEMBERS = 100;
// When the server says how long to wait, it is asked again so often.
const PATIENCE = 3;

export function members(app) {
	const { state } = app;
	const { store, connection } = state;

	// Asks for the members of the room in view: the first of them, or those after somebody.
	async function learnMembers(after) {
		const where = state.room;
		if (where.other) return learnTalk(where);
		if (!where.users || after !== undefined) await who(where, { after });
		// A room that is no crowd is known whole.
		while (where.users?.more && where.members <= 2 * MEMBERS) {
			if (!(await who(where, { after: where.users.last }))) return;
		}
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
		const word = /^\/msg\s+@?["“”]?([^\s"“”]+)/i.exec(line)?.[1];
		const home = store.rooms.get(store.home);
		if (word && home?.users?.more) await who(home, { query: word });
		else if (word && home && !home.users) await who(home, { query: undefined });
	}

	// True: there was an answer, and the room is still in view.
	async function who(where, which, tries = PATIENCE) {
		try {
			const answer = await connection.ask({ type: "who", room: where.name, limit: MEMBERS, ...which });
			store.learnMembers(where, answer, which);
			app.do.draw();
			return where === state.room;
		} catch ({ code, retry_after }) {
			if (code !== "rate_limited" || tries === 0) return false;
			await new Promise((over) => setTimeout(over, retry_after));
			return who(where, which, tries - 1);
		}
	}

	return { learnMembers, learnNames, learnAddressee };
}
