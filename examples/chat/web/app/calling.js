/** Calling somebody who looks elsewhere, with a sound and a notice on the desktop: each only if it was switched on. */

export function calling(app) {
	const { state, browser } = app;
	const { kept } = state;
	const soundOn = () => Boolean(kept.recall("sound"));
	const noticesOn = () => Boolean(kept.recall("notices")) && browser.mayNotify();

	function setSound(on) {
		kept.remember("sound", on);
		if (on) browser.bell();
	}

	// Asks the browser, too.
	async function setNotices(on) {
		kept.remember("notices", on && (await browser.askToNotify()));
	}

	// Somebody has called, or has written privately.
	function call(where, event) {
		const open = () => app.do.reveal(where.name, event.offset);
		if (soundOn()) browser.bell();
		app.page.call(where, event, { open, onDesktop: noticesOn() });
	}

	return { soundOn, noticesOn, setSound, setNotices, call };
}
