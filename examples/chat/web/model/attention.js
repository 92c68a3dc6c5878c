/** How much of a room somebody is told of who does not look at it. Pure. */

// What one may choose.
export const LEVELS = ["all", "mentions", "nothing"];

// What is so until one has chosen: of a private talk all, of a room what calls one.
export const usualLevel = (room) => (room.other ? "all" : "mentions");
export const levelOf = (room) => room.level ?? usualLevel(room);

// What was chosen, if it is one of them; "usual" is none.
export const chosenLevel = (word) => (LEVELS.includes(word) ? word : undefined);

// Does this call somebody by name, or all who are there?
export const callsBy = (event, me) => Boolean(event.call || event.mentions?.includes(me));

// Is it worth a sound or a notice?
export function isWorthTelling(event, room, me) {
	const level = levelOf(room);
	return level === "all" || (level === "mentions" && callsBy(event, me));
}

// How the number of unread messages looks: "loud", "faint", or as usual.
export function toneOf(room) {
	const level = levelOf(room);
	if (level === "nothing") return "faint";
	return level === "all" || room.mentions > 0 ? "loud" : "";
}
