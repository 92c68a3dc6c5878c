/** What opens above the page: settings, search, the list of rooms, help, and a question. */

import { attention } from "./attention.js";
import { $, el, face, icon } from "./dom.js";
import { nameOf } from "./sides.js";
import { recall } from "./storage.js";
import { clock, day, language, say, why } from "./words.js";

/** A dialog with a title and a way out; Escape and a click beside it close it as well. */
function open(title, ...content) {
	const close = () => dialog.close();
	const dialog = el("dialog", { "aria-label": title },
		el("header.bar", {}, el("h2.grow", {}, title),
			el("button.icon", { type: "button", title: say("close"), "aria-label": say("close"), onclick: close }, icon("close"))),
		el("div.dialog-body", {}, content));
	dialog.addEventListener("mousedown", (event) => event.target === dialog && close());
	dialog.addEventListener("close", () => dialog.remove());
	document.body.append(dialog);
	dialog.showModal();
	dialog.querySelector("[data-first]")?.focus();
	return dialog;
}

/** Asks before something that cannot be undone. */
export function sure(question, doIt, label) {
	const dialog = open(question, el("p.buttons", {},
		el("button", { type: "button", "data-first": true, onclick: () => dialog.close() }, say("cancel")),
		el("button.danger", { type: "button", onclick: () => (dialog.close(), doIt()) }, label)));
}

export function help() {
	const line = (key) => el("li", {}, say(key));
	open(say("help"), el("ul.plain-list", {}, ["helpNick", "helpJoin", "helpLeave", "helpRooms", "helpWho", "helpMsg"].map(line)),
		el("ul.plain-list", {}, ["helpKeys", "helpMarks", "helpLog"].map(line)));
}

