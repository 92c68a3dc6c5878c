/** How one message looks: a row of the timeline, and what can be done with it. */

import { callsBy } from "../model/attention.js";
import { CALLS, Names } from "../model/mentions.js";
import { isPassing } from "../model/outbox.js";
import { isBlank } from "../model/text.js";
import { messageMenu, personMenu, personOf } from "./acts.js";
import { botBadge } from "./bot.js";
import { button, el, iconButton } from "./dom.js";
import { face } from "./face.js";
import { plainBlock, render } from "./marks.js";
import { copy } from "./notices.js";
import { picture } from "./picture.js";
import { clock, day, fullTime, say, sayParts, why } from "./words.js";

// What one person says within this time stands under one name.
const TOGETHER = 5 * 60_000;

const sameDay = (one, other) => new Date(one).toDateString() === new Date(other).toDateString();
const dateOf = (item) => item.dated ?? item.msg_time;

// Does `item` go on where `before` stopped?
function goesOn(item, before) {
	const isSame = before?.from_id === item.from_id && before.from === item.from;
	return isSame && item.msg_time - before.msg_time < TOGETHER;
}

// The row for an item; `before` is the one above.
export function row(app, item, before) {
	const { store, room } = app.state;
	const { msg_time, state } = item;
	const mine = item.from_id === store.me.id;
	const lines = linesAbove(item, before, !mine && room.isFirstNew(item));
	if (item.type === "notice") return el("div.message", {}, lines, notice(item));
	const iso = new Date(msg_time).toISOString();
	const follows = lines.length === 0 && goesOn(item, before);
	// Beside a message there is room for the time, and for no half of the day.
	const told = follows ? clock(msg_time).replace(/\s?[AP]M$/, "") : clock(msg_time);
	const time = el("time", { dateTime: iso, title: fullTime(msg_time) }, told);
	const forMe = !mine && callsBy(item, store.me.id);
	const classes = [!follows && "first", mine && "mine", forMe && "for-me", state].filter(Boolean);
	return el(["article.message", ...classes].join(".message-"), { tabIndex: -1 }, lines, el("div.message-entry", {},
		follows ? el("span.message-gutter", {}, time) : faceOf(app, item),
		el("div.message-body", {}, head(app, item, follows, time), content(app, item), state && mark(app, item.entry)),
		mine && el("span.message-sent", { title: say(state ? "sending" : "sent") }, state ? "…" : "✓"),
		!state && more(app, item)));
}

// Another day; or what is new from here on.
function linesAbove(item, before, isFirstNew) {
	const lines = [];
	const date = Math.max(dateOf(item), before ? dateOf(before) : 0);
	const isOtherDay = !before || !sameDay(date, dateOf(before));
	if (isOtherDay) lines.push(el("p.message-line", { title: fullTime(date) }, day(date)));
	if (isFirstNew) lines.push(el("p.message-line.message-new", {}, say("newMessages")));
	return lines;
}

// What follows under one name says the name to a screen reader only.
function head(app, item, follows, time) {
	const { store } = app.state;
	const { from_id: id, from: name, bot } = item;
	if (follows) return el("span.unseen", {}, `${name}: `);
	const isMe = id === store.me.id;
	const looks = { dir: "auto", tabIndex: -1, ariaHasPopup: "menu", onclick: ofPerson(app, item) };
	const who = isMe ? el("strong.message-who.cut", { dir: "auto" }, name) : button(".message-who.cut", looks, name);
	return el("header.message-head", {}, who, store.isBot({ id, bot }) && botBadge(), time);
}

// For the pointer: the name beside it is for the keyboard.
function faceOf(app, item) {
	const made = face(app, { id: item.from_id, name: item.from });
	if (item.from_id !== app.state.store.me.id) made.addEventListener("click", ofPerson(app, item));
	return made;
}

const ofPerson = (app, item) => ({ currentTarget }) => personMenu(app, personOf(app, item), currentTarget);

// What can be done with it.
function more(app, item) {
	const made = iconButton("menu", "menu", () => messageMenu(app, item, made), ".little.message-more", -1);
	made.setAttribute("aria-haspopup", "menu");
	return made;
}

function content(app, item) {
	const gone = () => (item.by ? say("deletedBy", { name: item.by }) : say("deleted"));
	if (item.deleted) return el("p.message-gone", {}, gone());
	const shown = item.type === "picture" && (picture(app, item) ?? el("p.message-gone", {}, say("pictureGone")));
	return el("div.message-text", { dir: "auto" }, text(app, item), shown);
}

function text(app, item) {
	if (!item.msg) return [];
	return isBlank(item.msg) ? el("p.message-gone", {}, say("blank")) : render(item.msg, namesIn(app, item), codeBlock);
}

// Long lines are scrolled, and all of it can be copied.
const codeBlock = (code) =>
	el("div.message-code", {}, plainBlock(code), iconButton("copy", "copy", () => copy(code), ".little", -1));

// Whom its words may call: those whom the server has named. Of one's own it says nothing before the next visit: then
// any member whose name is known.
function namesIn({ state: { store, room } }, { msg, mentions, call, from_id }) {
	if (!msg.includes("@")) return undefined;
	if (mentions || call) return namesOf(store, mentions ?? [], called(call, "me"));
	return from_id === store.me.id && room.users ? room.users.names(() => mayCall(store, room)) : undefined;
}

function mayCall(store, room) {
	const all = room.may.includes("call") ? [...CALLS.keys()].flatMap((call) => called(call, "other")) : [];
	return namesOf(store, [...room.users.keys(), store.robot?.id], all);
}

const called = (call, who) => (CALLS.get(call) ?? []).map((word) => [word, who]);

function namesOf(store, ids, others) {
	const known = [...ids].map((id) => [store.people.get(id)?.name, id === store.me.id ? "me" : "other"]);
	return new Names([...others, ...known.filter(([name]) => name)]);
}

// Why it was not sent; or what it waits for, or how far it is.
function mark(app, entry) {
	const act = (word, act) => button(".link", { onclick: () => act(entry) }, say(word));
	if (entry.error) {
		const [told, again] = isPassing(entry) ? ["notStored", "tryNow"] : ["notSent", "retry"];
		return el("p.error.small", { role: "alert" }, say(told, { why: why(entry.error) }), " ",
			act(again, app.do.retry), " ", act("edit", app.do.edit));
	}
	if (!app.do.isOnline()) return el("p.quiet.small", {}, say("notYetSent"));
	if (app.state.outbox.isHeldUp) return el("p.quiet.small", {}, say("heldUp"));
	return entry.progress !== undefined && el("progress", { value: entry.progress, ariaLabel: say("sending") });
}

// "alice, bob joined"; a room that is new can be gone to.
function notice({ kind, names, by = "", count, msg_time }) {
	const inside = (name) => (kind === "noticeCreated" ? el("a", { href: `#${encodeURIComponent(name)}` }, name) : name);
	const apart = (name) => name.split(" → ").flatMap((part, at) => [at > 0 && " → ", el("bdi", {}, inside(part))]);
	const listed = names.slice(-4).flatMap((name, at) => [at > 0 && ", ", ...apart(name)]);
	const more = count > 4 ? say("andOthers", { count: count - 4 }) : "";
	const title = fullTime(msg_time);
	const values = { names: [...listed, more], by: el("bdi", {}, by) };
	return el("p.message-notice.small.quiet", { title }, sayParts(kind, values).flat());
}
