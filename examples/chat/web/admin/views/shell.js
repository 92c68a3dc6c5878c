/** The frame: the parts of the page at the side, or below on a phone; who one is; how the connection is. */

import { open } from "../../views/dialog.js";
import { $, button, el, put } from "../../views/dom.js";
import { language, moment, say } from "../../views/words.js";
import { AT_HAND, SECTIONS } from "../model/sections.js";
import { faceOf } from "./parts.js";
import { sign } from "./signs.js";

// The words for a connection that is not there stand in the chat's table, but for those about writing.
const isTrouble = ({ state }) => state === "waiting" || state === "off";

export function mount() {
	$("sections").replaceChildren(...SECTIONS.map(entry), el("li.shell-more", {},
		button(".list-place", { "data-act": "more", ariaHasPopup: "dialog" },
			sign("more"), el("span", { "data-say": "moreSections" }))));
}

const entry = (name) => el(`li${AT_HAND.includes(name) ? "" : ".shell-rare"}`, {}, way(name));

function way(name) {
	return el("a.list-place", { href: `#${name}`, "data-section": name }, sign(name),
		el("span.shell-word", { "data-say": name }), name === "reports" && el("span.shell-count", { hidden: true }));
}

export function update(app) {
	const { state } = app;
	document.title = `${say(state.section)} · pollcat`;
	put("title", say(state.section));
	put("me-name", state.me?.name ?? say("theOperator"));
	put("me-role", state.me ? say(`role_${state.me.role ?? "admin"}`) : say("operatorRole"));
	put("theme", say(themeWord()));
	$("theme").title = say("appearance");
	showFace(state.me);
	showSections(state);
	showConnection(state);
}

function showFace(me) {
	const key = JSON.stringify(me ?? 0);
	if ($("me-face").dataset.key === key) return;
	$("me-face").dataset.key = key;
	$("me-face").replaceChildren(faceOf(me));
}

function showSections({ section, figures }) {
	for (const link of document.querySelectorAll("[data-section]")) {
		if (link.dataset.section === section) link.setAttribute("aria-current", "page");
		else link.removeAttribute("aria-current");
	}
	const more = document.querySelector(".shell-more button");
	more.classList.toggle("shell-elsewhere", !AT_HAND.includes(section));
	const [count, reports] = [document.querySelector(".shell-count"), figures.latest?.reports ?? 0];
	count.hidden = reports === 0;
	if (count.textContent !== String(reports)) count.textContent = reports;
}

function showConnection({ connection, until, server }) {
	document.body.dataset.state = connection.state;
	const isOn = connection.state === "online";
	put("state", isOn ? server : say(connection.state));
	$("state").title = until ? say("sessionUntil", { time: moment(until) }) : "";
	const banner = $("banner");
	// While it is tried again the words stay.
	if (connection.state === "connecting" && banner.firstChild) return;
	const text = isTrouble(connection) ? say(`cause_${connection.cause}`, { reason: connection.reason }) : "";
	if (banner.dataset.text === text + language()) return;
	banner.dataset.text = text + language();
	const again = () => connection.tryNow();
	banner.replaceChildren(...(text ? [el("span.grow", {}, text), button("", { onclick: again }, say("tryNow"))] : []));
}

const themeWord = () => ({ light: "light", dark: "dark" })[document.documentElement.dataset.theme] ?? "likeSystem";

// On a phone: the parts that are not at hand, and what stands at the foot of the side elsewhere.
export function more() {
	const close = () => dialog.close();
	const rare = SECTIONS.filter((name) => !AT_HAND.includes(name));
	const acts = [["language", "otherLanguage"], ["theme", themeWord()],
		["logout", "logOut"]];
	const dialog = open(say("moreSections"),
		el("ul.list.shell-list", {}, rare.map((name) => el("li", { onclick: close }, way(name)))),
		el("p.shell-ways", {}, acts.map(([act, word]) =>
			button("", { "data-act": act, onclick: close }, say(word)))));
	for (const word of dialog.querySelectorAll("[data-say]")) word.textContent = say(word.dataset.say);
}
