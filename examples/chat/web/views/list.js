/** Lists of which only what differs is made anew, so that little is made and the focus stays where it is. */

import { language } from "./words.js";

// Makes the rows of a list what they should be. Things of one key look the same, in one language.
export function replace(list, things, keyOf, make) {
	const old = new Map([...list.children].map((child) => [child.dataset.key, child]));
	const next = things.map((thing) => {
		const key = language() + keyOf(thing);
		const element = old.get(key) ?? make(thing);
		element.dataset.key = key;
		return element;
	});
	if (next.length === list.children.length && next.every((element, at) => element === list.children[at])) return;
	const focused = list.contains(document.activeElement) ? document.activeElement : null;
	const place = focused && [...list.children].findIndex((child) => child.contains(focused));
	list.replaceChildren(...next);
	if (!focused) return;
	if (focused.isConnected) focused.focus({ preventScroll: true });
	else list.children[Math.min(place, next.length - 1)]?.querySelector("a, button")?.focus({ preventScroll: true });
}
