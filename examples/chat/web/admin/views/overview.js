/** How the chat is at this moment; who may come in; what everybody is told. */

import { button, el } from "../../views/dom.js";
import { language, say } from "../../views/words.js";
import { copyBox, segments } from "./forms.js";
import { bytes, counted, number, span, when } from "./measures.js";
import { card, doing, inWords, phrase, trouble } from "./parts.js";
import { spark } from "./spark.js";

const DOORS = ["open", "named", "invited", "shut"];

// Each figure: its word, its value, and what is said below it.
const TILES = [
	["people_here", "peopleHere", number, (now) => say("ofKnown", { count: number(now.known) })],
	["messages_per_second", "perSecond", (value) => number(value, 1), () => say("lastMinutes")],
	["connections", "connections", number, (now) => counted("roomsCount", now.rooms)],
	["disk_bytes", "diskUsed", bytes, (now) => say("running", { time: span(now.up_seconds) })],
	["queue_bytes", "queued", bytes, () => say("lastMinutes")],
	["reports", "openReports", number, (now) => say(now.reports ? "somethingOpen" : "nothingOpen")],
];

export function make(app) {
	const tiles = TILES.map((about) => tile(...about));
	const [door, line, first, backup] = [doors(app), announcement(app), firstOwner(), backups()];
	const element = el("div.overview", {}, first.element,
		el("div.overview-tiles", {}, tiles.map((tile) => tile.element)), backup.element,
		door.element, line.element, quickInvite(app));

	function update() {
		for (const tile of tiles) tile.update(app.state.figures);
		first.update(app.state.figures);
		backup.update(app.state.figures);
		door.update();
		line.update();
	}

	return { element, update };
}

// While nobody owns the chat: how somebody comes to.
function firstOwner() {
	const chat = el("a", { href: "/", target: "_blank", rel: "noopener" }, say("chatItself"));
	const people = el("a", { href: "#people" }, say("people"));
	const element = el("p.overview-first", { role: "status", hidden: true }, phrase("firstOwner", { chat, people }));
	const update = ({ latest }) => (element.hidden = latest?.owners !== 0);
	return { element, update };
}

// If some are made by themselves: the last one, the next one, and what went wrong.
function backups() {
	const element = el("p.overview-backup", { role: "status", hidden: true });
	let shown;

	function update({ latest }) {
		const told = latest?.backup;
		const key = JSON.stringify([told, language()]);
		if (key === shown) return;
		shown = key;
		element.hidden = !told;
		if (!told) return;
		const { at, bytes: size, next, fault } = told;
		element.dataset.bad = Boolean(fault);
		element.replaceChildren(
			...(at ? phrase("backupMade", { when: when(at), size: bytes(size) }) : [say("backupNone")]), " ",
			...(fault ? [say("backupFault", { words: fault }), " "] : []),
			...(next ? phrase("backupNext", { when: when(next) }) : []));
	}

	return { element, update };
}

function tile(name, word, format, below) {
	const [value, note, drawn] = [el("strong.overview-value", {}, "–"), el("span.quiet.small.cut", {}, "\u00a0"), spark()];
	const inside = [el("span.overview-word.small", {}, say(word)), value, note, drawn.element];
	const isWay = name === "reports";
	const element = isWay ? el("a.overview-tile", { href: "#reports" }, inside) : el("div.overview-tile", {}, inside);

	function update(figures) {
		if (!figures.latest) return;
		const texts = [[value, format(figures.latest[name] ?? 0)], [note, below(figures.latest)]];
		for (const [place, text] of texts) if (place.textContent !== text) place.textContent = text;
		if (isWay) element.dataset.open = figures.latest.reports > 0;
		drawn.update(figures.series(name));
	}

	return { element, update };
}

function doors(app) {
	const [error, meaning] = [trouble(), el("p.quiet", { role: "status" })];
	const field = el("div");
	let shown;

	async function pick(door) {
		error.textContent = "";
		try {
			await app.do.act({ type: "door", door });
			app.state.door = door;
		} catch (wrong) {
			error.textContent = inWords(wrong);
			shown = undefined;
		}
		update();
	}

	function update() {
		const { door } = app.state;
		if (shown === door) return;
		shown = door;
		const had = field.contains(document.activeElement);
		const words = DOORS.map((one) => [one, say(`door_${one}`)]);
		field.replaceChildren(segments(say("doors"), words, door, pick));
		meaning.textContent = say(`doorMeans_${door}`);
		if (had) field.querySelector(":checked")?.focus();
	}

	return { element: card(say("doors"), field, meaning, error), update };
}

function announcement(app) {
	const [error, note] = [trouble(), el("p.quiet.small", { role: "status" })];
	const field = el("textarea.overview-line", {
		rows: 2, ariaLabel: say("announceTitle"), placeholder: say("announceHint"), dir: "auto",
	});
	const say_ = (msg) => async () => {
		await app.do.act({ type: "announce", msg: msg() });
		if (!msg()) field.value = "";
	};
	const down = doing("", say("takeDown"), error, say_(() => ""));
	const up = doing(".primary.forms-main", say("announce"), error, say_(() => field.value.trim()));
	let shown;

	function update() {
		const now = app.state.announcement;
		const key = `${now?.id ?? ""}${language()}`;
		if (key === shown) return;
		shown = key;
		// What somebody is writing stays.
		if (document.activeElement !== field || !field.value) field.value = now?.msg ?? "";
		note.replaceChildren(...(now?.msg_time ? phrase("announced", { when: when(now.msg_time) }) : ["\u00a0"]));
		down.hidden = !now;
	}

	return { element: card(say("announceTitle"), field, note, error, el("p.forms-buttons", {}, up, down)), update };
}

function quickInvite(app) {
	const [error, place] = [trouble(), el("div", { role: "status" })];
	const make = doing("", say("makeLink"), error, async () => {
		const { url } = await app.do.invite({});
		place.replaceChildren(copyBox(url), el("p.quiet.small", {}, say("linkOnce")));
	});
	return card(say("quickInvite"), el("p.quiet", {}, say("quickInviteHint")), place, error,
		el("p.forms-buttons", {}, make, button(".link", { "data-go": "invites" }, say("invites"))));
}
