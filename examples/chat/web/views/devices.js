/** Where else one is known, and the code that brings another device in. */

import { timeLeft } from "../model/code.js";
import { open, status, sure } from "./dialog.js";
import { button, el } from "./dom.js";
import { replace } from "./list.js";
import { moment, say, sentence, why } from "./words.js";

export async function devices(app) {
	const note = status();
	const list = el("ul.list");
	const others = button(".danger", { hidden: true, onclick: askToEnd }, say("endOthers"));
	const dialog = open(say("myDevices"), note, list, others);
	let known = [];

	async function look() {
		try {
			known = await app.do.sessions();
			note.textContent = "";
			known.sort((one, other) => Boolean(other.this) - Boolean(one.this) || other.seen - one.seen);
			replace(list, known, (one) => JSON.stringify(one), (one) => entry(one, () => end([one])));
			others.hidden = known.length < 3;
		} catch (error) {
			note.textContent = sentence(why(error));
		}
	}

	async function end(which) {
		try {
			for (const { id } of which) await app.do.endSession(id);
			await look();
		} catch (error) {
			await look();
			note.textContent = sentence(why(error));
		}
	}

	function askToEnd() {
		sure(say("endOthersSure"), say("endOthers"), () => end(known.filter((one) => !one.this)));
	}

	note.textContent = say("loading");
	await look();
	return dialog;
}

function entry({ client, place, since, seen, here, this: isThis }, end) {
	const times = [say("deviceSince", { time: moment(since) }), !here && say("deviceSeen", { time: moment(seen) })];
	return el("li.devices-entry", {},
		el(`span.dot${here ? ".here" : ""}`, {}, el("span.unseen", {}, say(here ? "here" : "away"))),
		el("div.grow", {},
			el("p", {}, el("bdi", {}, client || say("deviceUnknown")),
				isThis && el("span.devices-this.small", {}, say("thisDevice"))),
			el("p.quiet.small", {}, [place, ...times].filter(Boolean).join(" · "))),
		!isThis && button("", { onclick: end, ariaLabel: say("endDevice", { name: client }) }, say("end")));
}

// A code, as long as it is good.
export function linkDevice(app) {
	const note = status();
	const code = el("p.devices-code", { dir: "ltr", ariaLive: "polite" });
	const left = el("p.quiet.small.devices-left", { role: "timer" });
	const again = button("", { hidden: true, onclick: ask }, say("newCode"));
	const how = el("ol.devices-how", {}, ["linkOpen", "linkChoose", "linkType"].map((word) =>
		el("li", {}, say(word, { address: new URL(app.state.url).host }))));
	const dialog = open(say("otherDevice"), code, left, note, again, how, el("p.quiet.small", {}, say("linkWarning")));
	let timer;

	async function ask() {
		again.hidden = true;
		note.textContent = "";
		try {
			const answer = await app.do.newCode();
			code.textContent = answer.code;
			count(Date.now() + 1_000 * answer.seconds);
		} catch (error) {
			note.textContent = sentence(why(error));
			again.hidden = false;
		}
	}

	function count(end) {
		clearInterval(timer);
		const tick = () => {
			const rest = end - Date.now();
			left.textContent = rest > 0 ? say("codeLeft", { time: timeLeft(rest) }) : say("codeOver");
			again.hidden = rest > 0;
			code.classList.toggle("devices-over", rest <= 0);
			if (rest <= 0) clearInterval(timer);
		};
		timer = setInterval(tick, 1_000);
		tick();
	}

	dialog.addEventListener("close", () => clearInterval(timer));
	ask();
}
