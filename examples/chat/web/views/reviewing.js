/** What waits for somebody to look at it: messages that were reported, and those that were held back. */

import { attempting, open, status } from "./dialog.js";
import { button, el } from "./dom.js";
import { restrain } from "./govern.js";
import { moment, say, signedName } from "./words.js";

export async function reviewing(app) {
	const note = status();
	const list = el("div.govern");
	const dialog = open(say("reports"), note, list);
	const attempt = attempting(note, () => (note.textContent = list.firstChild ? "" : say("reportsNone")));

	// One that is settled is gone from the list; and what is done with it is done first.
	const settle = (card, report, accept, first) => () => attempt(async () => {
		if (first) await app.do.govern(first);
		await app.do.govern({ type: "settle", report: report.id, accept });
		card.remove();
	});

	function card(report) {
		// It may have been taken back meanwhile, and in a private talk nobody takes back but who said it.
		const { room, offset, held, by, from_id: id, from: name, msg, picture, reason, at } = report;
		const { store } = app.state;
		const where = store.rooms.get(room);
		const isThere = Boolean(msg || picture);
		const isTalk = room.startsWith("@");
		const place = isTalk ? say("aTalk") : where && signedName(where);
		const about = say(held ? "reportHeld" : "reportBy", { by: by?.name ?? "", name });
		const small = (word, onclick, looks = "") => button(looks, { onclick }, say(word));
		const person = store.people.get(id) ?? { id, name };
		const govern = (act) => () => (dialog.close(), restrain(app, act, person, where));
		const made = el("article.govern-card", {},
			el("p", {}, about),
			el("p.quiet.small", {}, [place, moment(at)].filter(Boolean).join(" · ")),
			msg && el("blockquote", { dir: "auto" }, msg),
			!isThere && el("p.quiet", {}, say("deleted")),
			picture && el("img", { src: picture.url, alt: say("aPicture"), loading: "lazy" }),
			reason && el("p.small", { dir: "auto" }, say("reportReason", { reason })));
		const drop = held ? undefined : { type: "delete", room, offset };
		made.append(el("p.govern-buttons", {},
			small(held ? "letThrough" : isThere ? "nothingWrong" : "isSettled", settle(made, report, Boolean(held))),
			isThere && !isTalk && small("delete", settle(made, report, false, drop), ".danger"),
			isThere && where && offset && small("showMessage", () => (dialog.close(), app.do.reveal(room, offset))),
			small("do_mute", govern("mute")), small("do_ban", govern("ban"))));
		return made;
	}

	await attempt(async () => list.append(...(await app.do.govern({ type: "reports" })).reports.map(card)));
}
