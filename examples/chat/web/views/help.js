/** What can be typed and pressed. */

import { helpFor, sorted } from "../model/commands.js";
import { open } from "./dialog.js";
import { el } from "./dom.js";
import { say } from "./words.js";

export function help({ state: { store, room } }) {
	const name = store.robot?.name;
	const list = (words) => el("ul.help", {}, words.map((word) => el("li", {}, say(word, { name }))));
	const part = (title, words) => (words.length > 0 ? [title && el("h2", {}, say(title)), list(words)] : []);
	const { groups: { talking, oneself, room: ofRoom, chat }, others } = sorted(store, room);
	const dialog = open(say("help"),
		...part("", [...talking.map(helpFor), ...(name ? ["helpRobot"] : [])]),
		...part("helpOneself", oneself.map(helpFor)), ...part("helpRoom", ofRoom.map(helpFor)),
		...part("helpChat", chat.map(helpFor)),
		...part("helpTyping", ["helpKeys", "helpMarks", "helpLog", "helpPlaces"]),
		...part("helpOthers", others.map(helpFor)));
	// There is nothing to press in it, and keys scroll it.
	dialog.querySelector(".dialog-body").tabIndex = 0;
}
