/** What stands above the messages and around them: the room, the state of the connection, who is typing, the title. */

import { $, el, face } from "./dom.js";
import { nameOf } from "./sides.js";
import { language, say } from "./words.js";

/** Who types says so every few seconds; silence for this long means that nobody does. */
const TYPING_LASTS = 5_000;

export function showHead({ store, room, timeline }) {
	const direct = room.kind === "direct";
	put("room-title", direct ? nameOf(room) : `#${room.name}`);
	const absent = direct && !store.people.get(room.other.id)?.online;
	put("room-detail", direct ? say(absent ? "privateAbsent" : "private") : say("memberCount", { count: room.members }));
	$("leave").hidden = room.name === store.home;
	if ($("my-name").textContent !== store.me.name) $("my-face").replaceChildren(face(store.me, "mini"));
	put("my-name", store.me.name);
	$("latest").hidden = timeline.atEnd;
	put("latest", `↓ ${room.unread > 0 ? say("unread", { count: room.unread }) : say("latest")}`);
	$("say").placeholder = say("messageTo", { room: $("room-title").textContent });
	$("say").ariaLabel = $("say").placeholder;
	showTypists(room);
	showTitle(store, room);
}

function showTypists(room) {
	const now = Date.now();
	for (const [id, { at }] of room.typing) if (now - at > TYPING_LASTS) room.typing.delete(id);
	const names = [...room.typing.values()].map(({ name }) => name);
	put("typing", names.length === 0 ? "" : names.length > 2 ? say("typingMany") : say("typing", { names: names.join(" + ") }));
	clearTimeout(showTypists.again);
	if (names.length > 0) showTypists.again = setTimeout(() => showTypists(room), 1_000);
}

/** The number of what is unread, where one sees it from another tab. */
function showTitle(store, room) {
	const rooms = [...store.rooms.values()];
	const sum = (what) => rooms.reduce((total, room) => total + room[what], 0);
	const count = sum("unread") > 0 ? `(${sum("mentions") > 0 ? "@" : ""}${sum("unread")}) ` : "";
	const title = `${count}${nameOf(room)} · pollcat`;
	if (document.title !== title) document.title = title;
}

/** How the connection is, and what can be done about it. */
export function showState(chat) {
	const { state, reason } = chat.connection;
	document.body.dataset.state = state;
	put("state", say(state));
	put("set-state", say(state));
	const bad = { waiting: "tryNow", off: "connect", ended: "comeBack" }[state];
	const text = bad ? say(`${state}Banner`, { reason: reason === "tooOld" ? say("tooOld") : reason }) : "";
	if (!chat.store.me) return bad && put("arrival-error", text);
	const banner = $("banner");
	// While it is tried again, the words stay: no message every few seconds, and no flicker.
	if (state === "connecting" && banner.firstChild) return;
	if (banner.dataset.text === text + language()) return;
	banner.dataset.text = text + language();
	banner.replaceChildren(...(bad ? [el("span.grow", {}, text), el("button", { type: "button", "data-act": "again" }, say(bad))] : []));
}

/** Leaves alone what says the same already: a screen reader would say it again. */
function put(id, text) {
	if ($(id) && $(id).textContent !== text) $(id).textContent = text;
}
