/**
 * The chat. Here the parts meet:
 *
 *     connection ──▶ store ──▶ timeline, sides, head     what is heard becomes something to see
 *     composer ──▶ outbox ──▶ connection                 what is written is said once, however often the line breaks
 *
 * Whatever changes something asks for a `draw`, which comes with the next frame.
 */

import "./composing.js";
import * as arrival from "./arrival.js";
import { call } from "./attention.js";
import { stepTo } from "./browser.js";
import * as composer from "./composer.js";
import * as connection from "./connection.js";
import { browse, help, settings, sure } from "./dialogs.js";
import { $, announce, el, icon, toast, warn } from "./dom.js";
import * as drafts from "./drafts.js";
import { forgetGone, untilGone } from "./gone.js";
import { showHead, showState } from "./head.js";
import { showMembers } from "./members.js";
import * as outbox from "./outbox.js";
import * as pictures from "./pictures.js";
import { markRead, reveal, toLatest, toNew } from "./reading.js";
import { Roster } from "./roster.js";
import { search } from "./search.js";
import { nameOf, openDrawer, showPlaces } from "./sides.js";
import { onLost, onRemembered, recall, remember } from "./storage.js";
import { Store } from "./store.js";
import { step, switchPlace } from "./switcher.js";
import { cut, isolated } from "./text.js";
import * as timeline from "./timeline.js";
import { language, say, sentence, translate, why } from "./words.js";

const { ask } = connection;

// The page's own server, and the one in use.
const home = `${location.protocol === "https:" ? "wss" : "ws"}://${location.host}`;
export const url = recall("server") ?? home;
export let room = null;
export const store = new Store({ arrived, left, gap: connection.resume });
// Is the page's address still to be followed, when there is a connection?
let unfollowed = true;
// What is asked about the room that it names.
let question;
let drawing = false;

export const me = () => store.me;
export const isOnline = () => connection.state === "online";

// ---- arriving

function start() {
	translate();
	for (const button of document.querySelectorAll("[data-icon]")) button.append(icon(button.dataset.icon));
	if (!("WebSocket" in window)) return document.body.prepend(el("p.plain", { role: "alert" }, say("noWebSocket")));
	onLost(() => warn(say("nothingKept")));
	arrival.open(key);
	drafts.open(key("draft:"), composer.emptied);
	onRemembered(key("left"), draw);
	if (!arrival.identity.isKnown) return arrival.askName();
	// Somebody known sees what is remembered, until the server tells what is so.
	store.restore(recall(key("places")) ?? { name: arrival.identity.name });
	comeIn();
	connect();
}

// Where this browser keeps something of the person on this server.
const key = (name) => `${url} ${name}`;

export function connect(to = url) {
	if (to !== url) {
		remember("server", to === home ? "" : to);
		return location.reload();
	}
	outbox.open(key("unsent:"));
	connection.connect(url);
}

export function forget() {
	connection.disconnect();
	arrival.forget();
}

// ---- what the connection asks and tells

export const hello = () => ({ ...arrival.hello(), rooms: store.known() });

export function heard(object) {
	if (object.type === "welcome" && !arrival.isWelcome(object)) return connection.resume();
	store.heard(object);
	if (object.type === "welcome") welcomed();
	else if (object.type === "history") outbox.flush();
	else if (object.type === "here" && room && !room.users) learnMembers(); // no crowd any more
	else if (object.type === "renamed" && object.user.id === me().id) arrival.renamed(object.user.name);
	if (object.type in PLACES) remember(key("places"), store.places());
	draw();
}

// After these there are other places than before.
const PLACES = { welcome: 1, room: 1, left: 1, removed: 1, renamed: 1 };

function welcomed() {
	connection.welcomed();
	if (room && store.rooms.get(room.name) !== room) show(lobby());
	else if (room) learnMembers();
	comeIn();
	if (unfollowed) follow();
}

// Shows the rooms instead of the arrival.
function comeIn() {
	if (!$("app").hidden) return;
	$("app").hidden = false;
	follow();
	composer.focus();
}

// ---- what the store tells

function left(gone) {
	if (room === gone) show(lobby());
	toast(say("youLeft", { room: nameOf(gone) }));
}

function arrived(where, event) {
	const seen = where === room && timeline.atEnd && isLooking();
	if (!seen) where.oneNew(event.offset);
	const text = event.type === "picture" ? [say("aPicture"), event.msg].filter(Boolean).join(": ") : event.msg;
	if (where === room) announce(`${event.from}: ${cut(text, 500)}`);
	if (seen || !store.isForMe(event, where)) return;
	const place = where.other ? event.from : `${event.from} · #${nameOf(where)}`;
	const open = () => reveal(where.name, event.offset);
	const notice = call(place, cut(text, 200), open);
	const line = where !== room && toast(`${isolated(place)}: ${cut(text, 80)}`, { label: say("open"), act: open });
	untilGone(where.name, event.offset, () => (notice?.close(), line && line.remove()));
}

// ---- rooms

const lobby = () => store.rooms.get(store.home) ?? store.rooms.values().next().value;

