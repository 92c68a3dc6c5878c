/** One's own words: all of them in a file; and going for ever, with one's words or without. */

import { letGo } from "../browser/able.js";
import { fold } from "../model/mentions.js";
import { open, status } from "./dialog.js";
import { button, el } from "./dom.js";
import { say, sentence, why } from "./words.js";

export function exportWords(app) {
	const note = status();
	const dialog = open(say("exportWords"), el("p", {}, say("exportText")), note,
		el("p.dialog-buttons", {}, button("", { autofocus: true, onclick: () => dialog.close() }, say("cancel"))));
	const counted = (count) => (note.textContent = say("exportCount", { count }));
	app.do.exportWords(counted, () => dialog.isConnected).then((text) => {
		if (text === undefined) return;
		save(`pollcat-${app.state.store.me.id}.jsonl`, text);
		dialog.querySelector(".dialog-buttons button").textContent = say("close");
		note.textContent += ` ${say("exportDone")}`;
	}, (error) => (note.textContent = sentence(why(error))));
}

// A file that the browser puts where it puts what is fetched.
function save(name, text) {
	const href = URL.createObjectURL(new Blob([text], { type: "application/jsonl" }));
	el("a", { href, download: name }).click();
	setTimeout(() => letGo(href), 60_000);
}

// `what` is chosen already: "name" or "words".
export function askToErase(app, what = "") {
	const { me } = app.state.store;
	const wrong = el("p.error.small", { role: "alert" });
	const choice = (value, word, text) => el("label.mywords-choice", {},
		el("input", { type: "radio", name: "erase", value, checked: value === what, onchange: look }),
		el("span", {}, el("strong", {}, say(word)), el("span.quiet.small", {}, say(text, { name: `gone-${me.id}` }))));
	const choices = el("fieldset.settings-part", {}, el("legend", {}, say("eraseWhat")),
		choice("name", "eraseName", "eraseNameText"), choice("words", "eraseWords", "eraseWordsText"));
	const name = el("input", { autocomplete: "off", spellcheck: false, oninput: look });
	const yes = button(".danger", { onclick: erase, disabled: true }, say("eraseMe"));
	const dialog = open(say("eraseMe"), el("p", {}, say("eraseText")), choices,
		el("label.settings-part", {}, el("span.small", {}, say("eraseConfirm", { name: me.name })), name), wrong,
		el("p.dialog-buttons", {}, yes, button("", { onclick: () => dialog.close() }, say("cancel"))));

	const chosen = () => choices.querySelector(":checked")?.value;

	function look() {
		yes.disabled = !chosen() || fold(name.value.trim()) !== fold(me.name);
	}

	async function erase() {
		yes.disabled = true;
		wrong.textContent = "";
		try {
			await app.do.eraseMe(chosen() === "words");
			for (const each of document.querySelectorAll("dialog")) each.close();
		} catch (error) {
			wrong.textContent = sentence(why(error));
			look();
		}
	}
}
