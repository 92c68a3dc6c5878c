/** Who was put out of a room, or may not speak in it: until when, by whom, why; and the way back. */

import { attempting, open, status } from "./dialog.js";
import { button, el } from "./dom.js";
import { moment, say } from "./words.js";

export async function restraints(app, room) {
	const note = status();
	const list = el("div.govern");
	open(say("restrained"), note, list);
	// In the lobby those of the whole chat, for those who may see them.
	const where = room.name === app.state.store.home && app.state.store.may.includes("ban") ? undefined : room.name;
	const attempt = attempting(note, () => (note.textContent = list.firstChild ? "" : say("restrainedNone")));

	function card({ what, user, room: of, until, by, reason, addresses }) {
		const lift = () => attempt(async () => {
			await app.do.govern({ type: `un${what}`, user: user.id, room: of ?? where });
			made.remove();
		});
		const time = until ? say("until", { time: moment(until) }) : say("time_ever");
		const about = [by && say("doneBy", { name: by.name }), addresses && say("addressCount", { count: addresses })];
		const made = el("article.govern-card", {},
			el("p", {}, el("bdi", {}, user.name), ` · ${say(`is_${what}`)} · ${time}`),
			el("p.quiet.small", {}, about.filter(Boolean).join(" · ")),
			reason && el("p.small", { dir: "auto" }, say("reportReason", { reason })),
			el("p.govern-buttons", {}, button("", { onclick: lift }, say(`do_un${what}`))));
		return made;
	}

	await attempt(async () =>
		list.append(...(await app.do.govern({ type: "restraints", room: where })).restraints.map(card)));
}
