/** Where somebody stands who has no session: why, and how one comes by a link. */

import { $, put } from "../../views/dom.js";
import { language, say } from "../../views/words.js";
import { copyBox } from "./forms.js";

const COMMAND = "chat --admin-link";

export function update({ state: { scene, gate } }) {
	if (scene !== "gate") return;
	document.title = `${say("administration")} · pollcat`;
	put("gate-why", say(`gateWhy_${gate.why}`));
	put("gate-note", gate.why === "over" ? gate.reason : "");
	if ($("gate-box").dataset.language === language()) return;
	$("gate-box").dataset.language = language();
	$("gate-box").replaceChildren(copyBox(COMMAND));
}

// Either the gate fills the window, or the page does.
export function showScene({ state: { scene } }) {
	$("gate").hidden = scene !== "gate";
	$("app").hidden = scene !== "app";
	if (scene === "gate") for (const dialog of document.querySelectorAll("dialog")) dialog.close();
}
