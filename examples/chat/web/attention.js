/** Calling somebody who looks elsewhere: the number in the title always, sound and notices only if switched on. */

import { recall, remember } from "./storage.js";

export const attention = {
	get sound() {
		return Boolean(recall("sound"));
	},
	set sound(on) {
		remember("sound", on || undefined);
		if (on) beep();
	},
	get desktop() {
		return Boolean(recall("desktop")) && globalThis.Notification?.permission === "granted";
	},
	/** Asks the browser; false if it does not allow it. */
	async setDesktop(on) {
		const allowed = on && globalThis.Notification && (await Notification.requestPermission()) === "granted";
		remember("desktop", allowed || undefined);
		return Boolean(allowed) === on;
	},
};

export function showTitle(place, unread, forMe) {
	const count = unread > 0 ? `(${forMe > 0 ? "@" : ""}${unread}) ` : "";
	const title = `${count}${place ? `${place} · ` : ""}pollcat`;
	if (document.title !== title) document.title = title;
}

/** Somebody was called. `open` shows where. */
export function call({ title, body, tag }, open) {
	if (attention.sound) beep();
	if (!attention.desktop || document.hasFocus()) return;
	const notice = new Notification(title, { body, tag, icon: "/favicon.svg" });
	notice.onclick = () => {
		focus();
		notice.close();
		open();
	};
}

let audio;

/** Two soft tones, made here: a fifth upwards. */
function beep() {
	audio ??= new AudioContext();
	audio.resume();
	for (const [delay, pitch] of [[0, 660], [0.12, 990]]) {
		const start = audio.currentTime + delay;
		const tone = new OscillatorNode(audio, { frequency: pitch });
		const loudness = new GainNode(audio, { gain: 0 });
		loudness.gain.linearRampToValueAtTime(0.08, start + 0.015);
		loudness.gain.exponentialRampToValueAtTime(0.0001, start + 0.3);
		tone.connect(loudness).connect(audio.destination);
		tone.start(start);
		tone.stop(start + 0.32);
	}
}
