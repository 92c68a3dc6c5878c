/** All rooms, those with the most members first; and one that does not exist yet, by typing its name. */

import { field, onEnter, open, status } from "./dialog.js";
import { button, el } from "./dom.js";
import { replace } from "./list.js";
import { say, sentence, why } from "./words.js";

// So many are shown at a time.
const MOST = 200;

export async function browse(app, wish = "") {
	let rooms = [];
	const note = status();
	const list = el("ul.list");
	const failed = (error) => (note.textContent = sentence(why(error)));

	async function go(room, create) {
		try {
			await app.do.enter(room, create);
		} catch (error) {
			return failed(error);
		}
		dialog.close();
		app.page.focusComposer();
	}

	function show() {
		const name = input.value.trim().replace(/^#/, "");
		const wanted = name.toLowerCase();
		const fits = rooms.filter(({ room }) => room.toLowerCase().includes(wanted)).slice(0, MOST);
		const isNew = name !== "" && !rooms.some(({ room }) => room.toLowerCase() === wanted);
		const all = isNew ? [...fits, { room: name, isNew }] : fits;
		replace(list, all, (info) => JSON.stringify(info), (info) => made(info, () => go(info.room, Boolean(info.isNew))));
	}

	const first = () => list.querySelector("button")?.click();
	const input = field(say("findRoom"), { value: wish, oninput: show, onkeydown: onEnter(first) });
	const dialog = open(say("findRoom"), input, note, list);
	try {
		rooms = await app.do.allRooms();
		rooms.sort((one, other) => other.members - one.members);
		if (wish) note.textContent = say("noSuchRoom", { room: wish });
	} catch (error) {
		failed(error);
	}
	show();
}

function made({ room, members, joined, isNew }, go) {
	if (isNew) return entry("+", say("createRoom", { room }), go);
	const detail = `${say("memberCount", { count: members })} · ${say(joined ? "open" : "join")}`;
	return entry("#", room, go, el("span.quiet.small", {}, detail));
}

const entry = (sign, text, onclick, ...more) => el("li", {}, button(".list-place", { onclick },
	el("span.list-sign", { ariaHidden: "true" }, sign), el("bdi.grow.cut", {}, text), more));
