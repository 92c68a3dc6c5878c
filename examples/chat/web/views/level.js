/** How much of a room one is told of: a menu beside its title, and a choice in its card. */

import { LEVELS, levelOf, usualLevel } from "../model/attention.js";
import { $, icon } from "./dom.js";
import { choose } from "./govern.js";
import { openMenu } from "./menu.js";
import { tellError } from "./notices.js";
import { say, signedName } from "./words.js";

const SIGNS = { all: "bellAll", mentions: "bell", nothing: "bellOff" };

const wordOf = (room, level) =>
	(level === "usual" ? say("level_usual", { level: say(`level_${usualLevel(room)}`) }) : say(`level_${level}`));

export function update({ state: { room } }) {
	const made = $("level");
	const level = levelOf(room);
	const label = `${say("levelOf")}: ${say(`level_${level}`)}`;
	made.hidden = Boolean(room.provisional);
	if (made.title === label) return;
	made.title = label;
	made.setAttribute("aria-label", label);
	made.replaceChildren(icon(SIGNS[level]));
}

export function levelMenu(app) {
	const { room } = app.state;
	const entry = (level) => ({
		text: wordOf(room, level), sign: SIGNS[level], isChosen: (room.level ?? "usual") === level,
		act: () => app.do.setLevel(room, level).catch(tellError),
	});
	openMenu(`${say("levelOf")}: ${signedName(room)}`, [["usual", ...LEVELS].map(entry)], $("level"));
}

// The same as a field of the card.
export function levelField(app, room) {
	const now = () => room.level ?? "usual";
	const field = choose("levelOf", ["usual", ...LEVELS].map((level) => [wordOf(room, level), level]), now(), async () => {
		try {
			await app.do.setLevel(room, field.select.value);
		} catch (error) {
			field.select.value = now();
			tellError(error);
		}
	});
	return field.label;
}
