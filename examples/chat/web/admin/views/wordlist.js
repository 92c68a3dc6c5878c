/** The word list: how much is on it, how it is read anew, and what it would say of a text. */

import { el } from "../../views/dom.js";
import { language, say } from "../../views/words.js";
import { copyBox, text } from "./forms.js";
import { number } from "./measures.js";
import { card, doing, trouble } from "./parts.js";
import { failed } from "./pages.js";

const KINDS = [["refuse", "refuses"], ["mask", "masks"], ["review", "reviews"]];

export function make(app) {
	const list = el("div.parts-stack");
	const element = el("div.parts-stack", {}, list, tryOut(app));
	let shown;

	function update() {
		const { words } = app.state;
		const key = JSON.stringify(words) + language();
		if (!words || key === shown) return;
		shown = key;
		list.replaceChildren(...(words.error ? [failed(words.error)] : contents(words)));
	}

	return { element, update };
}

function contents(words) {
	if (!words.file) {
		return [card(say("wordFile"), el("p", {}, say("noWordFile")), copyBox("chat --words words.txt"), format())];
	}
	const tile = ([kind, word]) => el("div.overview-tile", {}, el("span.overview-word.small", {}, say(word)),
		el("strong.overview-value", {}, number(words[kind] ?? 0)), el("span.quiet.small", {}, say(`${word}Means`)));
	return [
		el("div.overview-tiles", {}, KINDS.map(tile)),
		card(say("wordFile"), el("p", {}, el("code", { dir: "ltr" }, words.file)), format(),
			el("p", {}, say("reload")), copyBox("pkill -HUP -x chat"), el("p.quiet.small", {}, say("reloadMeans"))),
	];
}

const format = () => el("p.quiet.small", {}, `${say("fileFormat")}: `, el("code", { dir: "ltr" }, "word"), " ",
	el("code", { dir: "ltr" }, "word = mask"), " ", el("code", { dir: "ltr" }, "word = review"), " ",
	el("code", { dir: "ltr" }, "# …"));

function tryOut(app) {
	const [error, answer] = [trouble(), el("div.parts-verdict", { role: "status" })];
	const field = text({ ariaLabel: say("tryWords"), placeholder: say("tryHint"), dir: "auto" });
	const go = doing("", say("tryIt"), error, async () => {
		const { verdict = "fine", msg, masked } = await app.do.tryWords(field.value);
		const shown = verdict === "masked" && el("blockquote.reports-words", { dir: "auto" }, masked ?? msg ?? "");
		answer.replaceChildren(el("p", {}, say(`verdict_${verdict}`)), ...[shown].filter(Boolean));
	});
	field.addEventListener("keydown", ({ key }) => key === "Enter" && go.click());
	return card(say("tryWords"), el("div.forms-row", {}, field, go), answer, error);
}
