/** All that changes while the page is open, in one place. */

import { Drafts } from "./drafts.js";
import { Gone } from "./gone.js";
import { Identity } from "./identity.js";
import { Outbox } from "./outbox.js";

// `home` is the page's own server, `url` the one in use; `kept` and `ofWindow` are what the browser remembers.
export function createState({ home, url, kept, ofWindow, store, connection }) {
	return {
		home, url, kept, ofWindow, store, connection,
		identity: new Identity(),
		outbox: new Outbox(kept),
		drafts: new Drafts(kept, ofWindow),
		gone: new Gone(),
		// What fills the window: "" (nothing yet), "arrival", "chat", or "ended".
		scene: "",
		// Why one is not here any more: `{ is, until, reason, msg }`.
		ending: undefined,
		// The room in view.
		room: null,
		// The side that is opened over a narrow page: "places", "members", or none.
		drawer: "",
		// The wished name, why the last one was refused, and the room of the address that a newcomer was told of. Does
		// somebody come with a code from another device, and which? The key of an invite; and has somebody new just come
		// with one?
		arrival: {
			wish: "", refusal: undefined, agreed: undefined, hasCode: false, code: "", invite: "", isInvited: false,
		},
		// Is the page's address still to be followed, when there is a connection?
		unfollowed: true,
		// How far was read: the rooms of which the server has to hear, and since when somebody looks at one.
		reading: { untold: new Set(), telling: 0, room: undefined, since: 0 },
		// Who is to be watched, who is, and when that is told.
		watch: { wanted: [], told: "", timer: 0 },
		timeline: timelineState(),
		members: { query: "", shown: [], current: 0, drawn: {}, again: 0, pause: 0, fetching: false },
		composer: { room: undefined, typedAt: 0, asking: false, pictures: [] },
		completion: { choices: [], chosen: -1, from: 0, pause: 0 },
		head: { again: 0 },
		// When the window last shook; and are a sound and notices offered?
		// The list of targets that is open: `{ refresh() }`.
		targets: { refresh: undefined },
		calling: { shookAt: -Infinity, isOffered: false },
		// Which state of the pictures that people chose is on the page.
		faces: { drawn: 0 },
		// The list of emoji, once it was asked for, and there.
		emoji: { asked: undefined, table: undefined },
		announced: [],
		// Is the next drawing on its way?
		drawing: false,
		lossTold: false,
	};
}

function timelineState() {
	return {
		room: null,
		// The places that have a row.
		start: 0,
		end: 0,
		version: 0,
		// How often the room had come to the present when it was last looked at.
		came: 0,
		fetching: false,
		today: "",
		// The row in focus.
		focused: null,
		// Does the view hold on to the end? If not, to this row: `{ place, top }`.
		atEnd: true,
		held: { place: 0, top: 0 },
		// Where the view was put, or was seen when somebody had scrolled.
		scrollTop: 0,
		// Is the first new message still to be found?
		searching: false,
	};
}
