/** The settings that are in force, to be read. */

import { el } from "../../views/dom.js";
import { say } from "../../views/words.js";
import { checkbox, searchField } from "./forms.js";
import { badge } from "./parts.js";
import { pages } from "./pages.js";

export function make(app) {
	const { query } = app.state;
	let onlyChanged = false;
	const search = searchField("findSetting", query.settings, (text) => {
		query.settings = text;
		app.do.draw();
	});
	const changed = checkbox("onlyChanged", undefined, false, (on) => {
		onlyChanged = on;
		app.do.draw();
	});
	const fits = ({ name, value, default: isDefault }) =>
		(!onlyChanged || !isDefault) && `${name} ${value}`.toLowerCase().includes(query.settings.trim().toLowerCase());
	const list = pages(app, "settings", {
		rows: (settings) => settings.filter(fits), row, nothing: () => ["noSettings"], looks: ".parts-lines",
	});
	return {
		tools: search,
		element: el("div.parts-stack", {}, el("p.quiet", {}, say("settingsHow")), changed, list.element), update: list.update,
	};
}

function row({ name, value, default: isDefault }) {
	const said = value === null || value === undefined || value === "" ? el("span.quiet", {}, say("none")) : String(value);
	return el("li.parts-line.parts-pair", {}, el("code.parts-name", { dir: "ltr" }, name),
		el("span.parts-value", { dir: "ltr" }, said),
		badge(isDefault ? ".parts-faint" : ".parts-green", say(isDefault ? "byDefault" : "wasSet")));
}
