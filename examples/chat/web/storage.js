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
		if (value === undefined || value === "") localStorage.removeItem(PREFIX + key);
		else localStorage.setItem(PREFIX + key, JSON.stringify(value));
	} catch {
		// Forbidden or full.
	}
}

/** All keys that begin so, without that beginning. */
export function recallKeys(beginning) {
	try {
		const full = PREFIX + beginning;
		return Object.keys(localStorage).filter((key) => key.startsWith(full)).map((key) => key.slice(full.length));
	} catch {
		return [];
	}
}

/** Another window of this browser has changed something. */
export function onRemembered(heard) {
	addEventListener("storage", (event) => {
		if (event.key?.startsWith(PREFIX)) heard(event.key.slice(PREFIX.length));
	});
}

/**
 * Does something while no other window of this browser does the same. Without this, two windows that are opened
 * together on the first visit would become two people. (Where there are no locks, on plain http in a network, that
 * can happen.)
 */
export function inTurn(name, work) {
	return navigator.locks ? navigator.locks.request(PREFIX + name, work) : work();
}
