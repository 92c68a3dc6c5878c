/** The two sides of the page as drawers, where it is narrow. Where there is room for both this changes nothing. */

import { $ } from "./dom.js";

const opener = (side) => document.querySelector(`[data-act=${side}]`);

// Opens the one that is to be open, or closes both.
export function showDrawer({ state: { drawer } }) {
	const before = $("app").dataset.drawer;
	$("app").dataset.drawer = drawer;
	$("shade").hidden = !drawer;
	for (const side of ["places", "members"]) opener(side).setAttribute("aria-expanded", side === drawer);
	if (drawer) $(drawer).focus();
	else if (before && $(before).contains(document.activeElement)) opener(before).focus();
}
