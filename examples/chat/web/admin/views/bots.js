/** Bots and the keys by which they come in: making one, which is shown once, and ending one. */

import { curlOf } from "../../model/curl.js";
import { button, el } from "../../views/dom.js";
import { say } from "../../views/words.js";
import { KEY_PACES } from "../model/lengths.js";
import { ask } from "./asking.js";
import { choose, copyBox, labelled, segments, text } from "./forms.js";
import { number } from "./measures.js";
import { badge, card, doing, dotted, faceOf, signedIn, trouble } from "./parts.js";
import { pages } from "./pages.js";
import { roomChoice } from "./roomchoice.js";
import { timed } from "./traits.js";

export function make(app) {
	const list = pages(app, "bots", {
		row: (bot) => row(app, bot), nothing: () => ["noBots", "noBotsHint"], looks: ".parts-lines",
	});
	const form = newKey(app);

	function update() {
		list.update();
		form.update();
	}

	return { element: el("div.parts-stack", {}, form.element, list.element), update };
}

function newKey(app) {
	const wish = { type: "give_key", kind: "hook" };
	const [error, place] = [trouble(), el("div.parts-stack", { role: "status" })];
	// Who is in no private room makes no key for one.
	const room = roomChoice(app, (one) => one.kind !== "private", (chosen) => (wish.room = chosen));
	const name = text({ ariaLabel: say("botName"), placeholder: "builds", dir: "auto" });
	const means = el("p.quiet.small", {}, say("keyMeans_hook"));
	const kind = segments(say("keyKind"), ["hook", "token"].map((one) => [one, say(`keyKind_${one}`)]), "hook", (one) => {
		wish.kind = one;
		means.textContent = say(`keyMeans_${one}`);
	});
	const paces = KEY_PACES.map((count) => [String(count), say("keyPace", { count })]);
	const pace = choose([["", say("paceUsual")], ...paces], "", (count) => (wish.pace = Number(count) || undefined));
	const give = doing(".primary.forms-main", say("makeKey"), error, async () => {
		const { key } = await app.do.act({ ...wish, name: name.value.trim() });
		name.value = "";
		place.replaceChildren(...shown(key, wish.room));
		place.querySelector("code").focus();
	});
	const element = card(say("newKey"), kind, means,
		el("div.forms-fields", {}, labelled("botName", name), labelled("keyRoom", room.element), labelled("paceOf", pace)),
		place, error, el("p.forms-buttons", {}, give));
	return { element, update: room.update };
}

// The key, and how it is used: once.
const shown = (key, room) => [
	el("p", {}, say("keyOnce")), copyBox(key.kind === "hook" ? key.url : key.key),
	el("p.quiet.small", {}, say("keyCurl")), copyBox(curlOf({ ...key, room }, say("keyHello"), location.href)),
];

function row(app, bot) {
	const { id, name, robot, rooms = [], keys = [] } = bot;
	const remove = () => ask({
		title: say("botRemoveSure_", { name }), words: say("botRemoveWords"), label: say("botRemove"),
		act: () => app.do.act({ type: "remove_bot", user: id }),
	});
	const places = rooms.map((room) => signedIn(app, { room }));
	return el("li.parts-line.bots-row", {}, faceOf(bot), el("div.grow.bots-about", {},
		el("p.parts-first", {}, el("bdi.cut", {}, name), badge("", say(robot ? "robot" : "bot"))),
		el("p.quiet.small", {}, robot ? say("botRobot") : places.join(", ") || say("botNowhere")),
		keys.length > 0 && el("ul", {}, keys.map((key) => keyRow(app, bot, key)))),
	!robot && el("p.forms-buttons", {},
		button(".danger", { onclick: remove, ariaLabel: `${say("botRemove")}: ${name}` }, say("botRemove"))));
}

function keyRow(app, { name }, { id, kind, room, pace, since, seen }) {
	const revoke = () => ask({
		title: say("keyRevokeSure", { name }), words: say("keyRevokeWords"), label: say("revoke"),
		act: () => app.do.act({ type: "revoke_key", key: id }),
	});
	return el("li.sheet-row", {}, el("span.grow", {},
		el("span.sheet-what", {}, say(`keyShort_${kind}`), room && el("bdi", {}, signedIn(app, { room }))),
		el("span.quiet.small", {}, dotted(`#${id}`, say("keyPace", { count: number(pace) }), since && timed("since", since),
			seen ? timed("lastUsed", seen) : say("keyUnused")))),
	button("", { onclick: revoke, ariaLabel: `${say("revoke")}: #${id}` }, say("revoke")));
}
