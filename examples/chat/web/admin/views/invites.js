/** Invite links: making one, and what has become of the others. */

import { button, el } from "../../views/dom.js";
import { moment, say } from "../../views/words.js";
import { EXPIRIES, USES } from "../model/lengths.js";
import { ask } from "./asking.js";
import { choose, copyBox, labelled } from "./forms.js";
import { counted, number, span, when } from "./measures.js";
import { badge, card, doing, dotted, signedIn, phrase, roomName, signed, trouble } from "./parts.js";
import { pages } from "./pages.js";
import { showPerson } from "./person.js";

export function make(app) {
	const list = pages(app, "invites", {
		row: (invite) => row(app, invite), nothing: () => ["noInvites", "noInvitesHint"], looks: ".parts-lines",
	});
	const form = newInvite(app);
	const element = el("div.parts-stack", {}, form.element, list.element);

	function update() {
		list.update();
		form.update();
	}

	return { element, update };
}

function newInvite(app) {
	const wish = { seconds: EXPIRIES[2], uses: USES[0] };
	const [error, place, into] = [trouble(), el("div.parts-stack", { role: "status" }), choose([], "", (room) => {
		wish.room = room || undefined;
	})];
	const expiry = choose(EXPIRIES.map((seconds) => [String(seconds), span(seconds, 1)]), String(wish.seconds),
		(seconds) => (wish.seconds = Number(seconds)));
	const uses = choose(USES.map((count) => [String(count), counted("usesCount", count)]),
		String(wish.uses), (count) => (wish.uses = Number(count)));
	const make = doing(".primary.forms-main", say("makeLink"), error, async () => {
		const { url } = await app.do.invite(wish);
		place.replaceChildren(copyBox(url), el("p.quiet.small", {}, say("linkOnce")));
	});
	let known;

	function update() {
		const { rooms } = app.state.lists;
		if (known === rooms.items) return;
		known = rooms.items;
		const options = [["", say("intoChat")], ...known.map((room) => [room.room, signed(room)])];
		const chosen = wish.room ?? "";
		into.replaceChildren(...options.map(([value, name]) => el("option", { value, selected: value === chosen }, name)));
	}

	const element = card(say("newInvite"),
		el("div.forms-fields", {}, labelled("into", into), labelled("expires", expiry), labelled("uses", uses)),
		place, error, el("p.forms-buttons", {}, make));
	return { element, update };
}

function stateOf({ revoked, left, until }) {
	if (revoked) return "revoked";
	if (left === 0) return "usedUp";
	return until < Date.now() ? "expired" : "live";
}

function row(app, invite) {
	const { id, room, title, by, since, until, left, used_by: users = [] } = invite;
	const state = stateOf(invite);
	const revoke = () => ask({
		title: say("revokeSure"), words: say("revokeWords"), label: say("revoke"),
		act: () => app.do.act({ type: "revoke", invite: id }),
	});
	const name = ({ id: user, name }) =>
		button(".link.parts-who", { onclick: () => showPerson(app, user) }, el("bdi", {}, name));
	const names = users.flatMap((user, at) => (at ? [", ", name(user)] : [name(user)]));
	const about = dotted(`#${id}`, by?.name ?? say("theOperator"), when(since),
		state === "live" && say("untilTime", { time: moment(until) }),
		state === "live" && say("left_", { count: number(left) }));
	const isUsed = users.length > 0;
	const used = isUsed ? phrase("usedBy", { names: el("span", {}, names) }) : el("span.quiet", {}, say("unused"));
	return el("li.parts-line", {}, el("div.grow.parts-two", {},
		el("p.parts-first", {}, el("bdi.cut", {}, room ? signedIn(app, { room, title }) : say("inviteChat")),
			badge(state === "live" ? ".parts-green" : "", say(state))),
		el("p.quiet.small", {}, about),
		el("p.small", {}, used)),
	state === "live" && button(".danger", { onclick: revoke, ariaLabel: `${say("revoke")}: #${id}` }, say("revoke")));
}
