/** What can be typed and pressed. */

import { COMMANDS, helpFor } from "../model/commands.js";
import { open } from "./dialog.js";
import { el } from "./dom.js";
import { say } from "./words.js";

export function help() {
	const words = [...COMMANDS.map(helpFor), "helpKeys", "helpMarks", "helpLog", "helpPlaces"];
	open(say("help"), el("ul.help", {}, words.map((word) => el("li", {}, say(word)))));
}
