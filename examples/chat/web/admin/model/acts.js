/** The log of acts: as lines of a file, and whom they are about. Pure. */

// One act a line (JSON Lines), the oldest first.
export const asLines = (acts) => [...acts].reverse().map((act) => `${JSON.stringify(act)}\n`).join("");

// Does somebody of this name take part, or who has this number? Whoever runs the chat has no name.
export function isAbout(act, wanted) {
	const text = wanted.trim().toLowerCase();
	const people = [act.by, act.user].filter(Boolean);
	return !text || people.some(({ id, name }) => name?.toLowerCase().includes(text) || `#${id}` === text);
}

// How a file is called that is saved at this time.
export const fileName = (time) => `acts-${new Date(time).toISOString().slice(0, 10)}.jsonl`;
