/**
 * Calling somebody who looks elsewhere, with a sound and a notice on the desktop: each only if it was switched on. Who
 * was called by name sees the window shake. How much of each room one is called to is one's own choice.
 */

import { callsBy, chosenLevel, isWorthTelling, levelOf } from "../model/attention.js";

// The window shakes at most so often, in milliseconds.
const STILL = 10_000;

export function calling(app) {
	const { state, browser } = app;
	const { store, kept, connection } = state;
	const soundOn = () => Boolean(kept.recall("sound"));
	const noticesOn = () => Boolean(kept.recall("notices")) && browser.mayNotify();
	const shakingOn = () => !kept.recall("still");
	const setShaking = (on) => kept.remember("still", !on);

	function setSound(on) {
		kept.remember("sound", on);
		if (on) browser.bell();
	}

	// Asks the browser, too.
	async function setNotices(on) {
		kept.remember("notices", on && (await browser.askToNotify()));
	}

	// Somebody else spoke just now, and perhaps nobody has seen it.
	function told(where, event, isSeen) {
		const me = store.me.id;
		const isCalled = callsBy(event, me) && levelOf(where) !== "nothing";
		if (!isSeen && isWorthTelling(event, where, me)) call(where, event, isCalled || where.other);
		if (isCalled) shake();
	}

	function call(where, event, isForMe) {
		const open = () => app.do.reveal(where.name, event.offset);
		if (soundOn()) browser.bell();
		app.page.call(where, event, { open, onDesktop: noticesOn() });
		// Here they would have helped for the first time.
		const isDeaf = !soundOn() && !noticesOn() && !kept.recall("offered");
		if (isForMe && isDeaf && app.page.isAway()) state.calling.isOffered = true;
	}

	function shake() {
		const { calling } = state;
		const now = browser.now();
		if (!shakingOn() || app.page.isAway() || now < calling.shookAt + STILL) return;
		calling.shookAt = now;
		app.page.shake();
	}

	// Somebody has seen the offer: it is not made again, whatever they do.
	const offerSeen = () => kept.remember("offered", true);

	function endOffer() {
		state.calling.isOffered = false;
		app.do.draw();
	}

	// `level`: one of three, or "usual".
	async function setLevel(room, level) {
		await connection.ask({ type: "level", room: room.name, level });
		room.level = chosenLevel(level);
		app.do.draw();
	}

	return {
		soundOn, noticesOn, shakingOn, setSound, setNotices, setShaking, told, offerSeen, endOffer, setLevel,
	};
}
