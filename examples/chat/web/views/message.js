/** How one message looks: a row of the timeline, and what can be done with it. */

import { Names } from "../model/mentions.js";
import { isBlank } from "../model/text.js";
import { button, el, face, iconButton } from "./dom.js";
import { plainBlock, render } from "./marks.js";
import { picture } from "./picture.js";
import { askToTakeBack } from "./questions.js";
import { toast } from "./toasts.js";
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
	const forMe = item.mentions?.includes(store.me.id);
	const classes = [!follows && "first", mine && "mine", forMe && "for-me", state].filter(Boolean);
	return el(["article.message", ...classes].join(".message-"), { tabIndex: -1 }, lines, el("div.message-entry", {},
		follows ? el("span.message-gutter", {}, time) : face({ id: item.from_id, name: item.from }),
		el("div.message-body", {}, head(app, item, follows, time), content(app, item), state && mark(app, item.entry)),
		mine && ofMine(app, item)));
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
function head(app, { from_id: id, from: name }, follows, time) {
	if (follows) return el("span.unseen", {}, `${name}: `);
	const talk = () => app.do.talk({ id, name });
	const who = button(".message-who.cut", { dir: "auto", tabIndex: -1, onclick: talk }, name);
	return el("header.message-head", {}, who, time);
}

// One's own can be taken back, and says how far it has come.
function ofMine(app, item) {
	const { state, deleted } = item;
	return [
		!state && !deleted && iconButton("delete", "delete", () => askToTakeBack(app, item), ".little.message-delete", -1),
		el("span.message-sent", { title: say(state ? "sending" : "sent") }, state ? "…" : "✓"),
	];
}

function content(app, item) {
	if (item.deleted) return el("p.message-gone", {}, say("deleted"));
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

async function copy(text) {
	try {
		await navigator.clipboard.writeText(text); // plain http in a network has no such clipboard
	} catch {
		return toast(say("notCopied"));
	}
	toast(say("copied"));
}

// Whom its words may call: those whom the server has named. Of one's own it says nothing before the next visit: then
// any member whose name is known.
function namesIn({ state: { store, room } }, { msg, mentions, from_id }) {
	if (!msg.includes("@")) return undefined;
	if (mentions) return namesOf(store, mentions);
	return from_id === store.me.id && room.users ? room.users.names(() => namesOf(store, room.users.keys())) : undefined;
}

function namesOf(store, ids) {
	const known = [...ids].map((id) => [store.people.get(id)?.name, id === store.me.id ? "me" : "other"]);
	return new Names(known.filter(([name]) => name));
}

// Why it was not sent; or what it waits for, or how far it is.
function mark(app, entry) {
	const act = (word, act) => button(".link", { onclick: () => act(entry) }, say(word));
	if (entry.error) {
		return el("p.error.small", { role: "alert" }, say("notSent", { why: why(entry.error) }), " ",
			act("retry", app.do.retry), " ", act("edit", app.do.edit));
	}
	if (!app.do.isOnline()) return el("p.quiet.small", {}, say("notYetSent"));
	return entry.progress !== undefined && el("progress", { value: entry.progress, ariaLabel: say("sending") });
}

// "alice, bob joined"; a room that is new can be gone to.
function notice({ kind, names, count, msg_time }) {
	const inside = (name) => (kind === "noticeCreated" ? el("a", { href: `#${encodeURIComponent(name)}` }, name) : name);
	const apart = (name) => name.split(" → ").flatMap((part, at) => [at > 0 && " → ", el("bdi", {}, inside(part))]);
	const listed = names.slice(-4).flatMap((name, at) => [at > 0 && ", ", ...apart(name)]);
	const more = count > 4 ? say("andOthers", { count: count - 4 }) : "";
	const title = fullTime(msg_time);
	return el("p.message-notice.small.quiet", { title }, sayParts(kind, { names: [...listed, more] }).flat());
}
