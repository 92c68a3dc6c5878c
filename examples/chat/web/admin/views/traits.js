/** What people and rooms are, in a few words beside their names. */

import { el } from "../../views/dom.js";
import { say } from "../../views/words.js";
import { span, when } from "./measures.js";
import { badge, phrase } from "./parts.js";

export const badges = ({ role, guest, muted, banned }) => [
	(role === "owner" || role === "admin") && badge(".parts-green", say(`role_${role}`)),
	guest && badge("", say("guest")),
	muted && badge(".parts-amber", say("muted")),
	banned && badge(".parts-red", say("banned")),
];

export const traits = ({ kind, closed, slow }) => [
	kind === "private" && badge(".parts-amber", say("privateRoom")),
	closed && badge("", say("closedRoom")),
	slow > 0 && badge("", say("slowRoom", { time: span(slow, 1, "short") })),
];

// A word with a time in it, which stays true.
export const timed = (key, time) => el("span", {}, phrase(key, { when: when(time) }));

export function lastSeen({ online, seen }) {
	if (online) return say("online_");
	return seen ? timed("seenAgo", seen) : say("neverSeen");
}
