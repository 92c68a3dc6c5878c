/** What happened, for people who look at the page or elsewhere. */

import { copyText, notify } from "../browser/able.js";
import { cut, isolated } from "../model/text.js";
import { announce as tell, toast, warn } from "./toasts.js";
import { moment, nameOf, say, sentence, signedName, why } from "./words.js";

const wordsOf = ({ type, msg }) => (type === "picture" ? [say("aPicture"), msg].filter(Boolean).join(": ") : msg);

export const tellError = (error) => toast(sentence(why(error)));
export const copy = async (text) => toast(say((await copyText(text)) ? "copied" : "notCopied"));

// One is in a room no more: by somebody else's wish, or one's own.
export function wentOut(room, why) {
	if (!why) return toast(say("youLeft", { room: nameOf(room) }));
	return toast(reasoned(say("youPutOut", { room: signedName(room), name: why.by.name }), why.reason), { time: 30_000 });
}

export const cameIn = (room, act) =>
	toast(say("youAreIn", { room: signedName(room) }), { label: say("open"), act, time: 15_000 });

const reasoned = (text, reason) => (reason ? `${text} ${say("reportReason", { reason })}` : text);

// What was done with one, and by whom.
export function tellOf({ store: { rooms } }, key, { room, until, by, reason }) {
	const where = rooms.has(room) ? signedName(rooms.get(room)) : say("wholeChat");
	const time = until ? say("until", { time: moment(until) }) : say("time_ever");
	toast(reasoned(say(key, { room: where, name: by?.name ?? "", time }), reason), { time: 15_000 });
}

export const tellTopic = ({ topic }) =>
	toast(topic ? say("topicIs", { topic: isolated(topic) }) : say("noTopic"), { time: 15_000 });
export const tellWord = (key, values) => toast(sentence(say(key, values)));
export const renamed = (name) => toast(say("nameChanged", { name }), { time: 3_000 });
export const nothingKept = () => warn(say("nothingKept"));
export const announce = (state, event) => tell(state, `${event.from}: ${cut(wordsOf(event), 500)}`);

// Somebody has called, or has written privately.
export function call({ room, gone }, where, event, { open, onDesktop }) {
	const place = where.other ? event.from : `${event.from} · ${signedName(where)}`;
	const text = wordsOf(event);
	const notice = onDesktop ? noticeOf(place, cut(text, 200), open) : undefined;
	const label = { label: say("open"), act: open };
	const line = where === room ? undefined : toast(`${isolated(place)}: ${cut(text, 80)}`, label);
	gone.watch(where.name, event.offset, () => {
		notice?.close();
		line?.remove();
	});
}

// On the desktop, while another window has the focus.
function noticeOf(title, body, open) {
	const notice = document.hasFocus() ? undefined : notify(title, { body, tag: title, icon: "/favicon.svg" });
	if (!notice) return undefined;
	notice.onclick = () => {
		focus();
		notice.close();
		open();
	};
	return notice;
}
