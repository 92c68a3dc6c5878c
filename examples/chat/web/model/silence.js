/** Why one may not say anything in a room now, and until when. Pure. */

import { governs } from "./rights.js";

// `{ why, until }`, or nothing: `closed` (the room is for reading), `muted`, or `slow` (one message in a while). Times
// are by the calendar, in milliseconds; what has none lasts until somebody ends it.
export function silence(room, now) {
	if (room.muted && !(room.mutedUntil <= now)) return { why: "muted", until: room.mutedUntil };
	if (governs(room)) return undefined;
	if (room.closed) return { why: "closed" };
	return room.slowUntil > now ? { why: "slow", until: room.slowUntil } : undefined;
}

// What is left of it, in whole seconds.
export const secondsLeft = (until, now) => Math.max(0, Math.ceil((until - now) / 1_000));

// After a message: in a slow room the next one has to wait.
export function spoken(room, now) {
	if (room.slow && !governs(room)) room.slowUntil = now + 1_000 * room.slow;
}
