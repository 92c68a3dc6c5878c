/**
 * `/join tea` becomes something to do. Pure: no page, no network. The server's own grammar is the same, and both are
 * tested with commands.txt among the fixtures.
 */

import { chosenLevel } from "./attention.js";
import { isShape } from "./targets.js";

// A name has at most so many characters, whatever the server's settings.
const LONGEST_NAME = 64;

// What lasts longer than ten years lasts for ever; and messages follow each other at most so slowly. In seconds.
const LONGEST_RESTRAINT = 3_650 * 86_400;
const SLOWEST = 86_400;
const UNITS = { m: 60, h: 3_600, d: 86_400 };

// What each makes of the rest of the line; undefined if something is missing.
const MEANINGS = {
	nick: (rest) => unquoted(rest) && { name: unquoted(rest) },
	join: (rest) => unquoted(rest) && { room: unquoted(rest) },
	leave: (rest) => ({ room: unquoted(rest) }),
	rooms: () => ({}),
	who: () => ({}),
	msg: addressed,
	help: () => ({}),
	link: () => ({}),
	sessions: () => ({}),
	erase: (rest) => oneOf(rest, ["name", "words"]) && { what: rest },
	level: (rest) => (rest === "usual" || chosenLevel(rest)) && { level: rest },
	push: pushed,
	private: (rest) => unquoted(rest) && { title: unquoted(rest) },
	kick: somebody,
	ban: restrained,
	mute: restrained,
	unban: (rest) => unquoted(rest) && { name: unquoted(rest) },
	unmute: (rest) => unquoted(rest) && { name: unquoted(rest) },
	op: (rest) => unquoted(rest) && { name: unquoted(rest) },
	deop: (rest) => unquoted(rest) && { name: unquoted(rest) },
	purge(rest, isSomebody) {
		const { name, reason: since = "hour" } = somebody(rest, isSomebody) ?? {};
		return name && oneOf(since, ["hour", "day", "ever"]) && { name, since };
	},
	topic: (topic) => ({ topic: topic || undefined }),
	slow(rest) {
		const slow = rest === "off" ? 0 : /^[0-9]+$/.test(rest) ? Number(rest) : Infinity;
		return slow <= SLOWEST ? { slow } : undefined;
	},
	close: () => ({}),
	open: () => ({}),
	invite: (rest) => ({ name: unquoted(rest) || undefined }),
	rename: (rest) => unquoted(rest) && { name: unquoted(rest) },
	remove: () => ({}),
	reports: () => ({}),
	announce: (msg) => ({ msg }),
	door: (rest) => oneOf(rest, ["open", "named", "invited", "shut"]) && { door: rest },
	bots: () => ({}),
	hook: (rest) => unquoted(rest) && { name: unquoted(rest) },
	bot: (rest) => unquoted(rest) && { name: unquoted(rest) },
	unhook: (rest) => numbered(rest) && { key: numbered(rest) },
	unbot: (rest) => unquoted(rest) && { name: unquoted(rest) },
	role(rest) {
		const [, before, role] = /^([^]*)\s(\S+)$/.exec(rest) ?? [];
		const name = before && unquoted(before.trimEnd());
		return name && oneOf(role, ["member", "admin", "owner"]) && { name, role };
	},
};

export const COMMANDS = Object.keys(MEANINGS);

// Those about oneself and those of everybody need no right; the others this one, in the room or in the chat.
const RIGHTS = {
	kick: "kick", ban: "ban", unban: "ban", mute: "mute", unmute: "mute", purge: "purge", op: "op", deop: "op",
	topic: "alter", slow: "alter", close: "alter", open: "alter", rename: "rename", invite: "invite", remove: "remove",
	reports: "review", announce: "announce", door: "door", role: "role",
	bots: "bots", hook: "bots", bot: "bots", unhook: "bots", unbot: "bots",
};

const mayUse = ({ may }, room, name) => !(name in RIGHTS) || [...room.may, ...may].includes(RIGHTS[name]);

const ONESELF = ["link", "sessions", "erase", "level", "push", "private"];
const OF_THE_CHAT = ["announce", "door", "role", "bots", "hook", "bot", "unhook", "unbot"];

const groupOf = (name) =>
	ONESELF.includes(name) ? "oneself" : OF_THE_CHAT.includes(name) ? "chat" : name in RIGHTS ? "room" : "talking";

// The commands that one may use here, in groups: `{ talking, oneself, room, chat }`; and the others.
export function sorted(store, room) {
	const mine = COMMANDS.filter((name) => mayUse(store, room, name));
	const groups = { talking: [], oneself: [], room: [], chat: [] };
	for (const name of mine) groups[groupOf(name)].push(name);
	return { mine, groups, others: COMMANDS.filter((name) => !mine.includes(name)) };
}

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
	if (!Object.hasOwn(MEANINGS, does)) return { wrong: "" };
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

const oneOf = (word, words) => (words.includes(word) ? true : undefined);

// The number of something, as it is shown.
const numbered = (text) => Number(/^#?([1-9][0-9]{0,9})$/.exec(text)?.[1]) || undefined;

// Nothing; or what is done with one of them; or a new one: `SHAPE URL [SECRET]`.
function pushed(rest) {
	const [what, url, secret, ...more] = rest.split(/\s+/).filter(Boolean);
	if (what === undefined) return {};
	if (what === "off" || what === "test") return secret === undefined && numbered(url) && { what, target: numbered(url) };
	return isShape(what) && url && more.length === 0 ? { what, url, secret } : undefined;
}

// Whom, and what else, which may be nothing: so all of the text may be their name.
function somebody(rest, isSomebody) {
	const text = rest.replace(/^@/, "");
	const { to: name, msg } = (isSomebody(text) ? { to: text } : undefined) ?? whomAndWhat(text, isSomebody);
	return name ? { name, reason: msg || undefined } : undefined;
}

// The same, and for how long: in seconds; for ever if that is left out.
function restrained(rest, isSomebody) {
	const { name, reason = "" } = somebody(rest, isSomebody) ?? {};
	const [, digits, unit, more] = /^([0-9]+)([mhd])(?:\s+([^]*))?$/.exec(reason) ?? [];
	if (!name || digits === undefined) return name && { name, seconds: undefined, reason: reason || undefined };
	const seconds = Number(digits) * UNITS[unit];
	return seconds > 0 && seconds <= LONGEST_RESTRAINT ? { name, seconds, reason: more || undefined } : undefined;
}

const whomAndWhat = (text, isSomebody) =>
	quoted(text) ?? longest(text, isSomebody) ?? parted(text, text.search(/\s/));

// To whom, and what: a name in quotes, or the longest that somebody has, or the first word.
function addressed(rest, isSomebody) {
	const text = rest.replace(/^@/, "");
	const { to, msg } = whomAndWhat(text, isSomebody);
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
