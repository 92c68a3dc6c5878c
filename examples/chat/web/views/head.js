/**
 * What stands above the messages and around them: the room, who is typing, the ways to what is not in view, the title.
 */

import { levelOf } from "../model/attention.js";
import { reviews } from "../model/rights.js";
import { $, icon, put } from "./dom.js";
import { face } from "./face.js";
import { newIsAbove } from "./timeline.js";
import { moment, nameOf, say, signedName } from "./words.js";

// Somebody who types says so every few seconds; silence for this long means that they do not.
const TYPING_LASTS = 5_000;

export function update(app) {
	const { room, store } = app.state;
	const { other } = room;
	put("room-title", signedName(room));
	$("room-title").disabled = Boolean(other);
	$("room-lock").hidden = room.kind !== "private";
	if (put("room-topic", room.topic)) $("room-topic").title = room.topic;
	showReports(app, reviews(store) ? store.reports.size : 0);
	put("room-detail", other ? detailOfTalk(store, other) : say("memberCount", { count: room.members }));
	$("leave").hidden = room.name === store.home;
	showLeave(say(other ? "leaveTalk" : "leaveRoom", { room: signedName(room) }), other ? "close" : "leave");
	if (put("my-name", store.me.name)) $("my-face").replaceChildren(face(app, store.me, "mini"));
	showWays(app, room);
	$("say").placeholder = say("messageTo", { room: $("room-title").textContent });
	$("say").setAttribute("aria-label", $("say").placeholder);
	showTypists(app, room);
	showTitle(room, [...store.rooms.values()]);
}

function detailOfTalk(store, person) {
	if (store.isBot(person)) return say("privateBot");
	return say(store.people.get(person.id)?.online ? "private" : "privateAbsent");
}

// What waits for those who may look at it; and the way to the page of those who govern the whole chat.
function showReports({ state: { store } }, count) {
	$("reports").hidden = count === 0;
	$("admin").hidden = !store.may.includes("admin");
	const label = say("reportsCount", { count });
	if (!put("reports-count", count > 99 ? "99+" : String(count)) && $("reports").title === label) return;
	$("reports").title = label;
	$("reports").setAttribute("aria-label", label);
}

// The ways to what is not in view: the first of what is new, and the end.
function showWays(app, room) {
	$("new").hidden = !newIsAbove(app);
	const first = room.items.find((item) => item.offset > room.newAfter);
	const since = first?.offset === room.newAfter + 1 ? moment(first.msg_time) : "";
	put("new", `↑ ${say(since ? "newSince" : "newCount", { count: room.newCount, since })}`);
	$("latest").hidden = app.state.timeline.atEnd;
	put("latest", `↓ ${room.unread > 0 ? say("newCount", { count: room.unread }) : say("latest")}`);
}

// A talk is closed, a room is left.
function showLeave(label, sign) {
	const button = $("leave");
	if (button.title === label) return;
	button.title = label;
	button.setAttribute("aria-label", label);
	button.replaceChildren(icon(sign));
}

function showTypists(app, room) {
	const { head } = app.state;
	for (const [id, { at }] of room.typing) if (app.browser.now() - at > TYPING_LASTS) room.typing.delete(id);
	const names = [...room.typing.values()].map(({ name }) => name);
	put("typing", names.length > 0 ? say("typing", { names: names.slice(0, 3).join(", ") }) : "");
	clearTimeout(head.again);
	if (names.length > 0) head.again = setTimeout(app.do.draw, 1_000);
}

// The number of what is unread, where one sees it from another tab.
function showTitle(room, rooms) {
	const told = rooms.filter((room) => levelOf(room) !== "nothing");
	const sum = (what) => told.reduce((total, room) => total + room[what], 0);
	const count = sum("unread") > 0 ? `(${sum("mentions") > 0 ? "@" : ""}${sum("unread")}) ` : "";
	const title = `${count}${nameOf(room)} · pollcat`;
	if (document.title !== title) document.title = title;
}
