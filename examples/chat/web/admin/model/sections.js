/** The parts of the page, and what its address says: a part, or the key of a link. Pure. */

export const SECTIONS =
	["overview", "people", "rooms", "reports", "words", "invites", "bots", "targets", "acts", "settings", "admins"];

// Those that are always at hand on a phone; the others are one step away.
export const AT_HAND = ["overview", "people", "rooms", "reports"];

// 256 bits as base64url are 43 characters; no part is called like that.
const KEY = /^[\w-]{24,128}$/;

export function meaningOf(hash) {
	const text = hash.replace(/^#/, "");
	if (KEY.test(text)) return { key: text, section: SECTIONS[0] };
	return { section: SECTIONS.includes(text) ? text : SECTIONS[0] };
}
