/** Going to a room, a talk or a person by a few letters of the name. */

import { botBadge } from "./bot.js";
import { field, onEnter, open } from "./dialog.js";
import { button, el } from "./dom.js";
import { face } from "./face.js";
import { replace } from "./list.js";
import { roomSign } from "./places.js";
import { nameOf, say } from "./words.js";

const MOST = 12;
// After so long without another key the server is asked for names.
const PAUSE = 200;

export function switchPlace(app) {
	const list = el("ul.list");
	const places = app.do.placesInOrder();
	let pause;

	function lookFor() {
		show();
		clearTimeout(pause);
		pause = setTimeout(async () => {
			const query = input.value.trim();
			if (query) await app.do.findPeople(query);
			if (dialog.isConnected) show();
		}, PAUSE);
	}

	function show() {
		const found = matches(app.state.store, places, input.value.trim().toLowerCase());
		// A room can be called like somebody's number.
		replace(list, found, ({ room, user }) => room?.name ?? `@${user.id}`, entry);
	}

	function entry({ room, user, name }) {
		const go = () => {
			dialog.close();
			if (room) app.do.goTo(room);
			else app.do.talk(user);
		};
		const isRoom = room && !room.other;
		const sign = isRoom ? roomSign(room.kind) : face(app, room?.other ?? user, "mini");
		return el("li", {}, button(".list-place", { onclick: go }, sign, el("bdi.grow.cut", {}, name),
			app.state.store.isBot(room?.other ?? user) && botBadge()));
	}

	const first = () => list.querySelector("button")?.click();
	const input = field(say("switchPlace"), { oninput: lookFor, onkeydown: onEnter(first) });
	const dialog = open(say("switchPlace"), input, list);
	dialog.addEventListener("keydown", (event) => walk(event, [input, ...list.querySelectorAll("button")]));
	show();
}

// Places with this in their names, then people; of those, the ones whose names begin so come first.
function matches(store, places, wanted) {
	const fits = (name) => name.toLowerCase().includes(wanted);
	const found = places.map((room) => ({ room, name: nameOf(room) })).filter(({ name }) => fits(name));
	const partners = new Set(places.map((room) => room.other?.id));
	for (const user of wanted ? store.people.values() : []) {
		if (found.length >= MOST) break;
		const isOther = user !== store.me && !partners.has(user.id);
		if (isOther && fits(user.name)) found.push({ user, name: user.name });
	}
	const begins = ({ name }) => name.toLowerCase().startsWith(wanted);
	return found.sort((one, other) => begins(other) - begins(one)).slice(0, MOST);
}

// The arrows go from the field through the list, and round.
function walk(event, stops) {
	const step = { ArrowDown: 1, ArrowUp: -1 }[event.key];
	if (!step) return;
	event.preventDefault();
	stops[(stops.indexOf(document.activeElement) + step + stops.length) % stops.length].focus();
}
