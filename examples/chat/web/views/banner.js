/** How the connection is, and what can be done about it. */

import { $, el, put } from "./dom.js";
import { language, say } from "./words.js";

// Why there is no connection, in words.
export function trouble({ state, cause, reason }) {
	const key = { waiting: `cause_${cause}`, off: "offBanner", ended: "endedBanner" }[state];
	return key ? say(key, { reason }) : "";
}

// Mostly another connection is there before anybody has read the words.
const SHORT = 1_500;

const WAYS = { waiting: "tryNow", off: "connect", ended: "comeBack" };

export function update(app) {
	const { connection, scene } = app.state;
	const { state, cause, lostAt } = connection;
	document.body.dataset.state = state;
	put("state", say(state));
	put("set-state", say(state));
	const banner = $("banner");
	// While it is tried again, the words stay: no message every few seconds, and no flicker.
	if (scene === "arrival" || (state === "connecting" && banner.firstChild)) return;
	const lost = Date.now() - lostAt;
	const isEarly = state === "waiting" && cause === "lost" && lost >= 0 && lost < SHORT;
	if (isEarly) return void setTimeout(app.do.draw, SHORT - lost);
	const mayWrite = state === "waiting" && cause !== "banned";
	const text = [trouble(connection), mayWrite && say("writeOn")].filter(Boolean).join(" ");
	if (banner.dataset.text === text + language()) return;
	banner.dataset.text = text + language();
	const way = WAYS[state];
	banner.replaceChildren(...(way ? [el("span.grow", {}, text), el("button", { "data-act": "again" }, say(way))] : []));
}
