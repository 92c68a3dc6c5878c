/** What the page's address names: a room, or an invite. */

import { replaceAddress, stepTo } from "./able.js";

// The name of a room, or nothing.
export function namedRoom() {
	try {
		return decodeURIComponent(location.hash.slice(1));
	} catch {
		return ""; // a % that means nothing
	}
}

// The room in view. The lobby is named only if another was before (`isOther`: it is not the lobby).
export function setAddress(name, isOther) {
	const hash = `#${encodeURIComponent(name)}`;
	if (location.hash !== hash && (location.hash || isOther)) stepTo(hash);
}

// The same place has another name: "back" does not lead to the old one.
export const renameAddress = (name) => replaceAddress(`#${encodeURIComponent(name)}`);

// The key of an invite, which does not stay where others see it, or in the history of the browser.
export function takeInvite() {
	const [, key] = /^#invite=([\w-]+)$/.exec(location.hash) ?? [];
	if (key) replaceAddress(location.pathname);
	return key;
}
