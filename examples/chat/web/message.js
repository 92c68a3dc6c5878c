/** How one message looks: a row of the timeline, and what can be done with it. */

import * as chat from "./chat.js";
import { button, el, face, iconButton, toast } from "./dom.js";
import { altOf, enlarge } from "./lightbox.js";
import { plainBlock, render } from "./markdown.js";
import { Names } from "./mentions.js";
import { retry } from "./outbox.js";
import { isBlank } from "./text.js";
import { clock, day, fullTime, say, sayParts, why } from "./words.js";

// What one person says within this time stands under one name.
const TOGETHER = 5 * 60_000;

const sameDay = (one, other) => new Date(one).toDateString() === new Date(other).toDateString();
const dateOf = (item) => item.dated ?? item.msg_time;

// Does `item` go on where `before` stopped?
const goesOn = (item, before) => before?.from_id === item.from_id && before.from === item.from && item.msg_time - before.msg_time < TOGETHER;

// The row for an item; `before` is the one above.
export function row(item, before) {
	const { from_id: id, from: name, msg_time, state } = item;
	const mine = id === chat.me().id;
	const lines = [];
	const date = Math.max(dateOf(item), before ? dateOf(before) : 0);
	if (!before || !sameDay(date, dateOf(before))) lines.push(el("p.line", { title: fullTime(date) }, day(date)));
	if (!mine && chat.room.isFirstNew(item)) lines.push(el("p.line.new", {}, say("newMessages")));
	if (item.type === "notice") return el("div.row", {}, lines, notice(item));
	const time = el("time", { dateTime: new Date(msg_time).toISOString(), title: fullTime(msg_time) }, clock(msg_time));
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
	const text = !item.msg ? [] : isBlank(item.msg) ? [el("p.gone", {}, say("blank"))] : render(item.msg, namesIn(item), codeBlock);
	return el("div.text", { dir: "auto" }, text, item.type === "picture" && picture(item));
}

// Long lines are scrolled, and all of it can be copied.
const codeBlock = (code) => el("div.code", {}, plainBlock(code), iconButton("copy", "copy", () => copy(code), ".little", -1));

async function copy(text) {
	try {
		await navigator.clipboard.writeText(text); // plain http in a network has no such clipboard
	} catch {
		return toast(say("notCopied"));
	}
	toast(say("copied"));
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

function picture(item) {
	const src = item.picture && chat.source(item.picture.url);
	if (!src) return el("p.gone", {}, say("pictureGone"));
	const image = el("img", { src, alt: altOf(item), decoding: "async" });
	const frame = button(".picture", { tabIndex: -1, title: say("enlarge"), onclick: act }, image);
	const broken = () => frame.classList.contains("broken");
	keepPlace(frame, item.picture);
	image.onload = () => {
		frame.classList.remove("broken");
		if (item.picture.width) return;
		Object.assign(item.picture, { width: image.naturalWidth, height: image.naturalHeight });
		keepPlace(frame, item.picture);
	};
	// Its place stays, and says so; a click tries again.
	image.onerror = () => {
		if (!broken()) frame.append(el("span.small", {}, `${say("pictureFailed")} ${say("retry")}`));
		frame.classList.add("broken");
	};
	function act() {
		if (!broken()) return enlarge(item, frame);
		frame.classList.remove("broken");
		frame.lastChild.remove();
		image.src = src;
	}
	return frame;
}

// The place is kept before the bytes are here, so nothing jumps. What is very narrow or flat shows a part.
function keepPlace({ style }, { width, height }) {
	const shape = width ? Math.min(12, Math.max(.3, width / height)) : 4 / 3;
	style.width = `min(26rem, ${width ?? 192}px, ${50 * shape}vh)`;
	style.aspectRatio = shape;
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

// "alice, bob joined"; a room that is new can be gone to.
function notice({ kind, names, msg_time }) {
	const inside = (name) => (kind === "noticeCreated" ? el("a", { href: `#${encodeURIComponent(name)}` }, name) : name);
	const isolated = (name) => name.split(" → ").flatMap((part, at) => [at > 0 && " → ", el("bdi", {}, inside(part))]);
	const listed = names.slice(-4).flatMap((name, at) => [at > 0 && ", ", ...isolated(name)]);
	const more = names.length > 4 ? say("andOthers", { count: names.length - 4 }) : "";
	return el("p.notice.small.quiet", { title: fullTime(msg_time) }, sayParts(kind, { names: [...listed, more] }).flat());
}
