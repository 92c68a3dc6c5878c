/**
 * The admin page begins here, as the chat's page begins in its `main.js`: the parts are made, and wired.
 *
 *     main ──▶ views ──▶ model         views read `app.state`, and call `app.do`
 *       └────▶ app ──▶ model           the connection is the chat's (`web/net/connection.js`), in another subprotocol
 */

import * as able from "../browser/able.js";
import { Kept } from "../browser/storage.js";
import { $, el } from "../views/dom.js";
import { addPhrases } from "../views/phrases.js";
import { language, say, translate } from "../views/words.js";
import { createApp } from "./app/app.js";
import { meaningOf } from "./model/sections.js";
import * as acts from "./views/acts.js";
import * as admins from "./views/admins.js";
import { ask } from "./views/asking.js";
import * as bots from "./views/bots.js";
import * as gate from "./views/gate.js";
import * as inforce from "./views/inforce.js";
import * as invites from "./views/invites.js";
import { refreshTimes } from "./views/measures.js";
import * as overview from "./views/overview.js";
import * as people from "./views/people.js";
import { WORDS } from "./views/phrases.js";
import * as reports from "./views/reports.js";
import * as rooms from "./views/rooms.js";
import * as shell from "./views/shell.js";
import * as targets from "./views/targets.js";
import * as wordlist from "./views/wordlist.js";

const PARTS = {
	overview, people, rooms, reports, words: wordlist, invites, bots, targets, acts, settings: inforce, admins,
};
const THEMES = ["", "light", "dark"];
const EVERY = 20_000;

function start() {
	addPhrases(WORDS);
	const kept = new Kept(() => localStorage);
	const app = createApp({
		url: `${location.protocol === "https:" ? "wss" : "ws"}://${location.host}`,
		kept,
		ofWindow: new Kept(() => sessionStorage),
		browser: { newId: able.randomId },
	});
	app.page = { showScene: () => gate.showScene(app) };
	app.do.draw = () => draw(app);
	globalThis.pollcat = app;
	shell.mount();
	translate();
	listen(app);
	const key = takeKey(app);
	if ("WebSocket" in window) app.do.start(key);
	else document.body.prepend(el("p.plain", { role: "alert" }, say("noWebSocket")));
	document.documentElement.dataset.started = "yes";
}

// The key leaves the address bar, and with it the browser's history, before anything else happens.
function takeKey(app) {
	const { key, section } = meaningOf(location.hash);
	if (key) history.replaceState(null, "", location.pathname);
	app.state.section = section;
	return key;
}

// ---- drawing: all that changes asks for it, and it comes with the next frame

function draw(app) {
	const { state } = app;
	if (state.drawing) return;
	state.drawing = true;
	const now = () => {
		state.drawing = false;
		gate.update(app);
		if (state.scene !== "app") return;
		shell.update(app);
		showPart(app);
	};
	if (document.hidden) setTimeout(now, 200);
	else requestAnimationFrame(now);
}

// A part is made when somebody first looks at it, in the language of then.
function showPart(app) {
	const { made, section } = app.state;
	const name = `${section} ${language()}`;
	made[name] ??= PARTS[section].make(app);
	const part = made[name];
	if ($("content").firstChild !== part.element) {
		$("content").replaceChildren(part.element);
		$("tools").replaceChildren(...(part.tools ? [part.tools] : []));
		$("middle").scrollTop = 0;
	}
	part.update();
}

// ---- buttons and keys

const ACTS = {
	skip(app, event) {
		event.preventDefault();
		$("content").focus();
	},
	language(app) {
		const next = language() === "zh" ? "en" : "zh";
		app.state.kept.remember("language", next);
		document.documentElement.lang = next;
		translate();
		app.do.draw();
	},
	theme(app) {
		const { dataset } = document.documentElement;
		const next = THEMES[(THEMES.indexOf(dataset.theme ?? "") + 1) % THEMES.length];
		app.state.kept.remember("theme", next);
		dataset.theme = next;
		app.do.draw();
	},
	logout: (app) => ask({
		title: say("logOutSure"), words: say("logOutWords"), label: say("logOut"), looks: ".primary.forms-main",
		act: () => app.do.logOut(),
	}),
	more: () => shell.more(),
};

function listen(app) {
	const { connection } = app.state;
	connection.watch();
	addEventListener("click", (event) => click(app, event));
	addEventListener("keydown", keydown);
	addEventListener("hashchange", () => follow(app));
	addEventListener("online", () => connection.nudge());
	addEventListener("visibilitychange", () => document.hidden || connection.nudge());
	setInterval(refreshTimes, EVERY);
}

function click(app, event) {
	const on = (selector) => event.target.closest(selector);
	const act = on("[data-act]")?.dataset.act;
	if (act) ACTS[act](app, event);
	const go = on("[data-go]")?.dataset.go;
	if (go) location.hash = go;
}

// Another part, or another link that was opened in this window.
function follow(app) {
	const { key, section } = meaningOf(location.hash);
	if (key) return app.do.start(takeKey(app));
	app.do.look(section);
	app.do.draw();
}

function keydown(event) {
	const isTyping = event.target.closest?.("input, textarea, select");
	if (event.key !== "/" || isTyping || event.ctrlKey || event.metaKey || event.altKey) return;
	if (document.querySelector("dialog")) return;
	const field = document.querySelector("[type=search]");
	if (!field) return;
	event.preventDefault();
	field.select();
	field.focus();
}

start();
