/** One person: what they are, what holds them back, their sessions and rooms; and all that can be done about them. */

import { button, el, presence } from "../../views/dom.js";
import { portrait } from "../../views/face.js";
import { moment, say } from "../../views/words.js";
import { ask } from "./asking.js";
import { choose } from "./forms.js";
import { counted, when } from "./measures.js";
import { badge, doing, dotted, roomName, signed, trouble } from "./parts.js";
import { askBan, askKick, askMute, askPurge } from "./restraining.js";
import { part, showSheet } from "./sheet.js";
import { badges, lastSeen, timed } from "./traits.js";

const ROLES = ["member", "admin", "owner"];

export const showPerson = (app, id) =>
	showSheet(app, say("people"), () => app.do.person(id), (person) => content(app, person));

function content(app, person) {
	return [
		head(person),
		person.id !== app.state.me?.id && governing(app, person),
		held(app, person),
		role(app, person),
		sessions(app, person),
		rooms(app, person),
		person.avatar && avatar(app, person),
	].filter(Boolean);
}

function head(person) {
	const { id, online } = person;
	return el("div.sheet-head", {}, portrait(person, "sheet-face"), el("div.grow", {},
		el("p.sheet-name", {}, el("bdi", {}, person.name), badges(person)),
		el("p.quiet.small.sheet-line", {}, presence(online),
			el("span", {}, dotted(lastSeen(person), say("numberOf", { id }))))));
}

function governing(app, person) {
	const way = (word, act, looks = "") => button(looks, { onclick: () => act(app, person) }, say(word));
	return part(say("governing"), el("p.sheet-ways", {},
		way("muteThem", askMute), way("banThem", askBan, ".danger"),
		person.online && way("kickThem", askKick), way("purgeThem", askPurge, ".danger")));
}

function held(app, { id, restraints = [] }) {
	const error = trouble();
	const row = ({ what, room, title, until, by, reason, at, addresses }) => {
		const where = room ? say("inRoom", { room: roomName({ room, title }) }) : say("everywhere");
		const about = dotted(
			until ? say("untilTime", { time: moment(until) }) : say("forEver"),
			addresses > 0 && counted("withAddresses", addresses),
			say("byWhom", { name: by?.name ?? say("theOperator") }), at && when(at));
		const lift = doing("", say(what === "ban" ? "unban" : "unmute"), error, () =>
			app.do.act({ type: what === "ban" ? "unban" : "unmute", user: id, room }));
		return el("li.sheet-row", {}, el("span.grow", {},
			el("span.sheet-what", {}, say(`restraint_${what}`, { where })),
			el("span.quiet.small", {}, about), reason && el("q.small", { dir: "auto" }, reason)), lift);
	};
	const none = el("p.quiet", {}, say("noRestraints"));
	return part(say("restraints"), restraints.length > 0 ? el("ul", {}, restraints.map(row)) : none, error);
}

// Only an owner makes others more than they are.
function role(app, person) {
	if (!app.do.may("role") || person.guest) return undefined;
	const now = person.role ?? "member";
	const pick = (next) => {
		select.value = now;
		const [name, roleWord, old] = [person.name, say(`role_${next}`), say(`role_${now}`)];
		ask({
			title: say("roleSure", { name, role: roleWord }), words: say(`roleWords_${next}`, { name, old }),
			label: roleWord, looks: next === "member" ? ".danger" : ".primary.forms-main",
			act: () => app.do.act({ type: "role", user: person.id, role: next }),
		});
	};
	const select = choose(ROLES.map((one) => [one, say(`role_${one}`)]), now, pick);
	select.setAttribute("aria-label", say("roleIn"));
	return part(say("roleIn"), select);
}

function sessions(app, { id, name, sessions: all = [] }) {
	const row = ({ id: session, client, place, since, seen, here }) => {
		const end = () => ask({
			title: say("endSessionSure", { name }), words: say("endSessionWords", { name, client }), label: say("endSession"),
			act: () => app.do.act({ type: "end_session", user: id, session }),
		});
		return el("li.sheet-row", {}, el("span.grow", {},
			el("span.sheet-what", {}, client, here && badge(".parts-green", say("hereNow"))),
			el("span.quiet.small", {}, dotted(place, since && timed("since", since), seen && timed("lastUsed", seen)))),
		button("", { onclick: end, ariaLabel: `${say("endSession")}: ${client} #${session}` }, say("endSession")));
	};
	return part(say("theirSessions"),
		all.length > 0 ? el("ul", {}, all.map(row)) : el("p.quiet", {}, say("noSessions")));
}

function rooms(app, { id, name, rooms: all }) {
	const there = Array.isArray(all) ? all : [];
	const row = (place) => {
		const { room, op } = place;
		const out = () => ask({
			title: say("putOutSure", { name, room: roomName(place) }), words: say("putOutWords"), label: say("putOut"),
			act: () => app.do.act({ type: "kick", user: id, room }),
		});
		return el("li.sheet-row", {}, el("span.grow.sheet-what", {}, el("bdi", {}, signed(place)),
			op && badge(".parts-green", say("opThere"))),
		room !== "lobby" && button("", { onclick: out, ariaLabel: `${say("putOut")}: ${roomName(place)}` }, say("putOut")));
	};
	return part(say("theirRooms"),
		there.length > 0 ? el("ul", {}, there.map(row)) : el("p.quiet", {}, say("noRooms")));
}

function avatar(app, { id, name }) {
	const drop = () => ask({
		title: say("dropAvatarSure", { name }), words: say("dropAvatarWords"), label: say("dropAvatar"),
		act: () => app.do.act({ type: "avatar", drop: true, user: id }),
	});
	return el("p", {}, button(".danger", { onclick: drop }, say("dropAvatar")));
}
