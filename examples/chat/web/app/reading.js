/** Reading: what was seen and what is new, pages of what is older, and going to a message that is far away. */

// So often it is asked again, when the server says how long to wait.
const PATIENCE = 5;
// Somebody who passes by, on the way to another room or window, has not read: so long one looks, in milliseconds.
const LOOK = 400;
// One word for a flood of messages.
const TELL_AFTER = 300;

export function reading(app) {
	const { state } = app;
	const { store, connection, reading } = state;

	// Pages before what is here, and after it.
	const older = (room) => page(room, room.low, (page) => room.older(page));
	const newer = (room) => reach(room, room.high + 1, store.limits.page, (page) => room.newer(page));

	// The events before an offset, or the latest. False: they could not be had.
	const page = async (room, before, take) => taken(room, await asked(room, before), take);

	// Events from this one on, at most so many, and what there is before them in the same answer. An answer ends at a
	// size, and has the latest then: fewer are asked for, until this one is among them.
	async function reach(room, offset, count, take) {
		count = Math.min(count, 2 * room.answer);
		for (;;) {
			const page = await asked(room, offset + count);
			if (!page?.more || count === 1 || page.events[0]?.offset <= offset) return taken(room, page, take);
			count = Math.max(1, Math.min(count >> 1, page.events.length));
		}
	}

	async function asked(room, before) {
		for (let tries = 1; ; tries++) {
			try {
				const page = await connection.ask({ type: "page", room: room.name, before, limit: store.limits.page });
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
		if (state.room === room) app.page.updateTimeline();
		return true;
	}

	// Has what is around this offset, and room is still what is shown?
	async function around(room, offset) {
		const count = Math.floor(store.limits.page / 2);
		const here = offset >= room.low && offset <= room.high;
		return (here || (await reach(room, offset, count, (page) => room.jump(page)))) && state.room === room;
	}

	// Shows one message, however far back it is.
	async function reveal(name, offset) {
		const room = store.rooms.get(name);
		if (!room) return;
		app.do.show(room);
		if (await around(room, offset)) app.page.reveal(offset);
	}

	// Shows the first message that is new, if that is still wanted when it is here.
	async function toNew(room = state.room, isWanted = () => true) {
		if ((await around(room, Math.max(room.newAfter + 1, room.first))) && isWanted()) app.page.revealNew();
	}

	async function toLatest() {
		const { room } = state;
		// What is said while the page is fetched may not be in it: then once more.
		while (room.past && (await page(room, undefined, (page) => room.jump(page))));
		if (room === state.room) app.page.latest();
	}

	// Has somebody looked at this room for a while?
	function isLookedAt(room) {
		const looked = app.page.isLooking() ? room : undefined;
		if (looked !== reading.room) {
			Object.assign(reading, { room: looked, since: app.browser.now() });
			if (looked) setTimeout(app.do.draw, LOOK);
		}
		return looked !== undefined && app.browser.now() - reading.since >= LOOK;
	}

	// What is in view of somebody who looks has been read. `seen()`: up to which offset one sees.
	function markRead(seen) {
		const { room } = state;
		if (!isLookedAt(room) || room.unread === 0 || !room.live || !app.do.isOnline()) return;
		const offset = seen();
		if (offset <= room.read) return;
		store.markRead(room, offset);
		reading.untold.add(room);
		reading.telling ||= setTimeout(tellRead, TELL_AFTER);
	}

	function tellRead() {
		clearTimeout(reading.telling);
		reading.telling = 0;
		const online = app.do.isOnline();
		for (const { name, read } of online ? reading.untold : []) {
			connection.send({ type: "read", room: name, offset: read });
		}
		reading.untold.clear();
	}

	return { older, newer, reveal, toNew, toLatest, markRead, tellRead };
}
