/** What stands above the messages and around them: the room, the state of the connection, who is typing, the title. */

import * as arrival from "./arrival.js";
import * as chat from "./chat.js";
import { state } from "./connection.js";
import { $, el, face, icon } from "./dom.js";
import { nameOf } from "./sides.js";
import { atEnd, newIsAbove } from "./timeline.js";
import { language, moment, say } from "./words.js";

// Who types says so every few seconds; silence for this long means that nobody does.
const TYPING_LASTS = 5_000;

export function showHead() {
	const { room, store } = chat;
	const { other } = room;
	put("room-title", other ? nameOf(room) : `#${nameOf(room)}`);
	put("room-detail", !other ? say("memberCount", { count: room.members })
		: say(store.people.get(other.id)?.online ? "private" : "privateAbsent"));
	$("leave").hidden = room.name === store.home;
	showLeave(say(other ? "leaveTalk" : "leaveRoom", { room: nameOf(room) }), other ? "close" : "leave");
	if (put("my-name", chat.me().name)) $("my-face").replaceChildren(face(chat.me(), "mini"));
	showWays(room);
	$("say").placeholder = say("messageTo", { room: $("room-title").textContent });
	$("say").setAttribute("aria-label", $("say").placeholder);
	showTypists(room);
	showTitle(room, [...store.rooms.values()]);
}

// The ways to what is not in view: the first of what is new, and the end.
function showWays(room) {
	$("new").hidden = !newIsAbove();
	const first = room.items.find((item) => item.offset > room.newAfter);
	const since = first?.offset === room.newAfter + 1 ? moment(first.msg_time) : "";
	put("new", `↑ ${say(since ? "newSince" : "newCount", { count: room.newCount, since })}`);
	$("latest").hidden = atEnd;
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

function showTypists(room) {
	for (const [id, { at }] of room.typing) if (performance.now() - at > TYPING_LASTS) room.typing.delete(id);
	const names = [...room.typing.values()].map(({ name }) => name);
	put("typing", names.length > 0 ? say("typing", { names: names.slice(0, 3).join(", ") }) : "");
	clearTimeout(showTypists.again);
	if (names.length > 0) showTypists.again = setTimeout(chat.draw, 1_000);
}

// The number of what is unread, where one sees it from another tab.
function showTitle(room, rooms) {
	const sum = (what) => rooms.reduce((total, room) => total + room[what], 0);
	const count = sum("unread") > 0 ? `(${sum("mentions") > 0 ? "@" : ""}${sum("unread")}) ` : "";
	const title = `${count}${nameOf(room)} · pollcat`;
	if (document.title !== title) document.title = title;
}

// How the connection is, and what can be done about it.
export function showState() {
	document.body.dataset.state = state;
	put("state", say(state));
	put("set-state", say(state));
	const bad = { waiting: "tryNow", off: "connect", ended: "comeBack" }[state];
	const text = [arrival.trouble(), state === "waiting" && say("writeOn")].filter(Boolean).join(" ");
	if (!$("arrival").hidden) return arrival.show();
	const banner = $("banner");
	// While it is tried again, the words stay: no message every few seconds, and no flicker.
	if (state === "connecting" && banner.firstChild) return;
	if (banner.dataset.text === text + language()) return;
	banner.dataset.text = text + language();
	banner.replaceChildren(...(bad ? [el("span.grow", {}, text), el("button", { "data-act": "again" }, say(bad))] : []));
}

// Leaves alone what says the same already: a screen reader would say it again.
function put(id, text) {
	const differs = $(id) && $(id).textContent !== text;
	if (differs) $(id).textContent = text;
	return differs;
}
