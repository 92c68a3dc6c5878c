/**
 * What a browser may lack, forbid, or refuse at any moment. Such calls go through here: the page goes on without, and
 * says so where somebody would miss it.
 */

import { attempt } from "../model/attempt.js";

// A window that sleeps may hold a lock for ever: after so many milliseconds its turn is over.
const LONGEST_TURN = 5_000;

// Does something while no other window of this browser does it. (Plain http in a network has no such locks.)
export function inTurn(name, work) {
	let begun = false;
	const once = () => begun || ((begun = true), work());
	const late = setTimeout(once, LONGEST_TURN);
	const mine = () => (clearTimeout(late), once());
	attempt(() => navigator.locks.request(name, mine).catch(mine), "none") === "none" && mine();
}

// The address of the page, as a step that "back" takes back. (Safari allows a hundred in half a minute.)
export const stepTo = (address) => attempt(() => history.pushState(null, "", address));

// The address of the page, in place of the one that it had.
export const replaceAddress = (address) => attempt(() => history.replaceState(null, "", address));

// Puts a text where it can be pasted from. False: the browser does not let the page.
export async function copyText(text) {
	try {
		await navigator.clipboard.writeText(text); // plain http in a network has no such clipboard
		return true;
	} catch {
		return false;
	}
}

export const supports = (property, value) => attempt(() => CSS.supports(property, value), false);

export const randomId = () => Array.from(randomBytes(12), (byte) => byte.toString(16).padStart(2, "0")).join("");

// `count` bytes that nobody guesses, or at least nobody meets by chance.
function randomBytes(count) {
	const bytes = new Uint8Array(count);
	return attempt(() => crypto.getRandomValues(bytes), undefined) ?? bytes.map(() => Math.random() * 256);
}

// Calls `act` when one of the elements has another size.
export function onResize(elements, act) {
	const observer = attempt(() => new ResizeObserver(act));
	for (const element of observer ? elements : []) observer.observe(element);
	if (!observer) addEventListener("resize", act);
}

// Does somebody like things to stay where they are? Where the browser cannot say so, nothing moves.
export const likesStillness = () => attempt(() => !matchMedia("(prefers-reduced-motion: no-preference)").matches, true);

// Pictures that this page made itself live until it lets them go.
export const letGo = (url) => attempt(() => URL.revokeObjectURL(url));

// ---- notices on the desktop

export const mayNotify = () => globalThis.Notification?.permission === "granted";
// May the person be asked?
export const mayOfferNotices = () => ["granted", "default"].includes(globalThis.Notification?.permission);

// Asks the person at the browser. True: they agree.
export async function askToNotify() {
	try {
		return (await Notification.requestPermission()) === "granted" || mayNotify();
	} catch {
		return false;
	}
}

// Android has no notices of a page's own.
export const notify = (title, options) => attempt(() => new Notification(title, options));

// ---- sound

// Rings with two soft tones, a fifth apart. A page has one bell, made with the first of its rings.
export function makeBell() {
	let audio;
	return () => attempt(() => {
		audio ??= new AudioContext();
		ring(audio);
	});
}

function ring(audio) {
	audio.resume().catch(() => {});
	const now = audio.currentTime;
	const tone = new OscillatorNode(audio, { frequency: 660 });
	tone.frequency.setValueAtTime(990, now + 0.12);
	const loudness = new GainNode(audio, { gain: 0.08 });
	loudness.gain.setTargetAtTime(0, now + 0.2, 0.08);
	tone.connect(loudness).connect(audio.destination);
	tone.start();
	tone.stop(now + 0.8);
}
