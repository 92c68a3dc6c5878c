/** Looking for words in the history; `from:name` and `in:room` narrow it. */

import * as chat from "./chat.js";
import { ask } from "./connection.js";
import { field, open, status } from "./dialogs.js";
import { button, el } from "./dom.js";
import { excerpt } from "./excerpt.js";
import { untilGone } from "./gone.js";
import { reveal } from "./reading.js";
import { nameOf } from "./sides.js";
import { clock, day, say, sentence, why } from "./words.js";

// What somebody typed: the words, of whom, and in which room. A name with spaces stands in quotes.
export function meaning(text) {
	const found = {};
	const query = text.replace(/(?:^|\s)(from|in):(?:"([^"]*)"|(\S+))/gi, (_, key, quoted, word) => {
		found[key.toLowerCase()] = (quoted ?? word).replace(/^[@#]/, "");
		return " ";
	});
	return { query: query.replace(/\s+/g, " ").trim(), from: found.from?.toLowerCase(), room: found.in };
}

export function search() {
	const note = status();
	const list = el("ul.list");
	let asked = 0;
	let next;
	const placeOf = (name) => (chat.store.rooms.has(name) ? nameOf(chat.store.rooms.get(name)) : name);
	const entry = (hit, query) => {
		const words = el("p.text", { dir: "auto" }, hit.type === "picture" && `${say("aPicture")} `, excerpt(hit.msg, query));
		const line = el("li", {}, button(".place", { onclick: () => (dialog.close(), reveal(hit.room, hit.offset)) }, el("span.grow", {},
			el("span.small.quiet", {}, `${hit.from} · ${placeOf(hit.room)} · ${day(hit.msg_time)} ${clock(hit.msg_time)}`), words)));
		untilGone(hit.room, hit.offset, () => line.remove());
		return line;
	};
	const look = async (before) => {
		const { query, from, room } = meaning(input.value);
		const mine = ++asked;
		if (!before) list.replaceChildren();
		more.hidden = true;
		note.textContent = query || !(from || room) ? "" : say("searchWords");
		if (!query) return;
		try {
			const found = await ask({ type: "search", query, room, before });
			if (mine !== asked) return; // an answer to what is not asked any more
			const hits = found.hits.filter((hit) => !from || hit.from.toLowerCase() === from);
			list.append(...hits.map((hit) => entry(hit, query)));
			next = found.before;
			note.textContent = list.firstChild || next !== undefined ? "" : say("searchNone");
			more.hidden = next === undefined;
		} catch (error) {
			note.textContent = sentence(why(error));
		}
	};
	let pause;
	const soon = () => {
		clearTimeout(pause);
		pause = setTimeout(look, 250);
	};
	const input = field(say("search"), { oninput: soon });
	const more = button("", { hidden: true, onclick: () => look(next) }, say("more"));
	const dialog = open(say("search"), input, el("p.quiet.small", {}, say("searchHint")), note, list, more);
}
