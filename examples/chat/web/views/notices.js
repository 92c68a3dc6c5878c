/** What happened, for people who look at the page or elsewhere. */

import { notify } from "../browser/able.js";
import { cut, isolated } from "../model/text.js";
import { announce as tell, toast, warn } from "./toasts.js";
import { nameOf, say, sentence, why } from "./words.js";

const wordsOf = ({ type, msg }) => (type === "picture" ? [say("aPicture"), msg].filter(Boolean).join(": ") : msg);

export const tellError = (error) => toast(sentence(why(error)));
export const wentOut = (room) => toast(say("youLeft", { room: nameOf(room) }));
export const renamed = (name) => toast(say("nameChanged", { name }), { time: 3_000 });
export const nothingKept = () => warn(say("nothingKept"));
export const announce = (state, event) => tell(state, `${event.from}: ${cut(wordsOf(event), 500)}`);

// Somebody has called, or has written privately.
export function call({ room, gone }, where, event, { open, onDesktop }) {
	const place = where.other ? event.from : `${event.from} · #${nameOf(where)}`;
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
