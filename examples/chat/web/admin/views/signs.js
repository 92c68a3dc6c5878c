/** The icons that only this page has. */

import { outline } from "../../views/dom.js";

const SIGNS = {
	overview: "M4 13a8 8 0 1116 0M12 13l4-4M6 18h12",
	people: "M9 11a3.5 3.5 0 100-7 3.5 3.5 0 000 7zM3 20c1-8 11-8 12 0M16 4a3.5 3.5 0 010 7M17 14c3 0 4 3 4 6",
	rooms: "M4 5h16v11H9l-5 4zM8 9h8M8 12h5",
	reports: "M6 21V4M6 5h11l-2 3.5 2 3.5H6",
	words: "M4 19L9 6l5 13M6 14.5h6M16 9l5 5M21 9l-5 5",
	invites: "M10 14a4 4 0 006 0l3-3a4.2 4.2 0 00-6-6l-1.5 1.5M14 10a4 4 0 00-6 0l-3 3a4.2 4.2 0 006 6l1.5-1.5",
	bots: "M6 9h12v10H6zM12 9V5M12 4.500h.1M9.500 13h.1M14.500 13h.1M3.500 12.500v3M20.500 12.500v3",
	targets: "M4 12l16-7-6 15-3-6.500zM11 13.500l4-4",
	acts: "M6 3.5h9l4 4V20.5H6zM9 11h7M9 14h7M9 17h4",
	settings: "M4 7h9M17 7h3M15 4.5v5M4 17h3M11 17h9M9 14.5v5",
	admins: "M14.5 14a5 5 0 10-4.6-3.1L4 17v3h3v-2h2v-2h2l1.4-2.4c.6.3 1.3.4 2.1.4zM15.8 8.2h.1",
	more: "M5 12h.1M12 12h.1M19 12h.1",
	save: "M12 4v11M7.5 11l4.5 4.5 4.5-4.5M5 20h14",
	next: "M9 5l7 7-7 7",
};

export const sign = (name) => outline(SIGNS[name]);
