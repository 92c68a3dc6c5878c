/** The log of acts: who has done what, when and why; never what was said. */

import { el } from "../../views/dom.js";
import { PHRASES } from "../../views/phrases.js";
import { say } from "../../views/words.js";
import { asLines, fileName, isAbout } from "../model/acts.js";
import { detailOf } from "./details.js";
import { searchField } from "./forms.js";
import { number, when } from "./measures.js";
import { doing, dotted, faceOf, signedIn, phrase, trouble, who } from "./parts.js";
import { pages } from "./pages.js";
import { showPerson } from "./person.js";

export function make(app) {
	const { query } = app.state;
	const search = searchField("filterActs", query.acts, (text) => {
		query.acts = text;
		app.do.draw();
	});
	const error = trouble();
	const save = doing("", say("exportActs"), error, async () => {
		const acts = await app.do.allActs((count) => (save.textContent = say("exporting", { count: number(count) })));
		download(fileName(Date.now()), asLines(acts));
		save.textContent = say("exportActs");
	});
	const nothing = () => (query.acts.trim() ? ["noActsOf"] : ["noActs", "noActsHint"]);
	const list = pages(app, "acts", {
		rows: (acts) => acts.filter((act) => isAbout(act, query.acts)), row: (act) => row(app, act), nothing,
		looks: ".parts-lines",
	});
	return {
		tools: el("div.forms-tools", {}, search, save), element: el("div.parts-stack", {}, error, list.element),
		update: list.update,
	};
}

function row(app, act) {
	const { by, user, room, reason, at } = act;
	const open = (id) => showPerson(app, id);
	const key = PHRASES.has(`act_${act.act}`) ? `act_${act.act}` : undefined;
	const place = room && el("bdi", {}, signedIn(app, { room }));
	const did = key ? phrase(key, { user: user ? who(user, open) : say("somebody"), room: place }) : [act.act];
	// Some say themselves where it was.
	const where = room && !did.includes(place) ? phrase("inRoom", { room: place }) : [];
	const line = phrase("actLine", { who: who(by, open), did: el("span", {}, did), where: el("span", {}, where) });
	return el("li.parts-line.acts-row", {}, faceOf(by, "mini"), el("div.grow", {},
		el("p", {}, line),
		el("p.quiet.small", {}, dotted(when(at), ...detailOf(act)), reason && [" · ", el("q", { dir: "auto" }, reason)])));
}

// A file that the browser saves.
function download(name, content) {
	const url = URL.createObjectURL(new Blob([content], { type: "application/x-ndjson" }));
	const link = el("a", { href: url, download: name, hidden: true });
	document.body.append(link);
	link.click();
	link.remove();
	setTimeout(() => URL.revokeObjectURL(url), 10_000);
}
