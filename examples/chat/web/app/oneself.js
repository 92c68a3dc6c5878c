/** What one does about oneself: the picture by which one is shown, one's devices, one's words, and going for ever. */

// So often it is asked again, when the server says how long to wait.
const PATIENCE = 8;

export function oneself(app) {
	const { state } = app;
	const { store, connection, arrival } = state;

	const showMe = (blob) => connection.ask({ type: "avatar", size: blob.size }, blob);
	const hideMe = () => connection.ask({ type: "avatar", drop: true });

	// Where else one is known by a token.
	const sessions = async () => (await connection.ask({ type: "sessions" })).sessions;
	const endSession = (session) => connection.ask({ type: "end_session", session });

	// A code for another device: `{ code, seconds }`.
	const newCode = () => connection.ask({ type: "link" });

	// Somebody comes in who is here already, on another device.
	function useCode(code) {
		Object.assign(arrival, { wish: "", code, refusal: undefined, agreed: app.page.namedRoom() });
		app.do.connect();
	}

	// All that one has said, as lines of JSON, the first of which says who; the words come as they were said. Nothing,
	// if it is not wanted any more. `counted(count)` hears how many there are so far.
	async function exportWords(counted, isWanted) {
		const { id, name } = store.me;
		const rooms = [...store.rooms.values()].filter((room) => !room.provisional).map((room) => room.name);
		const lines = [];
		for (let before, isFirst = true; isFirst || before !== undefined; isFirst = false) {
			const page = await patiently({ type: "mine", before });
			if (!isWanted()) return undefined;
			lines.push(...page.events.map((event) => JSON.stringify(event)));
			counted(lines.length);
			before = page.before;
		}
		const head = JSON.stringify({ type: "person", id, name, rooms, exported: Date.now() });
		return `${[head, ...lines.reverse()].join("\n")}\n`;
	}

	async function patiently(question) {
		for (let tries = 1; ; tries++) {
			try {
				return await connection.ask(question);
			} catch (error) {
				if (!error.retry_after || tries === PATIENCE) throw error;
				await new Promise((over) => setTimeout(over, error.retry_after));
			}
		}
	}

	// One's name goes from everywhere, and one's words too if so wished. The server ends all connections then.
	const eraseMe = (words) => connection.ask({ type: "erase", words });

	return { showMe, hideMe, sessions, endSession, newCode, useCode, exportWords, eraseMe };
}
