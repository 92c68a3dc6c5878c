/** What opens above the page: settings, search, the list of rooms, help, and a question. */

import { noticesOn, setNotices, setSound, soundOn } from "./attention.js";
import * as chat from "./chat.js";
import { COMMANDS, helpFor } from "./commands.js";
import { ask, disconnect } from "./connection.js";
import { button, el, iconButton, toast } from "./dom.js";
import { excerpt } from "./excerpt.js";
import { untilGone } from "./gone.js";
import { showState } from "./head.js";
import { reveal } from "./reading.js";
import { nameOf } from "./sides.js";
import { recall, remember } from "./storage.js";
import { clock, day, language, say, why } from "./words.js";

// A dialog with a title and a way out; Escape and a click beside it close it as well.
function open(title, ...content) {
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
		button(looks, { onclick: () => (dialog.close(), act()?.catch((error) => toast(why(error)))) }, label)));
	return dialog;
}

export function help() {
	const words = [...COMMANDS.map(helpFor), "helpKeys", "helpMarks", "helpLog"];
	open(say("help"), el("ul.lines", {}, words.map((word) => el("li", {}, say(word)))));
}

const searchField = (properties) => el("input", { autofocus: true, spellcheck: false, ariaLabel: properties.placeholder, ...properties });
const status = () => el("p.quiet", { role: "status" });
const onEnter = (act) => (event) => event.key === "Enter" && act();

// All rooms; and one that does not exist yet, by typing its name.
export async function browse(wish = "") {
	const note = status();
	const list = el("ul.list");
	let rooms = [];
	const go = (room, create) => chat.enter(room, create).then(() => dialog.close(), (error) => (note.textContent = why(error)));
	const entry = (room, create, sign, text, ...more) => el("li", {}, button(".place", { onclick: () => go(room, create) },
		el("span.sign", { ariaHidden: "true" }, sign), el("bdi.grow.cut", {}, text), more));
	const show = () => {
		const name = field.value.trim().replace(/^#/, "");
		const fits = rooms.filter(({ room }) => room.toLowerCase().includes(name.toLowerCase()));
		list.replaceChildren(...fits.map(({ room, members, joined }) => entry(room, false, "#", room,
			el("span.quiet.small", {}, `${say("memberCount", { count: members })} · ${say(joined ? "open" : "join")}`))));
		if (name && !fits.some(({ room }) => room.toLowerCase() === name.toLowerCase())) list.append(entry(name, true, "+", say("createRoom", { room: name })));
	};
	const field = searchField({ value: wish, placeholder: say("findRoom"), oninput: show, onkeydown: onEnter(() => list.querySelector("button")?.click()) });
	const dialog = open(say("findRoom"), field, note, list);
	try {
		({ rooms } = await ask({ type: "rooms" }));
		if (wish) note.textContent = say("noSuchRoom", { room: wish });
	} catch (error) {
		note.textContent = why(error);
	}
	show();
}

// Words in the history.
export function search() {
	const note = status();
	const list = el("ul.list");
	let asked = 0;
	let next;
	const placeOf = (name) => (chat.store.rooms.has(name) ? nameOf(chat.store.rooms.get(name)) : name);
	const entry = (hit) => {
		const words = el("p.text", { dir: "auto" }, hit.type === "picture" && `${say("aPicture")} `, excerpt(hit.msg, field.value));
		const line = el("li", {}, button(".place", { onclick: () => (dialog.close(), reveal(hit.room, hit.offset)) }, el("span.grow", {},
			el("span.small.quiet", {}, `${hit.from} · ${placeOf(hit.room)} · ${day(hit.msg_time)} ${clock(hit.msg_time)}`), words)));
		untilGone(hit.room, hit.offset, () => line.remove());
		return line;
	};
	const look = async (before) => {
		const query = field.value.trim();
		const mine = ++asked;
		if (!before) list.replaceChildren();
		if (!query) return;
		try {
			const found = await ask({ type: "search", query, before });
			if (mine !== asked) return; // an answer to what is not asked any more
			list.append(...found.hits.map(entry));
			note.textContent = list.firstChild ? "" : say("searchNone");
			next = found.before;
			more.hidden = next === undefined;
		} catch (error) {
			note.textContent = why(error);
		}
	};
	let pause;
	const soon = () => {
		clearTimeout(pause);
		pause = setTimeout(look, 250);
	};
	const field = searchField({ placeholder: say("search"), oninput: soon });
	const more = button("", { hidden: true, onclick: () => look(next) }, say("more"));
	const dialog = open(say("search"), field, note, list, more);
}

// Name, language, looks and calls; and the server, for those who want to know.
export function settings() {
	const field = (word, properties) => el("input", { ariaLabel: say(word), spellcheck: false, autocapitalize: "off", ...properties });
	const error = () => el("p.error.small", { role: "alert" });
	const section = (word, ...content) => el("fieldset", {}, el("legend", {}, say(word)), content);

	const nameError = error();
	const rename = () => chat.rename(name.value.trim()).then(() => (nameError.textContent = ""), (error) => (nameError.textContent = why(error)));
	const name = field("yourName", { value: chat.me()?.name ?? "", onkeydown: onEnter(rename) });

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
	const address = field("address", { value: chat.url, dir: "ltr", onkeydown: onEnter(connect) });

	const dialog = open(say("settings"),
		section("yourName", el("div.row-of", {}, name, button("", { onclick: rename }, say("change"))), nameError),
		languages, themes,
		section("whenCalled", el("label.choice", {}, sound, say("playSound")), el("label.choice", {}, notices, say("showNotice")), noticesError),
		section("server", el("p.quiet.small", { role: "status", id: "set-state" }), address, addressError, el("p.buttons", {},
			button("", { onclick: connect }, say("connect")), button("", { onclick: () => disconnect() }, say("disconnect")))),
		button(".danger", { onclick: () => sure(say("forgetSure", { name: chat.me()?.name }), say("forget"), () => chat.forget()) }, say("forgetMe")));
	showState();
}
