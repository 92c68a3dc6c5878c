/** The list of emoji, once it is wanted; which were used last; and codes, which become signs when they are said. */

import { Emoji } from "../model/emoji/table.js";
import { mayHaveCodes, withSigns } from "../model/emoji/codes.js";
import { fetchEmoji } from "../net/emoji.js";

const MOST_RECENT = 27;
// What is said does not wait longer than this for the list, in milliseconds.
const PATIENCE = 2_000;

export function emoji(app) {
	const { state } = app;

	// The list; nothing, if it cannot be had now.
	async function learnEmoji() {
		state.emoji.asked ??= fetchEmoji().then((text) => new Emoji(text));
		try {
			state.emoji.table = await state.emoji.asked;
		} catch {
			state.emoji.asked = undefined; // another time
		}
		return state.emoji.table;
	}

	// Does it need the list before `signed` can be asked?
	const needsEmoji = (text) => !state.emoji.table && mayHaveCodes(text);
	const waitForEmoji = () => Promise.race([learnEmoji(), new Promise((over) => setTimeout(over, PATIENCE))]);

	const signed = (text) => (state.emoji.table ? withSigns(text, state.emoji.table) : text);

	const recentEmoji = () => state.kept.recall("emoji") ?? [];

	function usedEmoji(sign) {
		const others = recentEmoji().filter((other) => other !== sign);
		state.kept.remember("emoji", [sign, ...others].slice(0, MOST_RECENT));
	}

	return { learnEmoji, needsEmoji, waitForEmoji, signed, recentEmoji, usedEmoji };
}
