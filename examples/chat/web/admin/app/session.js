/**
 * Being let in: with the key of a link, once, and from then on with a token that this window keeps until it is closed.
 * Whoever has neither, or whose time is over, stands at the gate and is told how one comes by a link.
 */

// If the server cannot take anybody, and does not say until when: in milliseconds.
const SOON = 6_000;
const TOKEN = "admin token";

export function session(app) {
	const { state } = app;
	const { connection, ofWindow } = state;

	// The page is there; or another link was opened in this window.
	function start(key) {
		state.key = key;
		state.token = key ? undefined : ofWindow.recall(TOKEN);
		if (!state.key && !state.token) return toGate("");
		show("app");
		connection.connect(state.url);
	}

	const login = () => ({ type: "login", ...(state.key ? { key: state.key } : { token: state.token }) });

	function welcomed({ token, as, until, server, may = [], door = "open", announcement }) {
		if (token) ofWindow.remember(TOKEN, token);
		Object.assign(state, { key: undefined, token: token ?? state.token, me: as, may, until, server, door, announcement });
		state.figures.begin();
		connection.welcomed();
		connection.send({ type: "watch_figures", on: true });
		app.do.refreshAll();
	}

	// The server did not take the key or the token.
	function refused(error) {
		if (error.code === "bad_key") return toGate(state.key ? "bad_key" : "over");
		if (error.retry_after) connection.greetIn(error.retry_after);
		else connection.resume(SOON, error.code === "storage" ? "unwell" : "crowded");
	}

	// Something about the connection is different. What the server has ended is over.
	function changed() {
		if (connection.state === "ended" && state.scene === "app") return toGate("over", connection.reason);
		app.do.draw();
	}

	// Nobody comes back with this token. What was seen is not kept either.
	function toGate(why, reason = "") {
		ofWindow.remember(TOKEN);
		Object.assign(state, { key: undefined, token: undefined, me: undefined, gate: { why, reason } });
		connection.disconnect();
		app.do.forgetLists();
		show("gate");
	}

	// The server is told, so that the token is worth nothing to anybody.
	async function logOut() {
		try {
			await connection.ask({ type: "logout" });
		} catch {
			// It ends by itself, then.
		}
		if (state.scene === "app") toGate("left");
	}

	function show(scene) {
		state.scene = scene;
		app.page.showScene();
		app.do.draw();
	}

	const may = (right) => state.may.includes(right);

	return { start, login, welcomed, refused, changed, logOut, may };
}
