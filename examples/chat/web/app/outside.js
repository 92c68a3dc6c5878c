/** What a room has to do with the world outside: bots with their keys, and addresses to which something goes out. */

import { reachable } from "../model/reach.js";

export function outside(app) {
	const { state } = app;
	const { connection, store } = state;
	const ask = (request) => connection.ask(request);

	// A key for the bot of this name, in a room: it is told once. `kind`: a hook, or a token.
	async function giveKey(name, room, kind) {
		const { key } = await ask({ type: "give_key", name, room, kind });
		return { ...key, room, url: key.url && reachable(key.url, state.url) };
	}

	const bots = async () => (await ask({ type: "bots" })).bots;
	const revokeKey = (key) => ask({ type: "revoke_key", key });
	const removeBot = (user) => ask({ type: "remove_bot", user });

	// Those of a room, or one's own.
	const targets = async (room) => (await ask({ type: "targets", room })).targets;
	// `{ shape, url, secret, text, room }`. What was made, with its secret, if that is new.
	const addTarget = (wish) => ask({ type: "add_target", ...wish });
	const dropTarget = (target) => ask({ type: "drop_target", target });
	// `{ ok, msg }`
	const testTarget = (target) => ask({ type: "test_target", target });

	// Is there any address that one may add for oneself?
	const mayPush = () =>
		Boolean(store.push && (store.push.hosts?.length > 0 || store.may.includes("targets")));

	return { giveKey, bots, revokeKey, removeBot, targets, addTarget, dropTarget, testTarget, mayPush };
}
