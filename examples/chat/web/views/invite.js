/** Bringing people into a room: by a link, or somebody who is here; and which links there are, and who used them. */

import { reachable } from "../model/reach.js";
import { copyField } from "./copying.js";
import { attempting, open, status } from "./dialog.js";
import { button, el } from "./dom.js";
import { choose, times } from "./govern.js";
import { toast } from "./toasts.js";
import { moment, say, signedName } from "./words.js";

// How often a link may be used.
const USES = [1, 5, 10, 25, 100, 1_000];
const WEEK = 7 * 86_400;

// `room`: or the chat, if it is the lobby and one may.
export async function invites(app, room) {
	const { store } = app.state;
	const isChat = room.name === store.home && store.may.includes("invite");
	const where = isChat ? undefined : room.name;
	const note = status();
	const made = el("div");
	const list = el("div.govern");
	const attempt = attempting(note, async () => {
		const answer = await app.do.govern({ type: "invites", room: where });
		list.replaceChildren(...answer.invites.filter(({ revoked }) => !revoked).map(card));
	});

	const make = () => attempt(async () => {
		const wish = { room: where, seconds: Number(time.select.value), uses: Number(uses.select.value) };
		const { invite } = await app.do.govern({ type: "invite", ...wish });
		made.replaceChildren(copyField("inviteLink", reachable(invite.url, app.state.url)));
		made.querySelector("input").select();
	});

	function add(event) {
		event.preventDefault();
		return attempt(async () => {
			await app.do.govern({ type: "add", room: room.name, user: name.value.trim().replace(/^@/, "") });
			toast(say("broughtIn", { name: name.value.trim() }));
			name.value = "";
		});
	}

	function card({ id, by, until, left, used_by: users = [] }) {
		const revoke = () => attempt(() => app.do.govern({ type: "revoke", invite: id }));
		const names = users.map((user) => user.name).join(", ");
		const used = names ? say("usedBy", { names }) : say("usedByNone");
		return el("article.govern-card", {},
			el("p", {}, `${say("until", { time: moment(until) })} · ${say("usesLeft", { count: left })}`),
			el("p.quiet.small", {}, [by && say("doneBy", { name: by.name }), used].filter(Boolean).join(" · ")),
			el("p.govern-buttons", {}, button(".danger", { onclick: revoke }, say("revoke"))));
	}

	const time = choose("inviteTime", times().slice(0, -1), WEEK);
	const uses = choose("inviteUses", USES.map((count) => [String(count), count]), 10);
	const name = el("input", { ariaLabel: say("bringName"), placeholder: say("bringName"), spellcheck: false });
	open(isChat ? say("inviteChat") : say("inviteTo", { room: signedName(room) }),
		el("p.quiet", {}, say("inviteText")), time.label, uses.label,
		button(".primary", { onclick: make, autofocus: true }, say("makeLink")), made,
		!isChat && el("form.govern-line", { onsubmit: add },
			el("label", {}, el("span.small", {}, say("bringIn")), name), el("button", {}, say("bring"))),
		note, el("h2", {}, say("links")), list);
	await attempt();
}
