/** All rooms but the private talks. Of a private one only that it is there. */

import { button, el } from "../../views/dom.js";
import { say } from "../../views/words.js";
import { searchField } from "./forms.js";
import { counted, number } from "./measures.js";
import { roomName } from "./parts.js";
import { pages } from "./pages.js";
import { showRoom } from "./room.js";
import { sign } from "./signs.js";
import { traits } from "./traits.js";

export function make(app) {
	const { query } = app.state;
	const search = searchField("findRoomHere", query.rooms, (text) => {
		query.rooms = text;
		app.do.draw();
	});
	const fits = ({ topic = "", ...room }) =>
		[roomName(room), room.room, topic].some((text) => text.toLowerCase().includes(query.rooms.trim().toLowerCase()));
	const nothing = () => (query.rooms.trim() ? ["noRoomMatch"] : ["noRoomsYet", "noRoomsYetHint"]);
	const list = pages(app, "rooms", { rows: (rooms) => rooms.filter(fits), row: (room) => row(app, room), nothing });
	return { tools: search, element: list.element, update: list.update };
}

function row(app, room) {
	const { members, here, topic } = room;
	return el("li", {}, button(".list-place.parts-row", { onclick: () => showRoom(app, room.room) },
		el("span.parts-sign", { ariaHidden: "true" }, room.kind === "private" ? sign("admins") : "#"),
		el("span.grow.parts-two", {},
			el("span.parts-first", {}, el("bdi.cut", {}, roomName(room)), traits(room)),
			el("span.quiet.small.cut", { dir: "auto" }, topic || say("noTopic"))),
		el("span.quiet.small.parts-end", {},
			el("span", {}, counted("members_", members)), here > 0 && el("span", {}, say("here_", { count: number(here) })))));
}
