/**
 * What the browser remembers. Everything of a person lies under the address of their server, so that two servers
 * do not see each other's tokens. Where storage is forbidden or full, the page works and remembers nothing.
 */

const PREFIX = "pollcat:";

export function recall(key) {
	try {
		const text = localStorage.getItem(PREFIX + key);
		return text === null ? undefined : JSON.parse(text);
	} catch {
		return undefined;
	}
}

export function remember(key, value) {
	try {
		if (value) localStorage.setItem(PREFIX + key, JSON.stringify(value));
		else localStorage.removeItem(PREFIX + key);
	} catch {
		// Forbidden or full.
	}
}

/** What is kept under keys that begin so. */
export function recallAll(beginning) {
	try {
		const keys = Object.keys(localStorage).filter((key) => key.startsWith(PREFIX + beginning));
		return keys.map((key) => recall(key.slice(PREFIX.length)));
	} catch {
		return [];
	}
}

/** Another window of this browser has changed it. */
export function onRemembered(key, heard) {
	addEventListener("storage", (event) => event.key === PREFIX + key && heard());
}

/** Does something while no other window of this browser does it. (Plain http in a network has no such locks.) */
export const inTurn = (name, work) => (navigator.locks ? navigator.locks.request(PREFIX + name, work) : work());
