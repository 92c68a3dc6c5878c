/** What the server tells, and what follows from it. */

// After these there are other places than before.
const PLACES = { welcome: 1, room: 1, left: 1, removed: 1, renamed: 1, altered: 1, erased: 1 };

export function hearing(app) {
	const { state } = app;
	const { store, connection } = state;

	function hear(object) {
		if (object.type === "welcome" && !app.do.isWelcome(object)) return connection.resume();
		const isNews = object.type === "room" && !store.rooms.has(object.room);
		store.heard(object);
		FOLLOWS[object.type]?.(object);
		app.do.heardOfGoverning(object, isNews);
		if (object.type in PLACES) app.do.remember("places", store.places());
		app.do.draw();
	}

	const FOLLOWS = {
		welcome: welcomed,
		history: () => app.do.goOn(),
		here: ({ room }) => room === state.room?.name && app.do.learnMembers(),
		target: () => state.targets.refresh?.(),
		renamed: ({ user }) => user.id === store.me.id && app.do.renamed(user.name),
	};

	function welcomed() {
		const { room } = state;
		connection.welcomed();
		app.do.watchAnew();
		if (room && store.rooms.get(room.name) !== room) app.do.show(app.do.lobby());
		else if (room) app.do.learnMembers();
		app.do.comeIn();
		if (state.unfollowed) app.do.follow();
		app.do.learnReports();
		app.do.accept();
	}

	// One is not in this room any more.
	function wentOut(gone, why) {
		const home = app.do.lobby(); // who has erased themself is out of that as well
		if (state.room === gone && home) app.do.show(home);
		app.page.wentOut(gone, why);
	}

	// Somebody else spoke just now.
	function arrived(where, event) {
		const seen = where === state.room && state.timeline.atEnd && app.page.isLooking();
		if (!seen) where.oneNew(event.offset);
		if (where === state.room) app.page.announce(event);
		app.do.told(where, event, seen);
	}

	return { hear, wentOut, arrived };
}
