/** What opens above the page: settings, search, the list of rooms, help, and a question. */

import { noticesOn, setNotices, setSound, soundOn } from "./attention.js";
import * as chat from "./chat.js";
import { COMMANDS, helpFor } from "./commands.js";
import { ask, disconnect } from "./connection.js";
import { button, el, iconButton, toast } from "./dom.js";
import { showState } from "./head.js";
import { recall, remember } from "./storage.js";
import { language, say, sentence, why } from "./words.js";

// A dialog with a title and a way out; Escape and a click beside it close it as well.
export function open(title, ...content) {
	const close = () => dialog.close();
	const dialog = el("dialog", { ariaLabel: title, onclose: () => dialog.remove(), onmousedown: ({ target }) => target === dialog && close() },
		el("header.bar", {}, el("h2.grow", {}, title), iconButton("close", "close", close)),
		el("div.dialog-body", {}, content));
	document.body.append(dialog);
	dialog.showModal();
	dialog.querySelector("[autofocus]")?.focus();
	return dialog;
}

// Asks before something that others see, or that cannot be undone.
export function sure(question, label, act, looks = ".danger") {
	const dialog = open(question, el("p.buttons", {}, button("", { autofocus: true, onclick: () => dialog.close() }, say("cancel")),
		button(looks, { onclick: () => (dialog.close(), act()?.catch((error) => toast(sentence(why(error))))) }, label)));
	return dialog;
}

export function help() {
	const words = [...COMMANDS.map(helpFor), "helpKeys", "helpMarks", "helpLog", "helpPlaces"];
	open(say("help"), el("ul.lines", {}, words.map((word) => el("li", {}, say(word)))));
}

// A field that says what it is for, and has the focus.
export const field = (placeholder, properties) => el("input", { autofocus: true, spellcheck: false, ariaLabel: placeholder, placeholder, ...properties });
export const status = () => el("p.quiet", { role: "status" });
export const onEnter = (act) => (event) => event.key === "Enter" && act();

// So many rooms are shown at a time.
const MOST = 200;

// All rooms, those with the most members first; and one that does not exist yet, by typing its name.
export async function browse(wish = "") {
	const note = status();
	const list = el("ul.list");
	let rooms = [];
	const go = (room, create) => chat.enter(room, create)
		.then(() => (dialog.close(), chat.focusComposer()), (error) => (note.textContent = sentence(why(error))));
	const entry = (room, create, sign, text, ...more) => el("li", {}, button(".place", { onclick: () => go(room, create) },
		el("span.sign", { ariaHidden: "true" }, sign), el("bdi.grow.cut", {}, text), more));
	const show = () => {
		const name = input.value.trim().replace(/^#/, "");
		const fits = rooms.filter(({ room }) => room.toLowerCase().includes(name.toLowerCase()));
		list.replaceChildren(...fits.slice(0, MOST).map(({ room, members, joined }) => entry(room, false, "#", room,
			el("span.quiet.small", {}, `${say("memberCount", { count: members })} · ${say(joined ? "open" : "join")}`))));
		if (name && !fits.some(({ room }) => room.toLowerCase() === name.toLowerCase())) list.append(entry(name, true, "+", say("createRoom", { room: name })));
	};
	const input = field(say("findRoom"), { value: wish, oninput: show, onkeydown: onEnter(() => list.querySelector("button")?.click()) });
	const dialog = open(say("findRoom"), input, note, list);
	try {
		rooms = await allRooms();
		rooms.sort((one, other) => other.members - one.members);
		if (wish) note.textContent = say("noSuchRoom", { room: wish });
	} catch (error) {
		note.textContent = sentence(why(error));
	}
	show();
}

// The server tells of them in several answers if there are very many.
async function allRooms() {
	const rooms = [];
	for (let answer, turn = 0; turn === 0 || (answer.more && turn < 10); turn++) {
		answer = await ask({ type: "rooms", room: rooms.at(-1)?.room });
		rooms.push(...answer.rooms);
	}
	return rooms;
}

// Name, language, looks and calls; and the server, for those who want to know.
export function settings() {
	const labelled = (word, properties) => el("input", { ariaLabel: say(word), spellcheck: false, autocapitalize: "off", ...properties });
	const error = () => el("p.error.small", { role: "alert" });
	const section = (word, ...content) => el("fieldset", {}, el("legend", {}, say(word)), content);

	const nameError = error();
	const rename = () => chat.rename(name.value.trim()).then(() => (nameError.textContent = ""), (error) => (nameError.textContent = sentence(why(error))));
	const name = labelled("yourName", { value: chat.me()?.name ?? "", onkeydown: onEnter(rename) });

	const choose = (word, choices, current, pick) => section(word, el("select", { ariaLabel: say(word), onchange: ({ target }) => pick(target.value) },
		choices.map(([value, text]) => el("option", { value, selected: value === current }, text))));
	const languages = choose("language", [["en", "English"], ["zh", "中文"]], language(), (chosen) => {
		chat.setLanguage(chosen);
		dialog.close();
		settings();
	});
	const themes = choose("appearance", [["", say("likeSystem")], ["light", say("light")], ["dark", say("dark")]], recall("theme") ?? "", (theme) => {
		remember("theme", theme);
		document.documentElement.dataset.theme = theme;
	});

	const noticesError = error();
	const sound = el("input", { type: "checkbox", checked: soundOn(), onchange: () => setSound(sound.checked) });
	const notices = el("input", { type: "checkbox", checked: noticesOn(), onchange: async () => {
		await setNotices(notices.checked);
		noticesError.textContent = notices.checked && !noticesOn() ? say("noticesForbidden") : "";
		notices.checked = noticesOn();
	} });

	const addressError = error();
	const connect = () => {
		const good = /^wss?:\/\/[^/\s]/.test(address.value);
		addressError.textContent = good ? "" : say("badAddress");
		if (good) chat.connect(address.value);
	};
	const address = labelled("address", { value: chat.url, dir: "ltr", onkeydown: onEnter(connect) });

	const dialog = open(say("settings"),
		section("yourName", el("div.row-of", {}, name, button("", { onclick: rename }, say("change"))), nameError),
		languages, themes,
		section("whenCalled", el("label.choice", {}, sound, say("playSound")), el("label.choice", {}, notices, say("showNotice")), noticesError),
		section("server", el("p.quiet.small", { role: "status", id: "set-state" }), address, addressError, el("p.buttons", {},
			button("", { onclick: connect }, say("connect")), button("", { onclick: () => disconnect() }, say("disconnect")))),
		button(".danger", { onclick: () => sure(say("forgetSure", { name: chat.me()?.name }), say("forget"), () => chat.forget()) }, say("forgetMe")));
	showState();
}
