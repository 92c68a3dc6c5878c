/**
 * The page begins here. The parts are made, and wired; nobody imports this file.
 *
 *     main ──▶ views ──▶ model         views read `app.state`, and call `app.do`
 *       └────▶ app ──▶ net ──▶ model   what people and servers cause changes the state, and asks for a `draw`
 *
 * `browser/` is what a browser may refuse. No module does anything when it is imported.
 */

import { createApp } from "./app/app.js";
import * as able from "./browser/able.js";
import { namedRoom, renameAddress, setAddress, takeInvite } from "./browser/address.js";
import { Kept } from "./browser/storage.js";
import * as arrival from "./views/arrival.js";
import * as announcement from "./views/announcement.js";
import * as banner from "./views/banner.js";
import { bots, showKey } from "./views/bots.js";
import { browse } from "./views/browse.js";
import * as composer from "./views/composer.js";
import * as composing from "./views/composing.js";
import { $, el, icon } from "./views/dom.js";
import { showDrawer } from "./views/drawer.js";
import * as face from "./views/face.js";
import * as emoji from "./views/emoji.js";
import * as head from "./views/head.js";
import { help } from "./views/help.js";
import { invites } from "./views/invite.js";
import * as level from "./views/level.js";
import * as members from "./views/members.js";
import * as notices from "./views/notices.js";
import * as offer from "./views/offer.js";
import * as places from "./views/places.js";
import * as questions from "./views/questions.js";
import { reviewing } from "./views/reviewing.js";
import { askToRemove, roomCard } from "./views/roomcard.js";
import { search } from "./views/search.js";
import { chooseLanguage, settings } from "./views/settings.js";
import { shake } from "./views/shake.js";
import * as speaking from "./views/speaking.js";
import { switchPlace } from "./views/switcher.js";
import { targets } from "./views/targets.js";
import * as timeline from "./views/timeline.js";
import { clearToasts } from "./views/toasts.js";
import { language, nameOf, say, translate } from "./views/words.js";

function start() {
	const app = makeApp();
	Object.assign(app.page, pageOf(app));
	Object.assign(app.do, { draw: () => draw(app), drawNow: () => drawNow(app) });
	// For a look from the browser's console, and for tests.
	globalThis.pollcat = app;
	translate();
	for (const button of document.querySelectorAll("[data-icon]")) button.append(icon(button.dataset.icon));
	for (const place of document.querySelectorAll("[data-drawn]")) place.append(icon(place.dataset.drawn));
	if ("WebSocket" in window) begin(app);
	else document.body.prepend(el("p.plain", { role: "alert" }, say("noWebSocket")));
	document.documentElement.dataset.started = "yes";
}

function begin(app) {
	composing.mount();
	for (const view of [arrival, composer, members, timeline]) view.mount(app);
	listen(app);
	app.state.connection.watch();
	app.do.start();
}

function makeApp() {
	const lost = () => {
		const { state } = app;
		if (!state.lossTold) notices.nothingKept();
		state.lossTold = true;
	};
	const app = createApp({
		home: `${location.protocol === "https:" ? "wss" : "ws"}://${location.host}`,
		kept: new Kept(() => localStorage, lost),
		ofWindow: new Kept(() => sessionStorage, lost),
		browser: {
			...able,
			newId: able.randomId,
			takeTurn: able.inTurn,
			bell: able.makeBell(),
			now: () => performance.now(),
			urlOf: (blob) => URL.createObjectURL(blob),
		},
	});
	return app;
}

