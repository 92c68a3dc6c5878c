/** The lists of the page: they are asked for when somebody looks at them, and come in pages. */

import { idOf } from "../model/paged.js";

const PAGE = 100;
const NAMES_ROOMS = new Set(["people", "reports", "invites", "bots", "targets", "acts"]);
// Of all acts, for a file: so many pages at most.
const MOST_PAGES = 2_000;

export function lists(app) {
	const { state } = app;

	// How each is asked for, what of the answer it is, and what names the next page.
	const KINDS = {
		people: { more: { after: "id" }, wish: () => ({ query: state.query.people.trim() || undefined, limit: PAGE }) },
		restraints: {},
		rooms: { type: "all_rooms", more: { after: "room" } },
		reports: { more: { after: "id" } },
		invites: {},
		bots: {},
		targets: {},
		acts: { more: { before: "id" } },
		settings: {},
		admins: { items: ({ admins, sessions }) => admins ?? sessions },
	};

	function question(name, from) {
		const { type = name, more = {}, wish = () => ({}) } = KINDS[name];
		const next = from && Object.entries(more).map(([word, field]) => [word, from[field]]);
		return { type, ...wish(), ...Object.fromEntries(next || []) };
	}

	async function load(name, isAnew) {
		const list = state.lists[name];
		const number = list.ask(isAnew);
		app.do.draw();
		try {
			const answer = await state.connection.ask(question(name, isAnew ? undefined : list.items.at(-1)));
			list.take(number, itemsOf(name, answer), answer.more);
		} catch (error) {
			list.fail(number, error);
		}
		app.do.draw();
	}

	const itemsOf = (name, answer) => (KINDS[name].items?.(answer) ?? answer[name] ?? answer[KINDS[name].type]) || [];

	const refresh = (name) => load(name, true);
	const loadMore = (name) => load(name, false);

	// Those that somebody has looked at may have changed meanwhile.
	function refreshAll() {
		for (const [name, list] of Object.entries(state.lists)) {
			if (list.state !== "new" || name === state.section) refresh(name);
		}
		also(state.section);
		state.sheet?.refresh();
	}

	// What else a part of the page shows: the word list, and how rooms are called.
	function also(section) {
		if (section === "words") app.do.learnWords();
		if (NAMES_ROOMS.has(section) && state.lists.rooms.state === "new") refresh("rooms");
	}

	// Somebody looks at a part of the page.
	function look(section) {
		state.section = section;
		if (state.connection.state !== "online") return;
		if (state.lists[section]) refresh(section);
		also(section);
	}

	// Another session is somebody else's.
	function forgetLists() {
		for (const list of Object.values(state.lists)) Object.assign(list, { items: [], state: "new", more: false });
		state.figures.latest = undefined;
		state.figures.begin();
		state.words = undefined;
	}

	// All acts that are kept, the latest first. `progress(count)`.
	async function allActs(progress) {
		const acts = [];
		for (let pages = 0; pages < MOST_PAGES; pages++) {
			const answer = await patiently(() => state.connection.ask(question("acts", acts.at(-1))));
			acts.push(...answer.acts);
			progress(acts.length);
			if (!answer.more || answer.acts.length === 0) break;
		}
		return acts;
	}

	// The server answers only so fast.
	async function patiently(ask) {
		for (;;) {
			try {
				return await ask();
			} catch (error) {
				if (error.code !== "rate_limited") throw error;
				await new Promise((over) => setTimeout(over, error.retry_after ?? 1_000));
			}
		}
	}

	// A row that is known already, for what wants its name.
	const known = (name, id) => state.lists[name].items.find((item) => idOf(item) === id);

	return { refresh, loadMore, refreshAll, look, forgetLists, allActs, known };
}
