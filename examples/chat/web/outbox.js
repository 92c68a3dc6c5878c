/**
 * What was written and is not acknowledged yet. It has a random id and is said again, after a reconnect or a reload, until
 * there is an `ack`; the server stores an id once. One goes after the other, so their order stays when one has to wait.
 * A picture's bytes live as long as the page.
 */

import * as chat from "./chat.js";
import { ask, buffered, randomId } from "./connection.js";
import { recallAll, remember } from "./storage.js";

// Worth another try by itself, after so many milliseconds.
const AGAIN = { rate_limited: 1_000, busy: 1_000, stopping: 3_000 };

let entries = [];
let prefix;
let saying = false;

// Takes up what this person left unsaid, in this window or in one that is gone.
export function open(ours) {
	if (prefix === ours) return;
	prefix = ours;
	entries = recallAll(prefix).sort((one, other) => one.time - other.time);
}

export function add(what) {
	// The time is also the order, even if the clock was set back.
	const time = Math.max(Date.now(), (entries.at(-1)?.time ?? 0) + 1);
	const entry = { id: randomId(), time, ...what };
	entries.push(entry);
	save(entry);
	flush();
}

export const unsentIn = (room) => entries.filter((entry) => entry.room === room.name);

export function retry(entry) {
	entry.error = undefined;
	flush();
}

export function remove(entry) {
	entries = entries.filter((other) => other !== entry);
	remember(prefix + entry.id);
	chat.draw();
}

// Says what waits, one after the other.
export async function flush() {
	chat.draw();
	if (saying) return;
	saying = true;
	for (let entry; chat.isReady() && (entry = entries.find((entry) => !entry.error)); ) await say(entry);
	saying = false;
}

async function say(entry) {
	const { id, room, to, msg, blob } = entry;
	const object = { type: blob ? "picture" : "message", id, msg, size: blob?.size, ...(to ? { to } : { room }) };
	const watch = blob && setInterval(() => {
		entry.progress = Math.max(0, 1 - buffered() / blob.size);
		chat.draw();
	}, 100);
	try {
		chat.acked(entry, await ask(object, blob));
		remove(entry);
	} catch (error) {
		if (error.code in AGAIN) {
			await new Promise((over) => setTimeout(over, error.retry_after ?? AGAIN[error.code]));
		} else if (error.code !== "lost") {
			entry.error = error;
			save(entry);
		}
	}
	clearInterval(watch);
	chat.draw();
}

function save(entry) {
	if (!entry.blob) remember(prefix + entry.id, entry);
}
