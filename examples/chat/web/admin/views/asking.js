/** A question before what others see, or what cannot be undone: it says in words what will happen. */

import { open } from "../../views/dialog.js";
import { button, el } from "../../views/dom.js";
import { say } from "../../views/words.js";
import { doing, trouble } from "./parts.js";

// `fields` stand above the words; `act()` gives a promise, and the dialog stays until it is kept. Gives a function that
// tells other words.
export function ask({ title, words, label, act, fields = [], looks = ".danger" }) {
	const told = el("p.sheet-words", { role: "status" }, words);
	const error = trouble();
	const dialog = open(title, ...fields, told, error, el("p.dialog-buttons", {},
		button("", { autofocus: fields.length === 0, onclick: () => dialog.close() }, say("cancel")),
		doing(looks, label, error, async () => {
			await act();
			dialog.close();
		})));
	dialog.classList.add("sheet-question");
	if (fields.length > 0) dialog.querySelector("select, input").focus();
	return (next) => (told.textContent = next);
}