// Shows the room that the page's address names. One that was not joined is joined only if one likes: its members hear of
// it, and a link is quickly followed.
function follow() {
	if (!me()) return;
	question?.close();
	const name = namedRoom() || store.home;
	const known = store.rooms.get(name);
	if (known || !room) show(known ?? lobby(), Boolean(known));
	unfollowed = !isOnline();
	if (known || unfollowed || name.startsWith("@")) return;
	const join = () => enter(name, false).catch((error) => (error.code === "no_such_room" ? browse(name) : Promise.reject(error)));
	if (name === arrival.agreed) join().catch((error) => toast(sentence(why(error))));
	else question = sure(say("joinSure", { room: name }), say("join"), join, ".primary");
}

// The name of a room, or nothing, in the address of the page.
export function namedRoom() {
	try {
		return decodeURIComponent(location.hash.slice(1));
	} catch {
		return ""; // a % that means nothing
	}
}

// Joins a room, or goes to one that was joined.
export async function enter(called, create) {
	let name = called === say("lobby") ? store.home : called;
	if (!store.rooms.has(name)) ({ room: name } = await ask({ type: "join", room: name, create }));
	show(store.rooms.get(name));
}

export function goTo(place) {
	show(place);
	composer.focus();
}

export const focusComposer = () => composer.focus();

export function talk(user) {
	if (user.id === me().id) return;
	show(store.talk(user));
	composer.focus();
}

export function show(next, intoAddress = true) {
	if (next === room) return;
	room = next;
	setLeft(room, false);
	room.newAfter = Infinity; // what is new is seen when the room is open
	const hash = `#${encodeURIComponent(room.name)}`;
	if (intoAddress && location.hash !== hash && (location.hash || room !== lobby())) stepTo(hash);
	composer.show(room);
	timeline.show(room);
	openDrawer("");
	$("toasts").replaceChildren();
	learnMembers();
	draw();
}

// So many members are asked for at a time.
const MEMBERS = 100;

// Asks for the members of the room in view: the first of them, or those after somebody.
export async function learnMembers(after) {
	const where = room;
	const known = (user) => store.people.get(user.id) ?? user;
	if (where.other) where.users = new Roster([known(where.other), known(me())]);
	else if (!where.users || after !== undefined) await who(where, { after });
	// A room that is no crowd is known whole.
	while (where.users?.more && where.members <= 2 * MEMBERS && (await who(where, { after: where.users.last })));
}

// Asks for members whose names have this in them, if not all are known, nor `enough`. True: there was an answer.
export async function learnNames(query, known = 0, enough = Infinity) {
	if (!isOnline() || room.other || !room.users?.more || known >= enough) return false;
	return who(room, { query });
}

async function who(where, which, tries = 3) {
	try {
		store.learnMembers(where, await ask({ type: "who", room: where.name, limit: MEMBERS, ...which }), which);
		draw();
		return where === room;
	} catch ({ code, retry_after }) {
		if (code !== "rate_limited" || tries === 0) return false;
		await new Promise((over) => setTimeout(over, retry_after));
		return who(where, which, tries - 1);
	}
}

function leave(which = room) {
	const { name } = which;
	if (!which.other) return sure(say("leaveSure", { room: `#${name}` }), say("leave"), () => ask({ type: "leave", room: name }));
	sure(say("leaveTalkSure", { name: nameOf(which) }), say("leaveTalk"), () => {
		setLeft(which, true);
		if (room === which) show(lobby());
		draw();
	}, ".primary");
}

// A talk that was left is out of the list until somebody says something in it, or opens it. (Which is the offset after which.)
export const wasLeft = (talk) => recall(key("left"))?.[talk.name] >= talk.last;

function setLeft(talk, left) {
	const { [talk.name]: before, ...others } = recall(key("left")) ?? {};
	if (left || before !== undefined) remember(key("left"), left ? { ...others, [talk.name]: talk.last } : others);
}

export async function rename(name) {
	await ask({ type: "name", name });
	toast(say("nameChanged", { name }), { time: 3_000 });
	timeline.again();
}

// ---- speaking

export function typing() {
	if (isOnline() && !room.provisional) connection.send({ type: "typing", room: room.name });
}

export function speak(where, msg, blobs = []) {
	const entry = { room: where.name, to: where.provisional ? where.other.id : undefined, msg };
	if (blobs.length === 0) outbox.add(entry);
	for (const blob of blobs) {
		outbox.add({ ...entry, blob, url: URL.createObjectURL(blob) });
		entry.msg = ""; // the caption is the first one's
	}
	where.newAfter = Infinity;
	toLatest();
}

// May what was written be said now?
export const isReady = () => isOnline() && store.settled;

export function acked({ msg, blob, url, width, height }, { room, offset, msg_time }) {
	const what = blob ? { type: "picture", picture: { url, width, height } } : { type: "message" };
	store.event({ room, offset, msg_time, from_id: me().id, from: me().name, msg, ...what });
}