// What is asked of the page.
const pageOf = (app) => ({
	namedRoom, renameAddress, setAddress, takeInvite, nameOf,
	roomRenamed(room) {
		renameAddress(room.name);
		composer.show(app);
	},
	isLooking: () => !document.hidden && document.hasFocus(),
	isAway: () => document.hidden,
	shake,
	reload: () => location.reload(),
	showScene: () => arrival.showScene(app),
	askName: () => arrival.askName(app),
	showRoom() {
		composer.show(app);
		timeline.show(app);
		app.do.openDrawer("");
		clearToasts();
	},
	showDrawer: () => showDrawer(app),
	focusComposer: composer.focus,
	draftEmptied: (room, text) => composer.emptied(app, room, text),
	giveBack: (text, blob) => composer.giveBack(app, text, blob),
	updateTimeline: () => timeline.update(app),
	reveal: (offset) => timeline.reveal(app, offset),
	revealNew: () => timeline.revealNew(app),
	latest: () => timeline.latest(app),
	announce: (event) => notices.announce(app.state, event),
	tellOf: (key, about) => notices.tellOf(app.state, key, about),
	held: (room) => composer.held(app, room),
	mention: (name) => composer.mention(app, name),
	openWindow: (href) => el("a", { href, target: "_blank", rel: "noopener" }).click(),
	call: (where, event, how) => notices.call(app.state, where, event, how),
	tellError: notices.tellError,
	wentOut: notices.wentOut,
	cameIn: (room) => notices.cameIn(room, () => app.do.goTo(room)),
	tellTopic: notices.tellTopic,
	tell: notices.tellWord,
	bots: () => bots(app),
	showKey: (key) => showKey(app, key),
	targets: (room, made) => targets(app, room, made),
	renamed(name) {
		notices.renamed(name);
		timeline.again(app);
	},
	askToJoin: questions.askToJoin,
	askToLeave: (room) => questions.askToLeave(app, room),
	endQuestion: questions.endQuestion,
	browse: (wish) => browse(app, wish),
	help: () => help(app),
	settings: (part, what) => settings(app, part, what),
	invites: () => invites(app, app.state.room),
	askToRemove: () => askToRemove(app, app.state.room),
	reviewing: () => reviewing(app),
});

// ---- drawing: all that changes asks for it, and it comes with the next frame

function draw(app) {
	if (app.state.drawing) return;
	app.state.drawing = true;
	// A page that nobody sees has no frames, but it has a title.
	if (document.hidden) setTimeout(app.do.drawNow, 200);
	else requestAnimationFrame(app.do.drawNow);
}

function drawNow(app) {
	const { state } = app;
	state.drawing = false;
	banner.update(app);
	arrival.update(app);
	if (!state.store.me || !state.room) return;
	app.do.markRead(() => timeline.seen(app));
	state.gone.forget((name, offset) => state.store.rooms.get(name)?.gone.has(offset));
	for (const view of [announcement, offer, places, members, timeline, head, level, face, speaking]) view.update(app);
}

// ---- buttons and keys

const ACTS = {
	skip(app, event) {
		event.preventDefault();
		composer.focus();
	},
	language: (app) => chooseLanguage(app, language() === "zh" ? "en" : "zh"),
	settings: (app) => settings(app),
	search,
	help,
	browse: (app) => browse(app),
	room: (app) => roomCard(app),
	level: (app) => level.levelMenu(app),
	reports: (app) => reviewing(app),
	admin: (app) => app.do.openAdmin(),
	leave: (app) => questions.askToLeave(app, app.state.room),
	places: (app) => app.do.openDrawer("places"),
	members: (app) => app.do.openDrawer("members"),
	"close-drawer": (app) => app.do.openDrawer(""),
	latest: (app) => app.do.toLatest(),
	new: (app) => app.do.toNew(),
	picture: () => $("file").click(),
	emoji: (app) => emoji.toggle(app),
	again({ state, do: { connect } }) {
		if (state.connection.state === "waiting") state.connection.tryNow();
		else connect();
	},
};

function listen(app) {
	const { connection } = app.state;
	addEventListener("click", (event) => click(app, event));
	addEventListener("keydown", (event) => keydown(app, event));
	addEventListener("hashchange", app.do.follow);
	addEventListener("pagehide", app.do.tellRead);
	addEventListener("online", () => connection.nudge());
	addEventListener("visibilitychange", () => document.hidden || connection.nudge());
	for (const event of ["focus", "blur", "visibilitychange"]) addEventListener(event, app.do.draw);
}

function click(app, event) {
	const on = (selector) => event.target.closest(selector);
	const act = on("[data-act]")?.dataset.act;
	if (act) ACTS[act](app, event);
	else if (on("#shade, .list-place")) app.do.openDrawer("");
	if (!on("#emoji, #emoji-button")) emoji.hide();
}

function keydown(app, event) {
	if (document.querySelector("dialog") || app.state.scene !== "chat") return;
	const { key, altKey, ctrlKey, metaKey, shiftKey } = event;
	const isAlt = altKey && !ctrlKey && !metaKey;
	if (key === "Escape") return app.do.openDrawer("");
	if ((ctrlKey || metaKey) && !altKey && !shiftKey && key.toLowerCase() === "k") switchPlace(app);
	else if (isAlt && key === "ArrowDown") app.do.step(1);
	else if (isAlt && key === "ArrowUp") app.do.step(-1);
	else return;
	event.preventDefault();
}

start();
