/**
 * What the browser remembers. Where storage is forbidden or full, the page works and remembers nothing.
 */

const PREFIX = "pollcat:";

function safely(work) {
	try {
		return work();
	} catch {
		return undefined;
	}
}

export const recall = (key) => safely(() => JSON.parse(localStorage.getItem(PREFIX + key)) ?? undefined);

export const remember = (key, value) =>
	safely(() => (value ? localStorage.setItem(PREFIX + key, JSON.stringify(value)) : localStorage.removeItem(PREFIX + key)));

// What is kept under keys that begin so.
export const recallAll = (beginning) => {
	const keys = safely(() => Object.keys(localStorage)) ?? [];
	return keys.filter((key) => key.startsWith(PREFIX + beginning)).map((key) => recall(key.slice(PREFIX.length)));
};

// Another window of this browser has changed it.
export function onRemembered(key, heard) {
	addEventListener("storage", (event) => event.key === PREFIX + key && heard());
}

// Does something while no other window of this browser does it. (Plain http in a network has no such locks.)
export const inTurn = (name, work) => (navigator.locks ? navigator.locks.request(PREFIX + name, work) : work());
