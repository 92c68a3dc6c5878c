/** Fields with their labels, what one chooses from, and something to copy. */

import { button, el, icon } from "../../views/dom.js";
import { say } from "../../views/words.js";

export function labelled(word, control, hint) {
	return el("label.forms-field", {}, el("span.small", {}, say(word)), control, hint && el("span.quiet.small", {}, hint));
}

// `choices`: pairs of a value and a text.
export function choose(choices, value, onchange) {
	const options = choices.map(([value_, text]) => el("option", { value: value_, selected: value_ === value }, text));
	return el("select", { onchange: ({ target }) => onchange?.(target.value) }, options);
}

export const text = (properties) => el("input", { spellcheck: false, autocomplete: "off", ...properties });

export function searchField(word, value, oninput) {
	return text({
		type: "search", className: "forms-search", ariaLabel: say(word), placeholder: say(word), value,
		oninput: ({ target }) => oninput(target.value),
		onkeydown(event) {
			// Escape empties it first.
			if (event.key !== "Escape" || !event.target.value) return;
			event.preventDefault();
			event.target.value = "";
			oninput("");
		},
	});
}

// One of a few, side by side; `pick(value)`.
export function segments(label, choices, value, pick) {
	const option = ([key, word]) =>
		el("label.forms-segment", {},
			el("input.unseen", { type: "radio", name: label, value: key, checked: key === value, onchange: () => pick(key) }),
			el("span", {}, word));
	return el("fieldset.forms-segments", {}, el("legend.unseen", {}, label), choices.map(option));
}

export function checkbox(word, hint, checked, onchange) {
	const box = el("input", { type: "checkbox", checked, onchange: ({ target }) => onchange?.(target.checked, target) });
	return el("label.forms-check", {}, box,
		el("span", {}, say(word), hint && el("span.quiet.small.forms-hint", {}, say(hint))));
}

// A text to take away: it is selected by a click, and copied by the button.
export function copyBox(content) {
	const copy = async () => {
		let word = "copied";
		try {
			await navigator.clipboard.writeText(content);
		} catch {
			getSelection().selectAllChildren(code);
			word = "notCopied";
		}
		note.textContent = say(word);
	};
	const code = el("code.forms-code", { tabIndex: 0, dir: "ltr" }, content);
	const note = el("span.quiet.small", { role: "status" });
	return el("div.forms-copy", {},
		el("div.forms-box", {}, code, button(".forms-take", { onclick: copy }, icon("copy"), say("copy"))), note);
}
