/**
 * What was typed and not sent, in each room; it is kept at every key. A window keeps its own, which a reload finds again. Of
 * all windows the latest key counts, for a window in which nothing was typed.
 */

import { ofWindow, onRemembered, recall, remember } from "./storage.js";

let prefix = "draft:";
const texts = new Map();

// `emptied(room, text)`: what another window had typed there is not waiting any more.
export function open(ours, emptied) {
	prefix = ours;
	onRemembered(prefix, (room, text, old) => {
		if (ofWindow.recall(prefix + room)) return;
		texts.delete(room);
		if (!text) emptied(room, old);
	});
}

export function draftIn(room) {
	if (!texts.has(room)) texts.set(room, ofWindow.recall(prefix + room) ?? recall(prefix + room) ?? "");
	return texts.get(room);
}

export function keep(room, text) {
	const before = draftIn(room);
	if (text === before) return;
	texts.set(room, text);
	ofWindow.remember(prefix + room, text);
	// Another window's words stay until they are sent there.
	if (text || recall(prefix + room) === before) remember(prefix + room, text);
}
