/** How one message looks: a row of the timeline, and what can be done with it. */

import { el, face, icon } from "./dom.js";
import { render } from "./markdown.js";
import { clock, day, fullTime, say, why } from "./words.js";

/** What one person says within this time stands under one name. */
const TOGETHER = 5 * 60_000;

const sameDay = (one, other) => new Date(one.msg_time).toDateString() === new Date(other.msg_time).toDateString();

/** Does `item` go on where `before` stopped? */
const goesOn = (item, before) => before.from_id === item.from_id && before.from === item.from && item.msg_time - before.msg_time < TOGETHER;

/** The row for an item; `before` is the one above. `view` has what else decides, and what the buttons do. */
export function row(item, before, view) {
	const lines = [];
	if (!before || !sameDay(item, before)) lines.push(el("p.line", {}, el("span", {}, day(item.msg_time))));
	const isNew = item.offset > view.newAfter && item.from_id !== view.me.id;
	if (isNew && !(before?.offset > view.newAfter)) lines.push(el("p.line.new", {}, el("span", {}, say("newMessages"))));
	if (item.type === "notice") return el("div.row", {}, lines, notice(item));
	const mine = item.from_id === view.me.id;
	const time = el("time.time", { dateTime: new Date(item.msg_time).toISOString(), title: fullTime(item.msg_time) }, clock(item.msg_time));
	const person = { id: item.from_id, name: item.from };
	const follows = lines.length === 0 && before && goesOn(item, before);
	const head = follows ? el("span.unseen", {}, `${item.from}: `)
		: el("header.head", {}, el("button.who", { type: "button", dir: "auto", tabIndex: -1, onclick: () => view.talk(person) }, item.from), time);
	const classes = [!follows && "first", mine && "mine", item.mentions?.includes(view.me.id) && "for-me", item.state].filter(Boolean);
	return el(["article.row", ...classes].join("."), { tabIndex: -1 }, lines, el("div.entry", {},
		follows ? el("span.gutter", {}, time) : face(person),
		el("div.body", {}, head, content(item, view), item.state && mark(item.entry, view)),
		!item.state && !item.deleted && actions(item, mine, view),
		mine && !item.state && el("span.sent", { title: say("sent") }, "✓")));
}

function content(item, view) {
	if (item.deleted) return el("p.gone", {}, say("deleted"));
	const text = item.msg ? render(item.msg, view.whoIs(item)) : [];
	return el(`div.text${ONLY_EMOJI.test(item.msg) ? ".big" : ""}`, { dir: "auto" }, item.type === "picture" && picture(item, view), text);
}

const ONLY_EMOJI = /^(\p{Extended_Pictographic}[\u{fe0f}\u{1f3fb}-\u{1f3ff}]?\s?){1,5}$/u;

function picture({ picture, msg, from }, view) {
	const src = picture && view.source(picture.url);
	if (!src) return el("p.gone", {}, say("pictureGone"));
	const image = el("img", { src, alt: msg || say("pictureFrom", { name: from }), decoding: "async" });
	// The place is kept before the bytes are here, so nothing jumps.
	if (picture.width) Object.assign(image, { width: picture.width, height: picture.height });
	const button = el("button.picture", { type: "button", tabIndex: -1, ariaLabel: say("enlarge"), onclick: () => view.enlarge(image) }, image);
	image.onerror = () => button.replaceWith(el("p.gone", {}, say("pictureGone")));
	return button;
}

/** Pending; or failed, and why. */
function mark(entry, view) {
	const button = (word, act) => el("button.link", { type: "button", onclick: () => act(entry) }, say(word));
	if (entry.error) {
		return el("p.error.small", { role: "alert" }, say("notSent", { why: why(entry.error) }), " ", button("retry", view.retry), " ", button("edit", view.edit));
	}
	const bar = entry.progress !== undefined && el("progress", { value: entry.progress, ariaLabel: say("sending") });
	return el("p.quiet.small", {}, say(view.online ? "sending" : "notYetSent"), bar);
}

function actions(item, mine, view) {
	const button = (name, act) => el("button.icon.little", { type: "button", tabIndex: -1, title: say(name), ariaLabel: say(name), onclick: act }, icon(name));
	return el("div.actions", {}, item.msg && button("copy", () => view.copy(item.msg)), mine && button("delete", () => view.remove(item)));
}

/** "alice, bob joined"; a new room can be clicked. */
function notice({ kind, names }) {
	const shown = names.slice(-4).flatMap((name) => [", ", kind === "noticeCreated" ? el("a", { href: `#${encodeURIComponent(name)}`, dir: "auto" }, name) : el("bdi", {}, name)]);
	const more = names.length > 4 ? say("andOthers", { count: names.length - 4 }) : "";
	const [before, after] = say(kind, { names: "\n" }).split("\n");
	return el("p.notice.small.quiet", {}, before, shown.slice(1), more, after);
}
