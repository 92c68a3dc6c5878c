/** `/join tea` becomes something to do. Pure: no page, no network. */

export const COMMANDS = ["nick", "join", "leave", "rooms", "who", "msg", "help"];

/**
 * What a line means: `{say}` to speak (`//x` says "/x"), `{does, …}` for a command, `{wrong}` with the key of a word
 * that explains it.
 */
export function parse(text) {
	if (text.startsWith("//")) return { say: text.slice(1) };
	const found = /^\/([\p{L}\p{N}]*)(?:\s+([\s\S]*))?$/u.exec(text.trimEnd());
	if (!text.startsWith("/") || !found) return { say: text };
	const [, name, rest = ""] = found;
	const argument = rest.trim();
	switch (name.toLowerCase()) {
		case "nick":
			return argument ? { does: "nick", name: argument } : { wrong: "helpNick" };
		case "join":
			return argument ? { does: "join", room: argument.replace(/^#/, "") } : { wrong: "helpJoin" };
		case "leave":
			return { does: "leave", room: argument.replace(/^#/, "") };
		case "rooms":
			return { does: "rooms" };
		case "who":
			return { does: "who" };
		case "msg": {
			const [, to, msg] = /^@?(\S+)\s+([\s\S]+)$/.exec(argument) ?? [];
			return to ? { does: "msg", to, msg } : { wrong: "helpMsg" };
		}
		case "help":
			return { does: "help" };
		default:
			return { wrong: "noCommand" };
	}
}
