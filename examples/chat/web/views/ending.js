/** Why one is not here any more: put out, kept out, or gone by one's own wish. It fills the window. */

import { $, el } from "./dom.js";
import { moment, say } from "./words.js";

export function showEnding({ state: { scene, ending }, do: { comeBack } }) {
	$("ending").hidden = scene !== "ended";
	if (scene !== "ended") return;
	const { is, by, reason, until } = ending;
	const way = {
		kicked: () => el("button.primary", { onclick: comeBack }, say("comeBack")),
		sessionEnded: () => el("button", { onclick: () => location.reload() }, say("startAnew")),
		erased: () => el("button", { onclick: () => location.reload() }, say("startAnew")),
	}[is];
	$("ending").replaceChildren(el("div.ending-body", { role: "alert" },
		el("img", { src: "/favicon.svg", alt: "", width: 56, height: 56 }),
		el("h1", {}, say(`ending_${is}`)),
		el("p", {}, say(`endingText_${is}`)),
		is === "banned" && el("p", {}, until ? say("endingUntil", { time: moment(until) }) : say("endingEver")),
		by && el("p", { dir: "auto" }, say("doneBy", { name: by })),
		reason && el("p.quiet", { dir: "auto" }, say("reportReason", { reason })),
		way?.()));
	$("ending").querySelector("button")?.focus();
}
