/** How one message looks: the row of the timeline, and what can be done with it. */

import { el, face, icon } from "./dom.js";
import { render } from "./markdown.js";
import { clock, day, fullTime, say } from "./words.js";

/** What one person says within this time stands under one name. */
const TOGETHER = 5 * 60_000;

/** Does `item` go on where `before` stopped? */
function continues(item, before) {
	return before !== undefined && before.from_id === item.from_id && before.from === item.from
		&& before.type !== "notice" && item.msg_time - before.msg_time < TOGETHER
		&& sameDay(item, before);
}

const sameDay = (one, other) => new Date(one.msg_time).toDateString() === new Date(other.msg_time).toDateString();

/** The row for an item; `before` is the one above. `view` has `me`, `newAfter`, `isName`, and what the buttons do. */
export function row(item, before, view) {
	const lines = [];
	if (!before || !sameDay(item, before)) lines.push(el("p.line", {}, el("span", {}, day(item.msg_time))));
	const firstNew = item.offset > view.newAfter && !(before?.offset > view.newAfter) && item.from_id !== view.me.id;
	if (firstNew) lines.push(el("p.line.new-line", {}, el("span", {}, say("newMessages"))));
	if (item.type === "notice") return el("div.row.notice-row", {}, lines, notice(item, view));
	const goesOn = lines.length === 0 && continues(item, before);
	const mine = item.from_id === view.me.id;
	const article = el(`article.row${goesOn ? "" : ".first"}${mine ? ".mine" : ""}`, { tabIndex: -1 }, lines);
	if (item.mentions?.includes(view.me.id)) article.classList.add("for-me");
	const person = { id: item.from_id, name: item.from };
	const time = el("time.time", { dateTime: new Date(item.msg_time).toISOString(), title: fullTime(item.msg_time) }, clock(item.msg_time));
	const head = el("header.head", {},
		el("button.who", { type: "button", dir: "auto", tabIndex: -1, onclick: () => view.talk(person) }, item.from), time);
	article.append(el("div.entry", {},
		goesOn ? el("span.gutter", {}, time) : face(person),
		el("div.body", {}, goesOn ? el("span.unseen", {}, `${item.from}: `) : head, content(item, view), item.state && mark(item, view)),
		item.state || item.deleted ? undefined : actions(item, mine, view)));
	return article;
}

function content(item, view) {
	if (item.deleted) return el("p.gone", {}, say("deleted"));
	const text = item.msg ? render(item.msg, view.isName(item)) : [];
	const parts = item.type === "picture" ? [picture(item, view), ...text] : text;
	return el(`div.text${isOnlyEmoji(item.msg) ? ".big" : ""}`, { dir: "auto" }, parts);
}

const isOnlyEmoji = (text) => /^(\p{Extended_Pictographic}[\u{fe0f}\u{1f3fb}-\u{1f3ff}]?(\u{200d}\p{Extended_Pictographic}\u{fe0f}?)*\s?){1,5}$/u.test(text);

function picture(item, view) {
	const { picture } = item;
	if (!picture) return el("p.gone", {}, say("pictureGone"));
	const source = view.pictureUrl(picture.url);
	if (!source) return el("p", {}, el("a", { href: "#", onclick: (event) => event.preventDefault() }, picture.url));
	const image = el("img", { src: source, alt: item.msg || say("pictureFrom", { name: item.from }), decoding: "async" });
	if (picture.width && picture.height) {
		// The place is kept before the bytes are here, so nothing jumps.
		image.width = picture.width;
		image.height = picture.height;
	}
	image.onerror = () => image.closest("button")?.replaceWith(el("p.gone", {}, say("pictureGone")));
	return el("button.picture", { type: "button", "aria-label": say("openPicture"), onclick: () => view.enlarge(image) }, image);
}

/** Pending, or failed and why. */
function mark(item, view) {
	if (item.state === "pending") {
		const bar = item.progress === undefined ? undefined : el("progress", { max: 1, value: item.progress, "aria-label": say("sending") });
		return el("p.mark-line.quiet.small", {}, say(view.online ? "sending" : "waitsForConnection"), bar);
	}
	return el("p.mark-line.error.small", { role: "alert" }, say("notSent", { why: item.why }), " ",
		el("button.plain-button", { type: "button", onclick: () => view.retry(item.entry) }, say("retry")), " ",
		el("button.plain-button", { type: "button", onclick: () => view.takeBack(item.entry) }, say("takeBack")));
}

function actions(item, mine, view) {
	const button = (name, label, act) =>
		el("button.icon.small-icon", { type: "button", tabIndex: -1, title: label, "aria-label": label, onclick: act }, icon(name));
	return el("div.actions", {},
		item.msg && button("copy", say("copy"), () => view.copy(item.msg)),
		mine && button("trash", say("delete"), () => view.remove(item)));
}

const NOTICES = { joined: "noticeJoined", left: "noticeLeft", renamed: "noticeRenamed", created: "noticeCreated" };

function notice({ kind, names }, view) {
	const shown = names.length > 4 ? [...names.slice(-3), say("others", { count: names.length - 3 })] : names;
	const list = kind === "created"
		? names.slice(-4).map((name) => el("a", { href: `#${encodeURIComponent(name)}`, dir: "auto" }, name))
		: [el("bdi", {}, shown.join(", "))];
	const [before, after = ""] = say(NOTICES[kind], { names: "\0" }).split("\0");
	return el("p.notice.small.quiet", {}, before, list.flatMap((node, at) => (at > 0 ? [", ", node] : [node])), after);
}
