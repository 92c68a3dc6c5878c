/** A room to choose among those that are known, which may come later. */

import { el } from "../../views/dom.js";
import { choose } from "./forms.js";
import { signed } from "./parts.js";

// `fits(room)`: may it be chosen? `pick(room)` hears which one is.
export function roomChoice(app, fits, pick) {
	const element = choose([], "", pick);
	let known;

	function update() {
		const { items } = app.state.lists.rooms;
		if (known === items) return;
		known = items;
		const { value } = element;
		const rooms = items.filter(fits);
		element.replaceChildren(...rooms.map((one) => el("option", { value: one.room }, signed(one))));
		element.value = rooms.some(({ room }) => room === value) ? value : (rooms[0]?.room ?? "");
		pick(element.value);
	}

	return { element, update };
}
