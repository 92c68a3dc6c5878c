/** Everybody who is known, or those who are held back; and somebody in particular. */

import { button, el, presence } from "../../views/dom.js";
import { portrait } from "../../views/face.js";
import { moment, say } from "../../views/words.js";
import { choose, searchField } from "./forms.js";
import { counted, when } from "./measures.js";
import { dotted, signedIn } from "./parts.js";
import { pages } from "./pages.js";
import { showPerson } from "./person.js";
import { badges, lastSeen } from "./traits.js";

// After so long without another key the server is asked.
const PAUSE = 250;

export function make(app) {
	let pause = 0;
	const search = searchField("findPerson", app.state.query.people, (text) => {
		app.state.query.people = text;
		clearTimeout(pause);
		pause = setTimeout(() => app.do.refresh("people"), PAUSE);
	});
	const nothing = () => (app.state.query.people.trim() ? ["noMatch", "noMatchHint"] : ["noPeople", "noPeopleHint"]);
	const everybody = pages(app, "people", { row: (person) => row(app, person), nothing });
	const held = pages(app, "restraints", {
		row: (restraint) => heldRow(app, restraint), nothing: () => ["noHeld", "noHeldHint"],
	});
	const show = choose([["", say("everybody")], ["held", say("heldPeople")]], "", (value) => {
		everybody.element.hidden = search.disabled = value !== "";
		held.element.hidden = value === "";
		if (value) app.do.refresh("restraints");
	});
	show.setAttribute("aria-label", say("whom"));
	held.element.hidden = true;

	function update() {
		everybody.update();
		held.update();
	}

	return {
		tools: el("div.forms-tools", {}, show, search), element: el("div", {}, everybody.element, held.element), update,
	};
}

function row(app, person) {
	const { id, rooms } = person;
	const open = () => showPerson(app, id);
	return el("li", {}, button(".list-place.parts-row", { onclick: open },
		portrait(person), el("span.grow.parts-two", {},
			el("span.parts-first", {}, el("bdi.cut", {}, person.name), badges(person)),
			el("span.quiet.small.cut", {}, dotted(lastSeen(person), counted("personRooms", rooms), `#${id}`))),
		presence(person.online)));
}

function heldRow(app, restraint) {
	const { what, user, room, until, by, reason, at } = restraint;
	const place = room ? say("inRoom", { room: signedIn(app, restraint) }) : say("everywhere");
	const about = dotted(say(`restraint_${what}`, { where: place }),
		until ? say("untilTime", { time: moment(until) }) : say("forEver"),
		say("byWhom", { name: by?.name ?? say("theOperator") }), when(at));
	return el("li", {}, button(".list-place.parts-row", { onclick: () => showPerson(app, user.id) },
		portrait(user), el("span.grow.parts-two", {},
			el("span.parts-first", {}, el("bdi.cut", {}, user.name), badges({ muted: what === "mute", banned: what === "ban" })),
			el("span.quiet.small", {}, about), reason && el("q.small.cut", { dir: "auto" }, reason))));
}
