/** What opens above the page, with a title and a way out; and a question before something that others see. */

import { button, el, iconButton } from "./dom.js";
import { tellError } from "./notices.js";
import { say, sentence, why } from "./words.js";

// Escape and a click beside it close it as well.
export function open(title, ...content) {
	const close = () => dialog.close();
	const onmousedown = ({ target }) => target === dialog && close();
	const dialog = el("dialog.dialog-frame", { ariaLabel: title, onclose: () => dialog.remove(), onmousedown },
		el("header.frame-bar", {}, el("h2.grow", {}, title), iconButton("close", "close", close)),
		el("div.dialog-body", {}, content));
	document.body.append(dialog);
	dialog.showModal();
	dialog.querySelector("[autofocus]")?.focus();
	return dialog;
}

// Asks before something that others see, or that cannot be undone.
export function sure(question, label, act, looks = ".danger") {
	const yes = () => {
		dialog.close();
		act()?.catch(tellError);
	};
	const dialog = open(question, el("p.dialog-buttons", {},
		button("", { autofocus: true, onclick: () => dialog.close() }, say("cancel")),
		button(looks, { onclick: yes }, label)));
	return dialog;
}

// Gives `attempt(act)`: does something with the server, shows what has come of it, and says at `note` what was refused.
export const attempting = (note, show) => async (act) => {
	note.textContent = "";
	let answer;
	try {
		answer = await act?.();
		await show();
	} catch (error) {
		note.textContent = sentence(why(error));
	}
	return answer;
};

// A field that says what it is for, and has the focus.
export const field = (placeholder, properties) =>
	el("input", { autofocus: true, spellcheck: false, ariaLabel: placeholder, placeholder, ...properties });
export const status = () => el("p.quiet", { role: "status" });
export const onEnter = (act) => (event) => event.key === "Enter" && act();
