/** `/join tea` becomes something to do. Pure: no page, no network. */

// What each makes of the rest of the line; undefined if something is missing.
const MEANINGS = {
	nick: (rest) => rest && { name: rest },
	join: (rest) => rest && { room: rest },
	leave: (rest) => ({ room: rest }),
	rooms: () => ({}),
	who: () => ({}),
	msg: (rest) => /^@?(?<to>\S+)\s+(?<msg>[^]+)$/.exec(rest)?.groups,
	help: () => ({}),
};

export const COMMANDS = Object.keys(MEANINGS);

export const helpFor = (name) => `help${name[0].toUpperCase()}${name.slice(1)}`;

// `{say}` for what is no command (`//x` says "/x"), `{does, …}` for one, or `{wrong}`: the key of the word that helps.
export function parse(text) {
	const [, name, rest] = /^\/(\w*)(?:\s+([^]*))?$/.exec(text.trimEnd()) ?? [];
	if (name === undefined) return { say: text.replace(/^\/\//, "/") };
	const does = name.toLowerCase();
	if (!COMMANDS.includes(does)) return { wrong: "noCommand" };
	const meant = MEANINGS[does]((rest ?? "").replace(/^#/, ""));
	return meant ? { does, ...meant } : { wrong: helpFor(does) };
}
