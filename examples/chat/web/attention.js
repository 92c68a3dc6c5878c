/** Calling somebody who looks elsewhere, with a sound and a notice on the desktop: each only if it was switched on. */

import { askToNotify, beep, mayNotify, notify } from "./browser.js";
import { recall, remember } from "./storage.js";

export const soundOn = () => Boolean(recall("sound"));
export const noticesOn = () => Boolean(recall("notices")) && mayNotify();

export function setSound(on) {
	remember("sound", on);
	if (on) beep();
}

// Asks the browser, too.
export async function setNotices(on) {
	remember("notices", on && (await askToNotify()));
}

export function call(title, body, open) {
	if (soundOn()) beep();
	if (!noticesOn() || document.hasFocus()) return undefined;
	const notice = notify(title, { body, tag: title, icon: "/favicon.svg" });
	if (!notice) return undefined;
	notice.onclick = () => {
		focus();
		notice.close();
		open();
	};
	return notice;
}
