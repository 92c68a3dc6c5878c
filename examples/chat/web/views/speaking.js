/** Why one may not say anything now, above the field or in its place: the room is for reading, or one has to wait. */

import { secondsLeft, silence } from "../model/silence.js";
import { $, put } from "./dom.js";
import { announce } from "./toasts.js";
import { countdown, moment, say, sentence } from "./words.js";

export function update(app) {
	const { room, composer } = app.state;
	const now = Date.now();
	const silent = silence(room, now);
	const isClosed = silent?.why === "closed";
	if ($("composer").classList.contains("composer-closed") !== isClosed) close(isClosed);
	$("composer").dataset.silent = silent?.why ?? "";
	put("composer-silence", wordsOf(silent, now));
	if (!silent) $("composer-silence").classList.remove("error");
	clearTimeout(composer.again);
	if (silent?.until) composer.again = setTimeout(app.do.draw, 1_000 - (now % 1_000) + 10);
}

// A field that is not there cannot have the focus; who wrote in it goes on when it is back.
function close(isClosed) {
	const hadFocus = document.activeElement === $("say");
	$("composer").classList.toggle("composer-closed", isClosed);
	if (isClosed && hadFocus) $("composer").dataset.hadFocus = "yes";
	if (!isClosed && $("composer").dataset.hadFocus && document.activeElement === document.body) $("say").focus();
	if (!isClosed) delete $("composer").dataset.hadFocus;
}

// Somebody tries nevertheless: then it is said loudly. False: they may speak.
export function refuses(app) {
	const now = Date.now();
	const silent = silence(app.state.room, now);
	if (!silent) return false;
	$("composer-silence").classList.add("error");
	announce(app.state, wordsOf(silent, now));
	return true;
}

function wordsOf(silent, now) {
	if (!silent) return "";
	const { why, until } = silent;
	if (why === "closed") return sentence(say("silentClosed"));
	if (why === "muted" && !until) return sentence(say("silentMuted"));
	const left = countdown(secondsLeft(until, now));
	return why === "muted" ? say("silentMutedUntil", { time: moment(until), left }) : say("silentSlow", { left });
}
