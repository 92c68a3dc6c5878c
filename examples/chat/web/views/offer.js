/** A quiet line: a sound or a notice would have helped just now. It is offered once. */

import { mayOfferNotices } from "../browser/able.js";
import { $, button, el } from "./dom.js";
import { toast } from "./toasts.js";
import { language, say } from "./words.js";

export function update(app) {
	const line = $("offer");
	const { isOffered } = app.state.calling;
	const key = isOffered ? language() : "";
	if (isOffered && app.page.isLooking()) app.do.offerSeen();
	if (line.dataset.shown === key) return;
	line.dataset.shown = key;
	line.replaceChildren(...(isOffered ? offer(app) : []));
}

function offer(app) {
	const choice = (word, act = () => {}) => button("", {
		onclick() {
			act();
			app.do.endOffer();
			app.page.focusComposer();
		},
	}, say(word));
	const notices = async () => {
		await app.do.setNotices(true);
		if (!app.do.noticesOn()) toast(say("noticesForbidden"));
	};
	return [
		el("span.grow", {}, say("offerText")), choice("offerSound", () => app.do.setSound(true)),
		mayOfferNotices() && choice("offerNotices", notices), choice("noThanks"),
	].filter(Boolean);
}
