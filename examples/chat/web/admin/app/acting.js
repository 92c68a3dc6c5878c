/** What is done here. Each gives a promise: it is kept when the server has done it, or says why not. */

const HELD = ["people", "restraints"];
// What may look different after an act.
const TOUCHES = {
	kick: ["people"], ban: HELD, unban: HELD, mute: HELD, unmute: HELD, role: ["people"],
	purge: ["reports"], delete: ["reports"], settle: ["reports"],
	alter: ["rooms"], remove: ["rooms"], op: ["rooms"], add: ["rooms"],
	invite: ["invites"], revoke: ["invites"],
	give_key: ["bots"], revoke_key: ["bots"], remove_bot: ["bots", "people"],
	add_target: ["targets"], rotate_target: ["targets"], drop_target: ["targets"], test_target: ["targets"],
	end_admin: ["admins"],
};

export function acting(app) {
	const { state } = app;
	const ask = (object) => state.connection.ask(object);

	async function act(object) {
		const answer = await ask(object);
		const touched = (TOUCHES[object.type] ?? []).filter((name) => state.lists[name].state !== "new");
		await Promise.all(touched.map(app.do.refresh));
		state.sheet?.refresh();
		return answer;
	}

	const person = async (id) => (await ask({ type: "person", user: id })).person;

	// A message that somebody has reported is deleted, and with it goes the report.
	async function deleteReported({ id, room, offset }) {
		await ask({ type: "delete", room, offset });
		try {
			await act({ type: "settle", report: id, accept: false });
		} catch (error) {
			// Whoever deletes it has looked at it: perhaps the server thinks so as well.
			if (error.code !== "no_such_report") throw error;
			app.do.refresh("reports");
		}
	}

	async function learnWords() {
		try {
			state.words = await ask({ type: "words" });
		} catch (error) {
			state.words ??= { error };
		}
		app.do.draw();
	}

	const tryWords = (msg) => ask({ type: "try_words", msg });
	const invite = async (wish) => (await act({ type: "invite", ...wish })).invite;

	return { act, person, deleteReported, learnWords, tryWords, invite };
}
