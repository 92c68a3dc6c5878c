/** The room that the page's address names. */

import { stepTo } from "./able.js";

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
