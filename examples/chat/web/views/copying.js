/** A text to take away: it is copied, or taken from its field where the browser forbids that. */

import { button, el } from "./dom.js";
import { copy } from "./notices.js";
import { say } from "./words.js";

export function copyField(word, text) {
	const field = el("input", { value: text, readOnly: true, dir: "ltr", ariaLabel: say(word) });
	return el("p.govern-line", {}, el("label", {}, el("span.small", {}, say(word)), field),
		button("", { onclick: () => copy(text), ariaLabel: `${say("copy")}: ${say(word)}` }, say("copy")));
}
