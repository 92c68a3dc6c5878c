/** A sheet at the side, above the page: a person, or a room, with all that can be done there. */

import { open } from "../../views/dialog.js";
import { el } from "../../views/dom.js";
import { say } from "../../views/words.js";
import { inWords } from "./parts.js";

// `load()` gives what is shown, `content(it)` makes it. It is loaded anew after each act. Gives the dialog.
export function showSheet(app, title, load, content) {
	const body = el("div.sheet-body", {}, el("p.quiet", { role: "status" }, say("loadingRows")));
	const before = app.state.sheet;
	const dialog = open(title, body);
	dialog.classList.add("sheet");
	const sheet = { refresh };
	app.state.sheet = sheet;
	dialog.addEventListener("close", () => app.state.sheet === sheet && (app.state.sheet = before));
	let asked = 0;
	let shown = "";

	async function refresh() {
		const mine = ++asked;
		try {
			const found = await load();
			if (mine === asked && dialog.isConnected) show(found);
		} catch (error) {
			if (mine === asked) body.replaceChildren(el("p.error", { role: "alert" }, inWords(error)));
		}
	}

	// The focus stays with what is called the same.
	function show(found) {
		const text = JSON.stringify(found);
		if (text === shown) return;
		shown = text;
		const { activeElement } = document;
		const key = body.contains(activeElement) ? nameOf(activeElement) : undefined;
		const { scrollTop } = body.parentElement;
		body.replaceChildren(...content(found));
		body.parentElement.scrollTop = scrollTop;
		if (key === undefined) return;
		const again = [...body.querySelectorAll("button, input, select")].find((one) => nameOf(one) === key);
		(again ?? dialog.querySelector("header button")).focus({ preventScroll: true });
	}

	refresh();
	return dialog;
}

const nameOf = (element) => element.getAttribute("aria-label") ?? element.name ?? element.textContent;

export const part = (title, ...content) =>
	el("section.sheet-part", { ariaLabel: title }, el("h3.sheet-heading", {}, title), ...content);
