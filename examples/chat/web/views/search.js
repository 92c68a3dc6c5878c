/** Looking for words in the history; `from:name` and `in:room` narrow it. */

import { excerpt } from "../model/excerpt.js";
import { meaning } from "../model/query.js";
import { field, open, status } from "./dialog.js";
import { button, el } from "./dom.js";
import { clock, day, nameOf, say, sentence, why } from "./words.js";

const PAUSE = 250;

export function search(app) {
	const note = status();
	const list = el("ul.list");
	let asked = 0;
	let next;
	let pause;

	async function look(before) {
		const { query, from, room } = meaning(input.value);
		const mine = ++asked;
		if (!before) list.replaceChildren();
		more.hidden = true;
		note.textContent = query || !(from || room) ? "" : say("searchWords");
		if (!query) return;
		try {
			const found = await app.do.search(query, room, before);
			if (mine === asked) show(found, query, from); // else it answers what is not asked any more
		} catch (error) {
			note.textContent = sentence(why(error));
		}
	}

	function show(found, query, from) {
		const hits = found.hits.filter((hit) => !from || hit.from.toLowerCase() === from);
		list.append(...hits.map((hit) => entry(hit, query)));
		next = found.before;
		note.textContent = list.firstChild || next !== undefined ? "" : say("searchNone");
		more.hidden = next === undefined;
	}

	function entry(hit, query) {
		const go = () => {
			dialog.close();
			app.do.reveal(hit.room, hit.offset);
		};
		const where = placeOf(app.state.store, hit.room);
		const about = `${hit.from} · ${where} · ${day(hit.msg_time)} ${clock(hit.msg_time)}`;
		const line = el("li", {}, button(".list-place", { onclick: go },
			el("span.grow", {}, el("span.small.quiet", {}, about), wordsOf(hit, query))));
		app.state.gone.watch(hit.room, hit.offset, () => line.remove());
		return line;
	}

	function soon() {
		clearTimeout(pause);
		pause = setTimeout(look, PAUSE);
	}

	const input = field(say("search"), { oninput: soon });
	const more = button("", { hidden: true, onclick: () => look(next) }, say("more"));
	const dialog = open(say("search"), input, el("p.quiet.small", {}, say("searchHint")), note, list, more);
}

const placeOf = ({ rooms }, name) => (rooms.has(name) ? nameOf(rooms.get(name)) : name);

function wordsOf({ type, msg }, query) {
	const parts = excerpt(msg, query).map((part) => (part.hit ? el("mark.search-hit", {}, part.hit) : part));
	return el("p.search-words", { dir: "auto" }, type === "picture" && `${say("aPicture")} `, parts);
}
