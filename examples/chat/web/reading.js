/** Reading: what was seen and what is new, pages of what is older, and going to a message that is far away. */

import * as chat from "./chat.js";
import { ask, send } from "./connection.js";
import * as timeline from "./timeline.js";

export const older = (room) => page(room, room.low, (page) => room.older(page));
export const newer = (room) => reach(room, room.high + 1, chat.store.limits.page, (page) => room.newer(page));

// The events before an offset, or the latest. False: they could not be had.
const page = async (room, before, take) => taken(room, await asked(room, before), take);

// Events from this one on, at most so many, and what there is before them in the same answer. An answer ends at a size, and
// has the latest then: fewer are asked for, until this one is among them.
async function reach(room, offset, count, take) {
	count = Math.min(count, 2 * room.answer);
	for (;;) {
		const page = await asked(room, offset + count);
		if (!page?.more || count === 1 || page.events[0]?.offset <= offset) return taken(room, page, take);
		count = Math.max(1, Math.min(count >> 1, page.events.length));
	}
}

// So often it is asked again, when the server says how long to wait.
const PATIENCE = 5;

async function asked(room, before) {
	for (let tries = 1; ; tries++) {
		try {
			const page = await ask({ type: "page", room: room.name, before, limit: chat.store.limits.page });
			room.answer = Math.max(1, page.events.length);
			return page.epoch === room.epoch ? page : undefined;
		} catch ({ retry_after }) {
			if (!retry_after || tries === PATIENCE) return undefined;
			await new Promise((over) => setTimeout(over, retry_after));
		}
	}
}

function taken(room, page, take) {
	if (!page) return false;
	take(page);
	if (chat.room === room) timeline.update();
	return true;
}

// Has what is around this offset, and room is still what is shown?
async function around(room, offset) {
	const count = Math.floor(chat.store.limits.page / 2);
	const here = offset >= room.low && offset <= room.high;
	return (here || (await reach(room, offset, count, (page) => room.jump(page)))) && chat.room === room;
}

// Shows one message, however far back it is.
export async function reveal(name, offset) {
	const room = chat.store.rooms.get(name);
	if (!room) return;
	chat.show(room);
	if (await around(room, offset)) timeline.reveal(offset);
}

// Shows the first message that is new, if that is still wanted when it is here.
export async function toNew(room = chat.room, isWanted = () => true) {
	if ((await around(room, Math.max(room.newAfter + 1, room.first))) && isWanted()) timeline.revealNew();
}

export async function toLatest() {
	const { room } = chat;
	// What is said while the page is fetched may not be in it: then once more.
	while (room.past && (await page(room, undefined, (page) => room.jump(page))));
	if (room === chat.room) timeline.latest();
}

// The rooms of which the server has to hear how far they were read.
const untold = new Set();
let telling = 0;

// Who passes by, on the way to another room or window, has not read: so long somebody looks, in milliseconds.
const LOOK = 400;
let lookedAt;
let since = 0;

// Has somebody looked at this room for a while?
function isLookedAt(room) {
	const looked = chat.isLooking() ? room : undefined;
	if (looked !== lookedAt) {
		[lookedAt, since] = [looked, performance.now()];
		if (looked) setTimeout(chat.draw, LOOK);
	}
	return looked !== undefined && performance.now() - since >= LOOK;
}

// What is in view of somebody who looks has been read.
export function markRead() {
	const { room } = chat;
	if (!isLookedAt(room) || room.unread === 0 || !room.live || !chat.isOnline()) return;
	const offset = timeline.seen();
	if (offset <= room.read) return;
	chat.store.markRead(room, offset);
	untold.add(room);
	telling ||= setTimeout(tellRead, 300); // one word for a flood of messages
}

function tellRead() {
	clearTimeout(telling);
	telling = 0;
	for (const { name, read } of untold) if (chat.isOnline()) send({ type: "read", room: name, offset: read });
	untold.clear();
}

addEventListener("pagehide", tellRead);
