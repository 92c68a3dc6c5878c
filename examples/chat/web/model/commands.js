/**
 * `/join tea` becomes something to do. Pure: no page, no network. The server's own grammar is the same, and both are
 * tested with commands.txt among the fixtures.
 */

// A name has at most so many characters, whatever the server's settings.
const LONGEST_NAME = 64;

// What each makes of the rest of the line; undefined if something is missing.
const MEANINGS = {
	nick: (rest) => unquoted(rest) && { name: unquoted(rest) },
	join: (rest) => unquoted(rest) && { room: unquoted(rest) },
	leave: (rest) => ({ room: unquoted(rest) }),
	rooms: () => ({}),
	who: () => ({}),
	msg: addressed,
	help: () => ({}),
};

export const COMMANDS = Object.keys(MEANINGS);

export const helpFor = (name) => `help${name[0].toUpperCase()}${name.slice(1)}`;

// `{say}` for what is no command (`//x` says "/x"; a comment or a path is what it is), `{does, …}` for one, or
// `{wrong}`: the command that lacks something, or "" if there is none of this name. `isSomebody(name)`: a name may have
// spaces.
export function parse(text, isSomebody = () => false) {
	const [, name, rest] = /^\/(\S*)\s*([^]*)$/.exec(text.trimEnd()) ?? [];
	if (name === undefined || /^\/\/\s/.test(text)) return { say: text };
	if (name.startsWith("/")) return { say: text.slice(1) };
	if (name.includes("/")) return { say: text };
	const does = name === "?" ? "help" : name.toLowerCase();
	if (!COMMANDS.includes(does)) return { wrong: "" };
	const meant = MEANINGS[does](rest, isSomebody);
	return meant ? { does, ...meant } : { wrong: does };
}

// A name or a room, which may stand in quotes, and behind the sign that marks it elsewhere.
function unquoted(text) {
	const name = text.replace(/^[@#]/, "");
	const { to, msg } = quoted(name) ?? {};
	return msg === "" ? to : name;
}

// What stands in quotes at the beginning, and what follows it.
function quoted(text) {
	const [, to, msg] = /^["“”]([^"“”]*)["“”]\s*([^]*)$/.exec(text) ?? [];
	return to === undefined ? undefined : { to: to.trim(), msg };
}

// To whom, and what: a name in quotes, or the longest that somebody has, or the first word.
function addressed(rest, isSomebody) {
	const text = rest.replace(/^@/, "");
	const { to, msg } = quoted(text) ?? longest(text, isSomebody) ?? parted(text, text.search(/\s/));
	return to && msg ? { to, msg } : undefined;
}

function longest(text, isSomebody) {
	const spaces = [...text.slice(0, 2 * LONGEST_NAME).matchAll(/\s+/g)].map(({ index }) => index).reverse();
	const end = spaces.find((end) => isSomebody(text.slice(0, end)));
	return end && parted(text, end);
}

function parted(text, end) {
	return end < 0 ? { to: text, msg: "" } : { to: text.slice(0, end), msg: text.slice(end).trimStart() };
}
