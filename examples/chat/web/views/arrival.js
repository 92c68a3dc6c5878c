/** Where somebody new is asked for a name, and told where one comes to and who can read there. */

import { namedRoom } from "../browser/address.js";
import { trouble } from "./banner.js";
import { $, put } from "./dom.js";
import { say, sentence, why } from "./words.js";

export function mount(app) {
	$("arrival-form").addEventListener("submit", (event) => {
		event.preventDefault();
		app.do.arrive($("arrival-name").value.trim());
	});
}

// Either the arrival fills the window, or the chat does.
export function showScene({ state: { scene } }) {
	$("app").hidden = scene !== "chat";
	$("arrival").hidden = scene !== "arrival";
}

export function askName(app) {
	const { arrival, identity } = app.state;
	showScene(app);
	$("arrival-name").value ||= arrival.wish || identity.name;
	update(app);
	$("arrival-name").select();
	$("arrival-name").focus();
}

// Where one comes to, and why one is not there yet.
export function update({ state: { scene, connection, arrival, url } }) {
	if (scene !== "arrival") return;
	const room = namedRoom();
	const key = room && !room.startsWith("@") ? "arrivalRoom" : "arrivalServer";
	put("arrival-place", say(key, { room, server: new URL(url).host }));
	put("arrival-note", connection.state === "connecting" ? say("connecting") : "");
	put("arrival-error", wrong(connection, arrival.refusal));
}

function wrong(connection, refusal) {
	if (refusal) return sentence(why(refusal));
	return connection.state === "off" ? "" : trouble(connection);
}