// One's own messages that wait, as items of the timeline.
export const unsent = (room) => outbox.unsentIn(room).map((entry) => ({
	...entry, entry, from_id: me().id, from: me().name, msg_time: entry.time, picture: entry,
	type: entry.blob ? "picture" : "message", state: entry.error ? "failed" : "pending",
}));

// Takes back what was not sent, to be written better.
export function edit(entry) {
	outbox.remove(entry);
	if (entry.blob) pictures.take([entry.blob]);
	composer.giveBack(entry.msg);
}

const COMMANDS = {
	nick: ({ name }) => rename(name),
	join: ({ room }) => enter(room, true),
	leave: ({ room: name }) => leave(name ? placeNamed(name) : room),
	rooms: () => browse(),
	who: () => openDrawer("members"),
	help,
	msg: ({ to, msg }) => {
		const person = personNamed(to);
		if (!person) throw { code: "no_such_person" };
		if (person.id === me().id) throw { code: "self" };
		talk(person);
		speak(store.talk(person), msg);
	},
};

export const perform = async (command) => COMMANDS[command.does](command);

const folded = (name) => name.normalize("NFKC").toLowerCase().replaceAll("’", "'");

export function personNamed(name) {
	const wanted = folded(name);
	for (const person of store.people.values()) if (folded(person.name) === wanted) return person;
	return undefined;
}

// One of the rooms or talks in the list, by the name that it has there.
function placeNamed(name) {
	const wanted = folded(name);
	const found = [...store.rooms.values()].find((room) => folded(nameOf(room)) === wanted);
	if (!found) throw { code: "not_there" };
	return found;
}

// Before a line like `/msg Anna Maria hi` is understood: whose name begins so?
export async function learnAddressee(line) {
	const word = /^\/msg\s+@?["“”]?([^\s"“”]+)/i.exec(line)?.[1];
	const home = store.rooms.get(store.home);
	if (word && home?.users?.more) await who(home, { query: word });
	else if (word && home && !home.users) await who(home, { query: undefined });
}

export function askDelete({ offset }) {
	const { name } = room;
	const at = [...$("rows").children].indexOf(document.activeElement.closest(".row"));
	sure(say("deleteSure"), say("delete"), async () => {
		const ack = await ask({ type: "delete", room: name, offset });
		store.event({ type: "deleted", room: name, offset: ack.offset, target: offset });
		drawNow();
		// The button is gone that had the focus: the message has it.
		if (document.activeElement === document.body) $("rows").children[at]?.focus({ preventScroll: true });
	});
}

// ---- what is seen

// Does somebody look at the page?
export const isLooking = () => !document.hidden && document.hasFocus();

// Pictures come from this page's own server alone: so says its Content-Security-Policy.
export const source = (address) => (address.startsWith("blob:") || url === home ? address : "");

export function draw() {
	if (drawing) return;
	drawing = true;
	// A page that nobody sees has no frames, but it has a title.
	if (document.hidden) setTimeout(drawNow, 200);
	else requestAnimationFrame(drawNow);
}

function drawNow() {
	drawing = false;
	showState();
	if (!me() || !room) return;
	markRead();
	forgetGone((name, offset) => store.rooms.get(name)?.gone.has(offset));
	showPlaces();
	showMembers();
	timeline.update();
	showHead();
}

export function setLanguage(chosen) {
	remember("language", chosen);
	document.documentElement.lang = chosen;
	translate();
	if (room) timeline.again();
	draw();
}

// ---- buttons and keys

const ACTS = {
	skip: (event) => (event.preventDefault(), composer.focus()),
	language: () => setLanguage(language() === "zh" ? "en" : "zh"),
	settings,
	search,
	help,
	browse: () => browse(),
	leave: () => leave(),
	places: () => openDrawer("places"),
	members: () => openDrawer("members"),
	"close-drawer": () => openDrawer(""),
	latest: toLatest,
	new: () => toNew(),
	picture: () => $("file").click(),
	emoji: () => composer.toggleEmoji(),
	again: () => (connection.state === "waiting" ? connection.tryNow() : connect()),
};

addEventListener("click", (event) => {
	const on = (selector) => event.target.closest(selector);
	const act = on("[data-act]")?.dataset.act;
	if (act) ACTS[act](event);
	else if (on("#shade, .place")) openDrawer("");
	if (!on("#emoji, #emoji-button")) $("emoji").hidden = true;
});

addEventListener("keydown", (event) => {
	if (document.querySelector("dialog") || $("app").hidden) return;
	const { key, altKey, ctrlKey, metaKey, shiftKey } = event;
	if (key === "Escape") return openDrawer("");
	if ((ctrlKey || metaKey) && !altKey && !shiftKey && key.toLowerCase() === "k") switchPlace();
	else if (altKey && !ctrlKey && !metaKey && key === "ArrowDown") step(1);
	else if (altKey && !ctrlKey && !metaKey && key === "ArrowUp") step(-1);
	else return;
	event.preventDefault();
});

addEventListener("hashchange", follow);
for (const event of ["focus", "blur"]) addEventListener(event, draw);
addEventListener("visibilitychange", draw);

start();
document.documentElement.dataset.started = "yes";
