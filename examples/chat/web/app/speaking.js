/** Saying something, once, however often the line breaks; commands; and taking back. */

// Worth another try by itself, after so many milliseconds.
const AGAIN = { rate_limited: 1_000, busy: 1_000, stopping: 3_000 };

export function speaking(app) {
	const { state, browser } = app;
	const { store, connection, outbox } = state;

	function typing() {
		const { room } = state;
		if (app.do.isOnline() && !room.provisional) connection.send({ type: "typing", room: room.name });
	}

	function speak(where, msg, blobs = []) {
		const entry = { room: where.name, to: where.provisional ? where.other.id : undefined, msg };
		if (blobs.length === 0) outbox.add(browser.newId(), entry);
		for (const blob of blobs) {
			outbox.add(browser.newId(), { ...entry, blob, url: browser.urlOf(blob) });
			entry.msg = ""; // the caption is the first one's
		}
		flush();
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

	function acknowledged(entry, { room, offset, msg_time }) {
		const { msg, blob, url, width, height } = entry;
		const { id: from_id, name: from } = store.me;
		const picture = blob && { url, width, height };
		store.event({ type: typeOf(entry), room, offset, msg_time, from_id, from, msg, picture });
	}

	async function notTaken(entry, error) {
		if (error.code in AGAIN) {
			await new Promise((over) => setTimeout(over, error.retry_after ?? AGAIN[error.code]));
		} else if (error.code !== "lost") {
			outbox.refuse(entry, error);
		}
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
		flush();
	}

	// Takes back what was not sent, to be written better.
	function edit(entry) {
		outbox.remove(entry);
		app.page.giveBack(entry.msg, entry.blob);
		app.do.draw();
	}

	async function takeBack(room, offset) {
		const ack = await connection.ask({ type: "delete", room, offset });
		store.event({ type: "deleted", room, offset: ack.offset, target: offset });
	}

	const COMMANDS = {
		nick: ({ name }) => app.do.rename(name),
		join: ({ room }) => app.do.enter(room, true),
		leave: ({ room: name }) => app.page.askToLeave(name ? app.do.placeNamed(name) : state.room),
		rooms: () => app.page.browse(),
		who: () => app.do.openDrawer("members"),
		help: () => app.page.help(),
		msg: ({ to, msg }) => {
			const person = store.personNamed(to);
			if (!person) throw { code: "no_such_person" };
			if (person.id === store.me.id) throw { code: "self" };
			app.do.talk(person);
			speak(store.talk(person), msg);
		},
	};
	const perform = async (command) => COMMANDS[command.does](command);
	const commands = Object.keys(COMMANDS);

	// Looks for words in the history, before an earlier answer's end.
	const search = (query, room, before) => connection.ask({ type: "search", query, room, before });

	return { typing, speak, flush, unsent, retry, edit, takeBack, perform, commands, search };
}
