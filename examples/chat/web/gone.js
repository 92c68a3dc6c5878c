/** What shows a message outside of the log (a hit of a search, a notice, an enlarged picture) lets it go when it is taken back. */

// So many are remembered; what was shown before them is gone from the page.
const MOST = 500;

const shown = new Set();

// `forget` is called when this message was taken back.
export function untilGone(room, offset, forget) {
	shown.add({ room, offset, forget });
	if (shown.size > MOST) shown.delete(shown.values().next().value);
}

// `isGone(room, offset)`: was it taken back?
export function forgetGone(isGone) {
	for (const one of shown) {
		if (!isGone(one.room, one.offset)) continue;
		shown.delete(one);
		one.forget();
	}
}
