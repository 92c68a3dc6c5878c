/** The bots of the chat, and the keys by which they come in. A key is shown once. */

import { curlOf } from "../model/curl.js";
import { botBadge } from "./bot.js";
import { copyField } from "./copying.js";
import { attempting, field, open, status, sure } from "./dialog.js";
import { button, el } from "./dom.js";
import { replace } from "./list.js";
import { moment, say, signedName } from "./words.js";

// What was made, and how it is used.
export function showKey(app, key) {
	const home = app.state.url.replace(/^ws/, "http");
	const what = key.kind === "hook" ? copyField("keyAddress", key.url) : copyField("keyToken", key.key);
	const dialog = open(say("keyTitle", { name: key.user.name }), el("p", {}, say("keyOnce")), what,
		copyField("keyCurl", curlOf(key, say("keyHello"), home)), el("p.quiet.small", {}, say(`keyMeans_${key.kind}`)));
	dialog.querySelector("input").select();
}

// `room`: where a new one speaks.
export async function bots(app, room = app.state.room) {
	const { store } = app.state;
	const note = status();
	const list = el("div.govern");
	const attempt = attempting(note, show);

	async function show() {
		const known = await app.do.bots();
		replace(list, known, JSON.stringify, card);
		if (known.length === 0) note.textContent = say("noBots");
	}

	const roomOf = (name) => (store.rooms.has(name) ? signedName(store.rooms.get(name)) : name);

	function card(bot) {
		const { id, name, robot, rooms = [], keys = [] } = bot;
		const remove = () =>
			sure(say("botRemoveSure", { name }), say("botRemove"), () => attempt(() => app.do.removeBot(id)));
		return el("article.govern-card", {}, el("p.bots-name", {}, el("strong", {}, el("bdi", {}, name)), botBadge()),
			el("p.quiet.small", {}, robot ? say("botRobot") : rooms.map(roomOf).join(", ") || say("botNowhere")),
			keys.map(keyLine),
			!robot && el("p.govern-buttons", {}, button(".danger", { onclick: remove }, say("botRemove"))));
	}

	function keyLine({ id, kind, room, pace, seen }) {
		const facts = [
			`#${id}`, say(`keyKind_${kind}`), room && roomOf(room), say("keyPace", { count: pace }),
			seen ? say("keySeen", { time: moment(seen) }) : say("keyUnused"),
		];
		const revoke = () => attempt(() => app.do.revokeKey(id));
		return el("p.bots-key", {}, el("span.grow.small", {}, facts.filter(Boolean).join(" · ")),
			button("", { onclick: revoke, ariaLabel: `${say("revoke")}: #${id}` }, say("revoke")));
	}

	const name = field(say("botName"));
	const maker = (kind) => button("", {
		async onclick() {
			const key = await attempt(() => app.do.giveKey(name.value.trim(), room.name, kind));
			if (!key) return;
			name.value = "";
			showKey(app, key);
		},
	}, say(`keyKind_${kind}`));
	open(say("bots"), el("p.quiet", {}, say("botsText")), list, note,
		!room.other && el("div.govern", {}, el("h2", {}, say("newKeyIn", { room: signedName(room) })), name,
			el("p.dialog-buttons", {}, maker("hook"), maker("token"))));
	await attempt();
}
