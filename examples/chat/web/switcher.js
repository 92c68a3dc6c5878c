/** Going to a room, a talk or a person by a few letters of the name. */

import * as chat from "./chat.js";
import { field, onEnter, open } from "./dialogs.js";
import { button, el, face } from "./dom.js";
import { replace } from "./rows.js";
import { nameOf, placesInOrder } from "./sides.js";
import { say } from "./words.js";

const MOST = 12;

export function switchPlace() {
	const list = el("ul.list");
	const places = placesInOrder();
	const partners = new Set(places.map((room) => room.other?.id));
	const go = (act) => () => (dialog.close(), act());
	const show = () => {
		const wanted = input.value.trim().toLowerCase();
		const fits = (name) => name.toLowerCase().includes(wanted);
		const found = places.filter((room) => fits(nameOf(room))).map((room) => ({ room, name: nameOf(room) }));
		for (const user of wanted ? chat.store.people.values() : []) {
			if (found.length >= MOST) break;
			if (user !== chat.me() && !partners.has(user.id) && fits(user.name)) found.push({ user, name: user.name });
		}
		const begins = ({ name }) => name.toLowerCase().startsWith(wanted);
		found.sort((one, other) => begins(other) - begins(one));
		replace(list, found.slice(0, MOST), ({ room, user }) => room?.name ?? user.id, ({ room, user, name }) => el("li", {}, button(".place", {
			onclick: go(() => (room ? chat.goTo(room) : chat.talk(user))),
		}, room && !room.other ? el("span.sign", { ariaHidden: "true" }, "#") : face(room?.other ?? user, "mini"), el("bdi.grow.cut", {}, name))));
	};
	const input = field(say("switchPlace"), { oninput: show, onkeydown: onEnter(() => list.querySelector("button")?.click()) });
	const dialog = open(say("switchPlace"), input, list);
	dialog.addEventListener("keydown", (event) => {
		const step = { ArrowDown: 1, ArrowUp: -1 }[event.key];
		if (!step) return;
		event.preventDefault();
		const stops = [input, ...list.querySelectorAll("button")];
		stops[(stops.indexOf(document.activeElement) + step + stops.length) % stops.length].focus();
	});
	show();
}

// The place before or after the one in view.
export function step(by) {
	const places = placesInOrder();
	const at = places.indexOf(chat.room);
	chat.goTo(places[(at + by + places.length) % places.length]);
}
