/**
 * Arriving. Somebody known says hello and is there; somebody new is asked for a name, on a page that says where one
 * comes to and who can read there. The server looks at the name before anybody hears of it: a refusal comes back to
 * this page.
 */

// If the server cannot take anybody, and does not say until when: in milliseconds.
const SOON = 6_000;

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
		kept.forgetAll(key(""));
		ofWindow.forgetAll(key(""));
		app.page.reload();
	}

	// Somebody new is made in one window at a time: two that are opened together are one person.
	function inTurn(work) {
		if (identity.isKnown) work();
		else app.browser.takeTurn("pollcat:newcomer", work);
	}

	function hello() {
		learn(); // another window may have had its turn
		return { ...identity.hello(arrival.wish), rooms: state.store.known() };
	}

	// Is this welcome meant for the person who said hello here?
	function isWelcome(welcome) {
		if (!identity.welcomed(welcome)) return false;
		arrival.wish = "";
		arrival.refusal = undefined;
		keep();
		return true;
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
		} else if (!/name/.test(error.code)) {
			return error.retry_after ? connection.greetIn(error.retry_after) : connection.resume(SOON);
		} else {
			arrival.refusal = error;
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
		Object.assign(arrival, { wish: name, refusal: undefined, agreed: app.page.namedRoom() });
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
	return { start, connect, forget, inTurn, hello, isWelcome, renamed, refused, arrive, comeIn, recall, remember };
}
