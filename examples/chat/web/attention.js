/** Calling somebody who looks elsewhere, with a sound and a notice on the desktop: each only if it was switched on. */

import { recall, remember } from "./storage.js";

export const soundOn = () => Boolean(recall("sound"));
export const noticesOn = () => Boolean(recall("notices")) && globalThis.Notification?.permission === "granted";

export function setSound(on) {
	remember("sound", on);
	if (on) beep();
}

// Asks the browser, too.
export async function setNotices(on) {
	remember("notices", on && globalThis.Notification && (await Notification.requestPermission()) === "granted");
}

export function call(title, body, open) {
	if (soundOn()) beep();
	if (!noticesOn() || document.hasFocus()) return;
	const notice = new Notification(title, { body, tag: title, icon: "/favicon.svg" });
	notice.onclick = () => {
		focus();
		notice.close();
		open();
	};
}

let audio;

// Two soft tones, a fifth apart.
function beep() {
	audio ??= new AudioContext();
	audio.resume();
	const now = audio.currentTime;
	const tone = new OscillatorNode(audio, { frequency: 660 });
	tone.frequency.setValueAtTime(990, now + 0.12);
	const loudness = new GainNode(audio, { gain: 0.08 });
	loudness.gain.setTargetAtTime(0, now + 0.2, 0.08);
	tone.connect(loudness).connect(audio.destination);
	tone.start();
	tone.stop(now + 0.8);
}
