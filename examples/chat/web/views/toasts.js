/** Lines that come and go: at the top of the page, above the messages, and for a screen reader. */

import { $, button, el, iconButton } from "./dom.js";

// A line that goes away by itself, or when it is sent away; one at a time.
export function toast(text, { label, act, time = 7_000 } = {}) {
	const close = () => line.remove();
	const line = el("p.toasts-line", {}, el("span.grow", {}, text),
		label && button(".link", { onclick: () => (close(), act()) }, label),
		iconButton("close", "close", close, ".little"));
	$("toasts").replaceChildren(line);
	setTimeout(close, time);
	return line;
}

export const clearToasts = () => $("toasts").replaceChildren();

// A line that stays until it is sent away: something is lost.
export function warn(text) {
	const close = iconButton("close", "close", () => $("warning").replaceChildren(), ".little");
	$("warning").replaceChildren(el("span.grow", {}, text), close);
}

// Says something to a screen reader: what comes within a second at once, and of a flood only the latest.
export function announce({ announced }, text) {
	if (announced.push(text) > 1) return;
	setTimeout(() => ($("announcer").textContent = announced.splice(0).slice(-3).join(". ")), 1000);
}
