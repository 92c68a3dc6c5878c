/** A list that comes in pages: its rows, a word while there are none, an error, and the button for more. */

import { button, el } from "../../views/dom.js";
import { replace } from "../../views/list.js";
import { say } from "../../views/words.js";
import { empty, inWords, signedIn } from "./parts.js";

// `rows(items)` says what is shown of it, `row(item)` makes one; `nothing()` is what an empty one says.
export function pages(app, name, { row, rows = (items) => items, nothing, looks = "" }) {
	const list = el(`ul.list.parts-list${looks}`);
	const note = el("div.parts-note", { role: "status" });
	const more = button(".parts-more", { onclick: () => app.do.loadMore(name) }, say("loadMore"));
	const again = button("", { onclick: () => app.do.refresh(name) }, say("tryAgain"));
	// What a room is called may be known later.
	const keyOf = (item) => JSON.stringify([item, item.room && signedIn(app, item)]);
	let told;

	function update() {
		const paged = app.state.lists[name];
		const shown = rows(paged.items);
		replace(list, shown, keyOf, row);
		more.hidden = !paged.more || paged.state === "failed";
		const [key, content] = words(paged, shown);
		if (key === told) return;
		told = key;
		note.replaceChildren(...content);
	}

	function words(paged, shown) {
		if (paged.state === "failed") return [JSON.stringify(paged.error), [failed(paged.error), again]];
		if (shown.length > 0) return ["", []];
		if (paged.state !== "ready") return ["loading", [el("p.quiet", {}, say("loadingRows"))]];
		const [word, hint] = nothing();
		return [word, [empty(word, hint)]];
	}

	return { element: el("div.parts-pages", {}, list, note, more), update };
}

export const failed = (error) => el("p.error", {}, say("couldNot", { why: inWords(error) }));
