/** What stands above all rooms, for everybody, until it is sent away: an announcement. */

import { $, el, iconButton } from "./dom.js";
import { render } from "./marks.js";
import { language } from "./words.js";

export function update(app) {
	const { announcement } = app.state.store;
	const line = $("announcement");
	const isNew = announcement && app.do.recall("announcement") !== announcement.id;
	const key = isNew ? `${announcement.id} ${announcement.msg} ${language()}` : "";
	if (line.dataset.shown === key) return;
	line.dataset.shown = key;
	const dismiss = () => {
		app.do.remember("announcement", announcement.id);
		app.do.draw();
		app.page.focusComposer();
	};
	const shown = () => [
		el("div.grow", { dir: "auto" }, render(announcement.msg)), iconButton("close", "close", dismiss, ".little"),
	];
	line.replaceChildren(...(isNew ? shown() : []));
	// In other than messages, Tab finds the links at once.
	for (const link of line.querySelectorAll("a")) link.tabIndex = 0;
}
