/** The window shakes, for a moment: somebody is called. Never where somebody likes things to stay still. */

import { likesStillness } from "../browser/able.js";
import { $ } from "./dom.js";

export function shake() {
	if (likesStillness()) return;
	const { classList } = $("app");
	classList.add("shake-now");
	$("app").addEventListener("animationend", () => classList.remove("shake-now"), { once: true });
}
