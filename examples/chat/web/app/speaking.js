/** Saying something, once, however often the line breaks; and taking back. */

import { isPassing } from "../model/outbox.js";
import { spoken } from "../model/silence.js";

// Worth another try by itself, after so many milliseconds.
const AGAIN = { rate_limited: 1_000, busy: 1_000, stopping: 3_000 };
// And what could not be stored, more or less: many people wait for the same moment.
const STORED_AGAIN = 4_000;

export function speaking(app) {
	const { state, browser } = app;
	const { store, connection, outbox } = state;
	let goingOn = 0;

	function typing() {
		const { room } = state;
		connection.doubt();
		if (app.do.isOnline() && !room.provisional) connection.send({ type: "typing", room: room.name });
	}

	function speak(where, msg, blobs = []) {
		const entry = { room: where.name, to: where.provisional ? where.other.id : undefined, msg };
		if (blobs.length === 0) outbox.add(browser.newId(), entry);
		for (const blob of blobs) {
			outbox.add(browser.newId(), { ...entry, blob, url: browser.urlOf(blob) });
			entry.msg = ""; // the caption is the first one's
		}
		goOn();
		where.newAfter = Infinity;
		app.do.toLatest();
	}

	// May what was written be said now?
	const isReady = () => app.do.isOnline() && store.settled;

	// Says what waits, one after the other.
	async function flush() {
		app.do.draw();
		if (outbox.saying) return;
		outbox.saying = true;
		for (let entry; isReady() && (entry = outbox.next()); ) await say(entry);
		outbox.saying = false;
	}

	// What it is, in the words of the server.
	const typeOf = ({ blob }) => (blob ? "picture" : "message");

	async function say(entry) {
		const { id, room, to, msg, blob } = entry;
		const object = { type: typeOf(entry), id, msg, size: blob?.size, ...(to ? { to } : { room }) };
		const watch = blob && setInterval(() => {
			entry.progress = Math.max(0, 1 - connection.buffered / blob.size);
			app.do.draw();
		}, 100);
		try {
			acknowledged(entry, await connection.ask(object, blob));
			outbox.remove(entry);
		} catch (error) {
			await notTaken(entry, error);
		}
		clearInterval(watch);
		app.do.draw();
	}

	// A message may be held back until somebody has looked at it: then it has no place yet. Or it is said in other words.
	function acknowledged(entry, { room, offset, msg_time, held, msg = entry.msg }) {
		spoken(store.rooms.get(room ?? entry.room) ?? {}, Date.now());
		if (held) return app.page.held(entry.room, entry.msg);
		const { blob, url, width, height } = entry;
		const { id: from_id, name: from } = store.me;
		const picture = blob && { url, width, height };
		store.event({ type: typeOf(entry), room, offset, msg_time, from_id, from, msg, picture });
	}

	async function notTaken(entry, error) {
		if (error.code in AGAIN) {
			await new Promise((over) => setTimeout(over, error.retry_after ?? AGAIN[error.code]));
		} else if (error.code !== "lost") {
			const room = store.rooms.get(entry.room);
			if (error.code === "slow" && room) room.slowUntil = Date.now() + (error.retry_after ?? 0);
			if (error.code === "muted" && room) learnMuted(room, error);
			outbox.refuse(entry, error);
			if (isPassing(entry)) goOnSoon();
		}
	}

	// Perhaps it can be stored now: by another node, or for the time is over.
	function goOn() {
		outbox.goOn();
		flush();
	}

	function goOnSoon() {
		clearTimeout(goingOn);
		goingOn = setTimeout(goOn, STORED_AGAIN * (0.75 + Math.random() / 2));
	}

	// Words that were written before one was told.
	function learnMuted(room, { retry_after }) {
		Object.assign(room, { muted: true, mutedUntil: retry_after && Date.now() + retry_after });
	}

	// One's own messages that wait, as items of the timeline.
	function unsent(room) {
		const { id: from_id, name: from } = store.me;
		return outbox.in(room.name).map((entry) => ({
			...entry, entry, from_id, from, msg_time: entry.time, picture: entry,
			type: typeOf(entry), state: entry.error ? "failed" : "pending",
		}));
	}

	function retry(entry) {
		outbox.retry(entry);
		goOn();
	}

	// Takes back what was not sent, to be written better.
	function edit(entry) {
		outbox.remove(entry);
		app.page.giveBack(entry.msg, entry.blob);
		flush();
	}

	async function takeBack(room, offset) {
		const ack = await connection.ask({ type: "delete", room, offset });
		store.event({ type: "deleted", room, offset: ack.offset, target: offset });
	}

	// Looks for words in the history, before an earlier answer's end.
	const search = (query, room, before) => connection.ask({ type: "search", query, room, before });

	return { typing, speak, goOn, unsent, retry, edit, takeBack, search };
}
