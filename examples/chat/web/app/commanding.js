/** What a slash command does. */

export function commanding(app) {
	const { state } = app;
	const { store } = state;

	const ask = (request) => app.do.govern(request);
	// They are about the room one is in; who is put out of the lobby is put out of the chat.
	const here = () => state.room.name;
	const orChat = () => (here() === store.home ? undefined : here());
	const restrain = (type, room) => ({ name: user, seconds, reason }) =>
		ask({ type, user, room: room(), seconds, reason });
	const appoint = (op) => ({ name: user }) => ask({ type: "op", user, room: here(), op });
	const alter = (change) => ask({ type: "alter", room: here(), ...change });

	// What nobody sees is told.
	const done = async (asked) => {
		await asked;
		app.page.tell("changed");
	};
	const giveKey = async (name, kind) => app.page.showKey(await app.do.giveKey(name, here(), kind));

	async function push({ what, target, url, secret }) {
		if (what === "off") {
			await done(app.do.dropTarget(target));
		} else if (what === "test") {
			const { ok, msg } = await app.do.testTarget(target);
			app.page.tell(ok ? "testOk" : "testFailed", { why: msg });
		} else {
			app.page.targets(undefined, url && (await app.do.addTarget({ shape: what, url, secret })));
		}
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
			app.do.speak(store.talk(person), app.do.signed(msg));
		},
		// About oneself: where one sees it.
		link: () => app.page.settings("link"),
		sessions: () => app.page.settings("sessions"),
		erase: ({ what }) => app.page.settings("erase", what),
		level: ({ level }) => done(app.do.setLevel(state.room, level)),
		push,
		bots: () => app.page.bots(),
		hook: ({ name }) => giveKey(name, "hook"),
		bot: ({ name }) => giveKey(name, "token"),
		unhook: ({ key }) => done(app.do.revokeKey(key)),
		unbot: ({ name }) => done(app.do.removeBot(name)),
		private: ({ title }) => app.do.enter(title, true, true),
		kick: restrain("kick", orChat),
		ban: restrain("ban", orChat),
		unban: restrain("unban", orChat),
		mute: restrain("mute", here),
		unmute: restrain("unmute", here),
		purge: ({ name: user, since }) => ask({ type: "purge", user, room: here(), since }),
		op: appoint(true),
		deop: appoint(false),
		topic: ({ topic }) =>
			topic ? alter({ topic: topic === "-" ? "" : topic }) : app.page.tellTopic(state.room),
		slow: ({ slow }) => alter({ slow }),
		close: () => alter({ closed: true }),
		open: () => alter({ closed: false }),
		invite: ({ name: user }) => (user ? ask({ type: "add", room: here(), user }) : app.page.invites()),
		rename: ({ name }) => alter({ name }),
		remove: () => app.page.askToRemove(),
		reports: () => app.page.reviewing(),
		announce: ({ msg }) => ask({ type: "announce", msg }),
		door: ({ door }) => ask({ type: "door", door }),
		role: ({ name: user, role }) => ask({ type: "role", user, role }),
	};
	const perform = async (command) => COMMANDS[command.does](command);
	const commands = Object.keys(COMMANDS);
	return { perform, commands };
}
