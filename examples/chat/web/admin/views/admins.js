/** Who has this page open, and ending that. */

import { button, el } from "../../views/dom.js";
import { moment, say } from "../../views/words.js";
import { ask } from "./asking.js";
import { badge, dotted, faceOf } from "./parts.js";
import { pages } from "./pages.js";
import { timed } from "./traits.js";

export function make(app) {
	const list = pages(app, "admins", {
		row: (session) => row(app, session), nothing: () => ["noAdmins"], looks: ".parts-lines",
	});
	return {
		element: el("div.parts-stack", {}, el("p.quiet", {}, say("adminsHow")), list.element), update: list.update,
	};
}

function row(app, session) {
	const { id, as, by, client, place, since, seen, until, here, this: isOwn } = session;
	const person = as ?? by;
	const end = () => ask({
		title: say("endAdminSure"), words: say(isOwn ? "endOwnWords" : "endAdminWords"), label: say("endSession"),
		act: () => (isOwn ? app.do.logOut() : app.do.act({ type: "end_admin", session: id })),
	});
	return el("li.parts-line", {}, faceOf(person), el("div.grow.parts-two", {},
		el("p.parts-first", {}, el("bdi.cut", {}, person?.name ?? say("theOperator")),
			isOwn ? badge(".parts-green", say("thisSession")) : here && badge("", say("hereNow"))),
		el("p.quiet.small", {}, dotted(client, place, since && timed("since", since), seen && timed("lastUsed", seen),
			until && say("untilTime", { time: moment(until) })))),
	button("", { onclick: end, ariaLabel: `${say("endSession")}: ${client} #${id}` }, say("endSession")));
}
