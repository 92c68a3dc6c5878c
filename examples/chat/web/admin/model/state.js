/** All that changes while the page is open, in one place. */

import { Figures } from "./figures.js";
import { Paged } from "./paged.js";

const LISTS = ["people", "restraints", "rooms", "reports", "invites", "bots", "targets", "acts", "settings", "admins"];

// `kept` is what this browser remembers, `ofWindow` what this window does.
export function createState({ url, kept, ofWindow, connection }) {
	return {
		url, kept, ofWindow, connection,
		// What fills the window: "" (nothing yet), "gate", or "app".
		scene: "",
		section: "overview",
		// Why one stands at the gate: "" (no link), "bad_key", "over" or "left"; and the server's own words.
		gate: { why: "", reason: "" },
		// The key of the link, until it was used; and the session's token.
		key: undefined,
		token: undefined,
		// Who one is: nobody in the chat, if it is whoever runs it.
		me: undefined,
		// What one may do in the whole chat.
		may: [],
		server: "",
		until: 0,
		door: "open",
		announcement: undefined,
		figures: new Figures(),
		lists: Object.fromEntries(
			LISTS.map((name) => [name, new Paged()])),
		// What is looked for in the lists.
		query: { people: "", rooms: "", acts: "", settings: "" },
		words: undefined,
		// The person or room whose sheet is open: `{ kind, id, refresh() }`.
		sheet: undefined,
		// The parts of the page that were made.
		made: {},
		// Is the next drawing on its way?
		drawing: false,
	};
}
