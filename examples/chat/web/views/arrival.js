/** Where somebody new is asked for a name, and told where one comes to and who can read there. */

import { namedRoom } from "../browser/address.js";
import { codeOf } from "../model/code.js";
import { trouble } from "./banner.js";
import { $, put } from "./dom.js";
import { showEnding } from "./ending.js";
import { clearToasts } from "./toasts.js";
import { say, sentence, why } from "./words.js";

export function mount(app) {
	$("arrival-form").addEventListener("submit", (event) => {
		event.preventDefault();
		if (!app.state.arrival.hasCode) return app.do.arrive($("arrival-name").value.trim());
		const code = codeOf($("arrival-code").value);
		if (code) app.do.useCode(code);
		else app.state.arrival.refusal = { code: "no_code" };
		app.do.draw();
	});
	$("arrival-way").addEventListener("click", () => {
		Object.assign(app.state.arrival, { hasCode: !app.state.arrival.hasCode, refusal: undefined });
		update(app);
		$(app.state.arrival.hasCode ? "arrival-code" : "arrival-name").focus();
	});
}

// Either the arrival fills the window, or the chat does.
export function showScene(app) {
	const { scene } = app.state;
	showEnding(app);
	clearToasts();
	$("app").hidden = scene !== "chat";
	$("arrival").hidden = scene !== "arrival";
}

export function askName(app) {
	const { arrival, identity } = app.state;
	showScene(app);
	$("arrival-name").value ||= arrival.wish || identity.name;
	update(app);
	const field = $(arrival.hasCode ? "arrival-code" : "arrival-name");
	field.select();
	field.focus();
}

// Where one comes to, and why one is not there yet.
export function update({ state: { scene, connection, arrival, url } }) {
	if (scene !== "arrival") return;
	const room = namedRoom();
	const isRoom = room && !/^[@+]/.test(room);
	const key = arrival.invite ? "arrivalInvited" : isRoom ? "arrivalRoom" : "arrivalServer";
	put("arrival-place", say(key, { room, server: new URL(url).host }));
	for (const [name, isHidden] of [["name", arrival.hasCode], ["code", !arrival.hasCode]]) {
		$(`arrival-${name}`).hidden = isHidden;
		document.querySelector(`label[for=arrival-${name}]`).hidden = isHidden;
	}
	$("arrival-text").hidden = arrival.hasCode;
	put("arrival-way", say(arrival.hasCode ? "haveNoCode" : "haveCode"));
	put("arrival-note", connection.state === "connecting" ? say("connecting") : "");
	put("arrival-error", wrong(connection, arrival.refusal));
}

function wrong(connection, refusal) {
	if (refusal) return sentence(why(refusal));
	return connection.state === "off" ? "" : trouble(connection);
}
