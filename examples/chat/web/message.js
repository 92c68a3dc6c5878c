/** How one message looks: a row of the timeline, and what can be done with it. */

import * as chat from "./chat.js";
import { button, el, face, iconButton } from "./dom.js";
import { render } from "./markdown.js";
import { Names } from "./mentions.js";
import { retry } from "./outbox.js";
import { enlarge } from "./pictures.js";
import { clock, day, say, why } from "./words.js";

// What one person says within this time stands under one name.
const TOGETHER = 5 * 60_000;

const sameDay = (one, other) => new Date(one.msg_time).toDateString() === new Date(other.msg_time).toDateString();

// Does `item` go on where `before` stopped?
const goesOn = (item, before) => before?.from_id === item.from_id && before.from === item.from && item.msg_time - before.msg_time < TOGETHER;

// The row for an item; `before` is the one above.
export function row(item, before) {
	const { from_id: id, from: name, msg_time, state } = item;
	const mine = id === chat.me().id;
	const lines = [];
	if (!before || !sameDay(item, before)) lines.push(el("p.line", {}, day(msg_time)));
	const isNew = (item) => item?.offset > chat.room.newAfter;
	if (isNew(item) && !isNew(before) && !mine) lines.push(el("p.line.new", {}, say("newMessages")));
	if (item.type === "notice") return el("div.row", {}, lines, notice(item));
	const time = el("time", { dateTime: new Date(msg_time).toISOString() }, clock(msg_time));
	const follows = lines.length === 0 && goesOn(item, before);
	const head = follows ? el("span.unseen", {}, `${name}: `)
		: el("header.head", {}, button(".who.cut", { dir: "auto", tabIndex: -1, onclick: () => chat.talk({ id, name }) }, name), time);
	const classes = [!follows && "first", mine && "mine", item.mentions?.includes(chat.me().id) && "for-me", state].filter(Boolean);
	return el(["article.row", ...classes].join("."), { tabIndex: -1 }, lines, el("div.entry", {},
		follows ? el("span.gutter", {}, time) : face({ id, name }),
		el("div.grow", {}, head, content(item), state && mark(item.entry)),
		mine && !state && !item.deleted && iconButton("delete", "delete", () => chat.askDelete(item), ".little.delete", -1),
		mine && el("span.sent", { title: say(state ? "sending" : "sent") }, state ? "…" : "✓")));
}

function content(item) {
	if (item.deleted) return el("p.gone", {}, say("deleted"));
	const text = item.msg ? render(item.msg, namesIn(item)) : [];
	return el("div.text", { dir: "auto" }, item.type === "picture" && picture(item), text);
}

// Whom its words may call: those whom the server has named. Of one's own it says nothing before the next visit: then any member.
function namesIn({ msg, mentions, from_id }) {
	if (!msg.includes("@")) return undefined;
	if (mentions) return namesOf(mentions);
	const { users } = chat.room;
	if (from_id !== chat.me().id || !users) return undefined;
	if (members.users !== users || members.count !== users.size) members = { users, count: users.size, names: namesOf([...users.keys()]) };
	return members.names;
}

let members = {};

function namesOf(ids) {
	const known = ids.map((id) => [chat.store.people.get(id)?.name, id === chat.me().id ? "me" : "other"]);
	return new Names(known.filter(([name]) => name));
}

function picture({ picture, msg, from }) {
	const src = picture && chat.source(picture.url);
	if (!src) return el("p.gone", {}, say("pictureGone"));
	const image = el("img", { src, alt: msg || say("pictureFrom", { name: from }), decoding: "async" });
	// The place is kept before the bytes are here, so nothing jumps.
	if (picture.width) Object.assign(image, { width: picture.width, height: picture.height });
	const frame = button(".picture", { tabIndex: -1, ariaLabel: say("enlarge"), onclick: () => enlarge(image) }, image);
	image.onerror = () => frame.replaceWith(el("p.gone", {}, say("pictureGone")));
	return frame;
}

// Why it was not sent; or what it waits for, or how far it is.
function mark(entry) {
	const act = (word, act) => button(".link", { onclick: () => act(entry) }, say(word));
	if (entry.error) {
		return el("p.error.small", { role: "alert" }, say("notSent", { why: why(entry.error) }), " ", act("retry", retry), " ", act("edit", chat.edit));
	}
	if (!chat.isOnline()) return el("p.quiet.small", {}, say("notYetSent"));
	return entry.progress !== undefined && el("progress", { value: entry.progress, ariaLabel: say("sending") });
}

// "alice, bob joined"
function notice({ kind, names }) {
	const more = names.length > 4 ? say("andOthers", { count: names.length - 4 }) : "";
	return el("p.notice.small.quiet", {}, say(kind, { names: names.slice(-4).join(", ") + more }));
}
