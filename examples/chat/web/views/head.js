/**
 * What stands above the messages and around them: the room, who is typing, the ways to what is not in view, the title.
 */

import { $, face, icon, put } from "./dom.js";
import { newIsAbove } from "./timeline.js";
import { moment, nameOf, say } from "./words.js";

// Somebody who types says so every few seconds; silence for this long means that they do not.
const TYPING_LASTS = 5_000;

export function update(app) {
	const { room, store } = app.state;
	const { other } = room;
	put("room-title", other ? nameOf(room) : `#${nameOf(room)}`);
	put("room-detail", other ? detailOfTalk(store.people.get(other.id)) : say("memberCount", { count: room.members }));
	$("leave").hidden = room.name === store.home;
	showLeave(say(other ? "leaveTalk" : "leaveRoom", { room: nameOf(room) }), other ? "close" : "leave");
	if (put("my-name", store.me.name)) $("my-face").replaceChildren(face(store.me, "mini"));
	showWays(app, room);
	$("say").placeholder = say("messageTo", { room: $("room-title").textContent });
	$("say").setAttribute("aria-label", $("say").placeholder);
	showTypists(app, room);
	showTitle(room, [...store.rooms.values()]);
}

const detailOfTalk = (person) => say(person?.online ? "private" : "privateAbsent");

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
	const sum = (what) => rooms.reduce((total, room) => total + room[what], 0);
	const count = sum("unread") > 0 ? `(${sum("mentions") > 0 ? "@" : ""}${sum("unread")}) ` : "";
	const title = `${count}${nameOf(room)} · pollcat`;
	if (document.title !== title) document.title = title;
}
