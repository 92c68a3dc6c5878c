/**
 * Arriving. Somebody known says hello and is there; somebody new is asked for a name, on a page that says where one
 * comes to and who can read there. The server looks at the name before anybody hears of it: a refusal comes back to
 * this page.
 */

// If the server cannot take anybody, and does not say until when: in milliseconds.
const SOON = 6_000;
// What passes by itself, and the cause that is told meanwhile. Whatever else is wrong is told, and waits for another
// name or another time.
const PASSING = { busy: "crowded", rate_limited: "crowded", stopping: "lost", storage: "unwell" };

export function arriving(app) {
	const { state } = app;
	const { identity, arrival, kept, ofWindow, connection } = state;

	// Where this browser keeps something of the person on this server.
	const key = (name) => `${state.url} ${name}`;
	const learn = () => identity.learn({ ...kept.recall(key("person")), token: kept.recall(key("token")) });

	function keep() {
		kept.remember(key("person"), { name: identity.name, older: identity.older });
		kept.remember(key("token"), identity.token);
	}

	// The page is there.
	function start() {
		learn();
		kept.onChange(key("token"), tokenChanged);
		kept.onChange(key("left"), app.do.draw);
		app.do.takeInvite();
		state.drafts.open(key("draft:"), (room, text) => app.page.draftEmptied(room, text));
		if (!identity.isKnown) return askName();
		// Somebody known sees what is remembered, until the server tells what is so.
		state.store.restore(kept.recall(key("places")) ?? { name: identity.name });
		comeIn();
		connect();
	}

	// Another window came in, or forgot.
	function tokenChanged() {
		learn();
		if (!identity.token) app.page.reload();
		else if (!state.store.me) connect();
	}

	function connect(to = state.url) {
		if (to !== state.url) {
			kept.remember("server", to === state.home ? "" : to);
			return app.page.reload();
		}
		state.outbox.open(key("unsent:"));
		connection.connect(state.url);
	}

	// The next person here is somebody else: nothing of this one is left, nor said in their name.
	function forget() {
		connection.disconnect();
		forgetAll();
		app.page.reload();
	}

	function forgetAll() {
		kept.forgetAll(key(""));
		ofWindow.forgetAll(key(""));
	}

	// Somebody new is made in one window at a time: two that are opened together are one person.
	function inTurn(work) {
		if (identity.isKnown) work();
		else app.browser.takeTurn("pollcat:newcomer", work);
	}

	function hello() {
		learn(); // another window may have had its turn
		const hello = identity.hello(arrival.wish);
		if (arrival.code && !hello.token) return { code: arrival.code, rooms: state.store.known() };
		// Somebody known accepts it when they are in.
		return { ...hello, invite: (!hello.token && arrival.invite) || undefined, rooms: state.store.known() };
	}

	// Is this welcome meant for the person who said hello here?
	function isWelcome(welcome) {
		if (!identity.welcomed(welcome)) return false;
		Object.assign(arrival, { wish: "", code: "", hasCode: false });
		arrival.refusal = undefined;
		if (welcome.new && arrival.invite) arriveInvited();
		keep();
		return true;
	}

	// The invite is used. If it leads into a room, the server tells of that next.
	function arriveInvited() {
		app.do.keepInvite("");
		arrival.isInvited = true;
	}

	function renamed(name) {
		identity.name = name;
		keep();
	}

	// The server did not take the hello.
	function refused(error) {
		if (error.code === "unknown_token") {
			identity.unknown();
			if (identity.isKnown || arrival.wish || identity.name) return connection.greet();
		} else if (error.code === "banned") {
			return app.do.turnedAway(error);
		} else if (error.retry_after) {
			return connection.greetIn(error.retry_after);
		} else if (PASSING[error.code]) {
			return connection.resume(SOON, PASSING[error.code]);
		} else {
			Object.assign(arrival, { refusal: error, code: "" });
			if (error.code === "bad_invite") app.do.keepInvite("");
		}
		connection.disconnect();
		askName();
	}

	function askName() {
		state.scene = "arrival";
		app.page.askName();
	}

	// Somebody new has chosen a name.
	function arrive(name) {
		Object.assign(arrival, { wish: name, code: "", refusal: undefined, agreed: app.page.namedRoom() });
		if (name) connect();
	}

	// Shows the rooms instead of the arrival.
	function comeIn() {
		if (state.scene === "chat") return;
		state.scene = "chat";
		app.page.showScene();
		app.do.follow();
		app.page.focusComposer();
	}

	const recall = (name) => kept.recall(key(name));
	const remember = (name, value) => kept.remember(key(name), value);
	return {
		start, connect, forget, forgetAll, inTurn, hello, isWelcome, renamed, refused, arrive, comeIn, recall, remember,
	};
}