/** All rooms; and one that does not exist yet, by typing its name. */
export async function browse(app, wish = "") {
	const { store } = app;
	const field = el("input", { type: "search", "data-first": true, maxLength: store.limits.room_name * 2, value: wish, "aria-label": say("findRoomHint"),
		placeholder: say("findRoomHint"), autocapitalize: "off", spellcheck: false });
	const list = el("ul.list");
	const note = el("p.quiet", { role: "status" });
	let rooms = [];
	const show = () => {
		const name = field.value.trim().replace(/^#/, "");
		const fits = rooms.filter(({ room }) => room.toLowerCase().includes(name.toLowerCase()));
		const exists = rooms.some(({ room }) => room.toLowerCase() === name.toLowerCase());
		list.replaceChildren(...fits.map(({ room, members, joined }) => el("li", {}, el("button.place", { type: "button", onclick: () => go(room, false) },
			el("span.sign", { "aria-hidden": "true" }, "#"), el("bdi.grow.cut", {}, room),
			el("span.quiet.small", {}, say("memberCount", { count: members })), el("span.chip", {}, say(joined ? "open" : "join"))))));
		if (name && !exists) {
			list.append(el("li", {}, el("button.place", { type: "button", onclick: () => go(name, true) },
				el("span.sign", { "aria-hidden": "true" }, "+"), el("bdi.grow.cut", {}, say("createRoom", { room: name })))));
		}
	};
	const go = async (room, create) => {
		try {
			await app.enter(room, create);
			dialog.close();
		} catch (error) {
			note.textContent = why(error);
		}
	};
	field.addEventListener("input", show);
	field.addEventListener("keydown", (event) => {
		if (event.key === "Enter" && !event.isComposing) list.querySelector("button")?.click();
	});
	const dialog = open(say("findRoom"), field, note, list);
	note.textContent = wish ? say("noSuchRoom", { room: wish }) : "";
	try {
		rooms = (await app.ask({ type: "rooms" })).rooms.sort((one, other) => other.members - one.members);
	} catch (error) {
		note.textContent = why(error);
	}
	show();
}

/** The history, by words. */
export function search(app) {
	const field = el("input", { type: "search", "data-first": true, "aria-label": say("searchHint"), placeholder: say("searchHint") });
	const here = el("input", { type: "checkbox" });
	const list = el("ul.list.hits");
	const note = el("p.quiet", { role: "status" });
	const more = el("button", { type: "button", hidden: true, onclick: () => look(more.value) }, say("more"));
	let asked = 0;
	const look = async (before) => {
		const query = field.value.trim();
		const mine = ++asked;
		if (!before) list.replaceChildren();
		if (!query) return;
		try {
			const room = here.checked ? { room: app.room.name } : {};
			const found = await app.ask({ type: "search", query, ...room, ...(before ? { before: Number(before) } : {}) });
			if (mine !== asked) return; // an answer to what is no longer asked
			list.append(...found.hits.map((hit) => el("li", {}, el("button.hit", { type: "button", onclick: () => (dialog.close(), app.reveal(hit.room, hit.offset)) },
				el("span.hit-head", {}, face({ id: hit.from_id, name: hit.from }, "mini"), el("bdi.cut", {}, hit.from),
					el("span.quiet.small.cut", {}, `${placeName(app, hit.room)} · ${day(hit.msg_time)} ${clock(hit.msg_time)}`)),
				el("span.hit-text", { dir: "auto" }, hit.msg)))));
			note.textContent = list.children.length === 0 ? say("searchNone") : "";
			more.hidden = found.before === undefined;
			more.value = found.before ?? "";
		} catch (error) {
			note.textContent = why(error);
		}
	};
	let pause = 0;
	const soon = () => {
		clearTimeout(pause);
		pause = setTimeout(look, 250);
	};
	field.addEventListener("input", soon);
	here.addEventListener("change", () => look());
	const dialog = open(say("search"), field, el("label.choice-line", {}, here, el("bdi", {}, say("searchHere", { room: nameOf(app.room) }))), note, list, more);
}

const placeName = (app, name) => (app.store.rooms.has(name) ? nameOf(app.store.rooms.get(name)) : name);

/** Name, language, looks, calls, and the server for those who want to know. */
export function settings(app) {
	const name = el("input", { id: "set-name", value: app.store.me?.name ?? "", autocomplete: "nickname", spellcheck: false });
	const nameNote = el("p.error.small", { role: "alert" });
	const changeName = async () => {
		try {
			await app.rename(name.value.trim());
			nameNote.textContent = "";
		} catch (error) {
			nameNote.textContent = why(error);
		}
	};
	const onEnter = (act) => (event) => event.key === "Enter" && !event.isComposing && act();
	name.addEventListener("keydown", onEnter(changeName));

	const choice = (group, value, label, current, pick) => el("label.segment", {},
		el("input", { type: "radio", name: group, checked: value === current, onchange: () => pick(value) }), el("span", { lang: { en: "en", zh: "zh" }[value] }, label));
	const again = (act) => (value) => {
		act(value);
		dialog.close();
		settings(app);
	};
	const theme = recall("theme") ?? "system";

	const desktopNote = el("p.error.small", { role: "alert" });
	const sound = el("input", { type: "checkbox", checked: attention.sound, onchange: () => (attention.sound = sound.checked) });
	const desktop = el("input", { type: "checkbox", checked: attention.desktop, onchange: async () => {
		const done = await attention.setDesktop(desktop.checked);
		desktopNote.textContent = done ? "" : say("desktopDenied");
		desktop.checked = attention.desktop;
	} });

	const address = el("input", { id: "set-server", value: app.url, spellcheck: false, autocapitalize: "off", dir: "ltr" });
	const addressNote = el("p.error.small", { role: "alert" });
	const connect = () => {
		if (!/^wss?:\/\/[^/\s]/.test(address.value)) return (addressNote.textContent = say("badAddress"));
		addressNote.textContent = "";
		app.connect(address.value);
	};
	address.addEventListener("keydown", onEnter(connect));
	const state = el("p.quiet.small", { role: "status", id: "set-state" }, say(app.connection.state === "idle" ? "off" : app.connection.state));

	const dialog = open(say("settings"),
		el("section", {}, el("label", { htmlFor: "set-name" }, say("yourName")),
			el("div.with-button", {}, name, el("button", { type: "button", onclick: changeName }, say("changeName"))), nameNote),
		el("fieldset", {}, el("legend", {}, say("language")), el("div.segments", {},
			choice("language", "en", "English", language(), again(app.setLanguage)), choice("language", "zh", "中文", language(), again(app.setLanguage)))),
		el("fieldset", {}, el("legend", {}, say("theme")), el("div.segments", {},
			["system", "light", "dark"].map((one) => choice("theme", one, say(`theme${one[0].toUpperCase()}${one.slice(1)}`), theme, app.setTheme)))),
		el("fieldset", {}, el("legend", {}, say("attention")),
			el("label.choice-line", {}, sound, say("sound")), el("label.choice-line", {}, desktop, say("desktop")), desktopNote),
		el("fieldset", {}, el("legend", {}, say("server")), state,
			el("label", { htmlFor: "set-server" }, say("serverAddress")), address, addressNote,
			el("p.buttons", {}, el("button", { type: "button", id: "set-connect", onclick: connect }, say("connect")),
				el("button", { type: "button", id: "set-disconnect", onclick: () => app.connection.disconnect() }, say("disconnect")))),
		el("section", {}, el("button.danger", { type: "button", onclick: () => {
			dialog.close();
			sure(say("forgetSure", { name: app.store.me?.name ?? "" }), app.forget, say("forgetDo"));
		} }, say("forget"))));
}

/** The state in the settings, while they are open. */
export function showState(connection) {
	if ($("set-state")) $("set-state").textContent = say(connection.state === "idle" ? "off" : connection.state);
	if ($("set-connect")) $("set-connect").disabled = ["online", "connecting"].includes(connection.state);
	if ($("set-disconnect")) $("set-disconnect").disabled = ["off", "ended", "idle"].includes(connection.state);
}
