/** What people have reported, and what the word list has held back. */

import { button, el } from "../../views/dom.js";
import { say } from "../../views/words.js";
import { ask } from "./asking.js";
import { when } from "./measures.js";
import { badge, doing, dotted, signedIn, trouble } from "./parts.js";
import { pages } from "./pages.js";
import { showPerson } from "./person.js";
import { askBan, askMute } from "./restraining.js";

export function make(app) {
	const list = pages(app, "reports", {
		row: (report) => row(app, report), nothing: () => ["noReports", "noReportsHint"], looks: ".reports",
	});
	return { element: list.element, update: list.update };
}

function row(app, report) {
	const { held, from, by, reason, at } = report;
	const error = trouble();
	const place = dotted(el("bdi", {}, signedIn(app, report)), when(at));
	return el("li.reports-card", {},
		el("p.reports-head", {}, el("bdi.reports-author", {}, from),
			badge(held ? ".parts-amber" : ".parts-red", say(held ? "held" : "reported_")),
			el("span.quiet.small", {}, place)),
		words(report),
		el("p.small.quiet", {}, held ? say("heldBack") : say("reportedBy", { name: by?.name ?? say("somebody") })),
		reason && el("p.small", {}, el("q", { dir: "auto" }, reason)),
		error, el("p.forms-buttons", {}, ways(app, report, error)));
}

const words = ({ msg, picture }) => el("blockquote.reports-words", { dir: "auto" },
	msg || el("span.quiet", {}, say("goneText")), picture && el("span.quiet.small", {}, ` (${say("aPictureToo")})`));

function ways(app, report, error) {
	const { id, held, offset, from, from_id: author } = report;
	// Nobody governs a private talk, but everybody in it.
	const room = report.room.startsWith("@") ? undefined : report.room;
	const settle = (accept) => () => app.do.act({ type: "settle", report: id, accept });
	const whom = { id: author, name: from, rooms: room ? [{ room }] : [] };
	const person = author > 0 ? [
		button("", { onclick: () => askMute(app, whom, room) }, say("muteThem")),
		button("", { onclick: () => askBan(app, whom) }, say("banThem")),
		button("", { onclick: () => showPerson(app, author) }, say("aboutPerson", { name: from })),
	] : [];
	if (held) {
		return [doing(".primary.forms-main", say("letThrough"), error, settle(true)),
			doing(".danger", say("refuse"), error, settle(false)), ...person];
	}
	const remove = () => ask({
		title: say("deleteItSure", { name: from }), words: say("deleteItWords"), label: say("deleteIt"),
		act: () => app.do.deleteReported(report),
	});
	return [doing("", say("keepIt"), error, settle(true)),
		room && offset !== undefined && button(".danger", { onclick: remove }, say("deleteIt")), ...person];
}
