/** One room: its topic, name and rules, who governs it, and its end. */

import { button, el } from "../../views/dom.js";
import { say } from "../../views/words.js";
import { PACES } from "../model/lengths.js";
import { ask } from "./asking.js";
import { checkbox, choose, labelled, text } from "./forms.js";
import { counted, number, span } from "./measures.js";
import { doing, dotted, inWords, roomName, trouble } from "./parts.js";
import { showPerson } from "./person.js";
import { part, showSheet } from "./sheet.js";
import { sign } from "./signs.js";
import { traits } from "./traits.js";

export function showRoom(app, name) {
	let last = app.do.known("rooms", name);
	// A room that was renamed is found by its new name.
	const load = async () => (last = app.do.known("rooms", last?.room ?? name) ?? last);
	// It is asked for by its new name then.
	const renamed = (next) => (last = { ...last, room: last.kind === "private" ? last.room : next, title: next });
	const dialog = showSheet(app, say("rooms"), load, (room) => content(app, room, renamed, () => dialog.close()));
	return dialog;
}

function content(app, room, renamed, close) {
	const change = (what) => app.do.act({ type: "alter", room: room.room, ...what });
	return [
		head(room),
		line(room, "topic", room.topic ?? "", (topic) => change({ topic }), say("topicHint")),
		rules(room, change, close),
		room.room !== "lobby" && line(room, "roomName", roomName(room), async (name) => {
			await change({ name });
			renamed(name);
			app.state.sheet?.refresh();
		}),
		ops(app, room),
		room.room === "lobby" ? el("p.quiet.small", {}, say("theLobby")) : ending(app, room, close),
	].filter(Boolean);
}

function head(room) {
	const { kind, members, here } = room;
	return el("div.sheet-head", {},
		el("span.sheet-sign", { ariaHidden: "true" }, kind === "private" ? sign("admins") : "#"),
		el("div.grow", {}, el("p.sheet-name", {}, el("bdi", {}, roomName(room)), traits(room)),
			el("p.quiet.small", {}, dotted(counted("members_", members), say("here_", { count: number(here) }))),
			kind === "private" && el("p.quiet.small", {}, say("neverContents"))));
}

// A field with a button that saves it.
function line(room, word, value, save, hint) {
	const error = trouble();
	const field = text({ value, ariaLabel: say(word), dir: "auto", placeholder: hint ?? "" });
	const button = doing("", say("save"), error, () => save(field.value.trim()));
	button.setAttribute("aria-label", `${say("save")}: ${say(word)}`);
	field.addEventListener("keydown", ({ key }) => key === "Enter" && button.click());
	return part(say(word), el("div.forms-row", {}, field, button), error);
}

function rules(room, change, close) {
	const error = trouble();
	// What was refused is as it was.
	const attempt = async (what, undo) => {
		error.textContent = "";
		try {
			await change(what);
		} catch (wrong) {
			error.textContent = inWords(wrong);
			undo();
		}
	};
	const now = room.slow ?? 0;
	const paces = [...new Set([...PACES, now])].sort((one, other) => one - other);
	const choices = paces.map((seconds) => [String(seconds), seconds ? span(seconds, 2) : say("slowOff")]);
	const slow = choose(choices, String(now),
		(value) => attempt({ slow: Number(value) }, () => (slow.value = String(now))));
	const closed = checkbox("closed", "closedMeans", Boolean(room.closed), (on, box) =>
		attempt({ closed: on }, () => (box.checked = !on)));
	const isPrivate = room.kind === "private";
	const hidden = checkbox("private_", "privateMeans", isPrivate, (on, box) => {
		box.checked = isPrivate;
		const name = roomName(room);
		ask({
			title: say(on ? "closeSure" : "openSure", { room: name }), words: say(on ? "closeWords" : "openWords"),
			label: say("change"), looks: on ? ".primary.forms-main" : ".danger", 
			act: async () => {
				await change({ private: on });
				close(); // it is called by another name now
			},
		});
	});
	return part(say("roomRules"), labelled("slow", slow, say("slowMeans")), closed,
		room.room !== "lobby" && hidden, error);
}

function ops(app, { room, title, ops: all = [] }) {
	const error = trouble();
	const row = (person) => {
		const { id, name } = person;
		const take = () => ask({
			title: say("takeOpSure", { name, room: roomName({ room, title }) }), words: say("takeOpWords"), label: say("takeOp"),
			act: () => app.do.act({ type: "op", user: id, room, op: false }),
		});
		return el("li.sheet-row", {},
			button(".link.grow.parts-who", { onclick: () => showPerson(app, id) }, el("bdi", {}, name)),
			button("", { onclick: take, ariaLabel: `${say("takeOp")}: ${name}` }, say("takeOp")));
	};
	const field = text({ ariaLabel: say("opName"), placeholder: say("opName"), dir: "auto" });
	const give = doing("", say("makeOp"), error, async () => {
		if (field.value.trim()) await app.do.act({ type: "op", user: field.value.trim(), room, op: true });
		field.value = "";
	});
	return part(say("ops"), all.length > 0 ? el("ul", {}, all.map(row)) : el("p.quiet", {}, say("noOps")),
		el("div.forms-row", {}, field, give), error);
}

function ending(app, room, close) {
	const { members } = room;
	const name = roomName(room);
	const remove = () => ask({
		title: say("removeSure", { room: name }), words: counted("removeWords", members), label: say("remove"),
		act: async () => {
			await app.do.act({ type: "remove", room: room.room });
			close();
		},
	});
	return el("p", {}, button(".danger", { onclick: remove }, say("removeRoom")));
}
