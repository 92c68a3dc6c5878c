/** All rooms, those with the most members first; and one that does not exist yet, by typing its name. */

import { field, onEnter, open, status } from "./dialog.js";
import { button, el } from "./dom.js";
import { check } from "./govern.js";
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
			await app.do.enter(room, create, (create && hidden.box.checked) || undefined);
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
		// Private rooms may be called alike, and like others.
		const isNew = name !== "" && (hidden.box.checked || !rooms.some(({ room }) => room.toLowerCase() === wanted));
		const all = isNew ? [...fits, { room: name, isNew, isPrivate: hidden.box.checked }] : fits;
		replace(list, all, (info) => JSON.stringify(info), (info) => made(info, () => go(info.room, Boolean(info.isNew))));
	}

	const first = () => list.querySelector("button")?.click();
	const input = field(say("findRoom"), { value: wish, oninput: show, onkeydown: onEnter(first) });
	const hidden = check("newPrivate", { onchange: show });
	const dialog = open(say("findRoom"), input, hidden.label, note, list);
	try {
		rooms = await app.do.allRooms();
		rooms.sort((one, other) => other.members - one.members);
		if (wish) note.textContent = say("noSuchRoom", { room: wish });
	} catch (error) {
		failed(error);
	}
	show();
}

function made({ room, members, joined, topic, closed, isNew, isPrivate }, go) {
	if (isNew) return entry("+", say(isPrivate ? "createPrivate" : "createRoom", { room }), go);
	const detail = [closed && say("closedRoom"), say("memberCount", { count: members }), say(joined ? "open" : "join")];
	const about = topic && el("span.browse-topic.quiet.small.cut", { dir: "auto", title: topic }, topic);
	return entry("#", [room, about], go, el("span.quiet.small", {}, detail.filter(Boolean).join(" · ")));
}

const entry = (sign, text, onclick, ...more) => el("li", {}, button(".list-place", { onclick },
	el("span.list-sign", { ariaHidden: "true" }, sign), el("bdi.grow.cut", {}, text), more));
