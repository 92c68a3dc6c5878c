/**
 * A menu: what can be done with a message, a person, a room. It opens beside what it belongs to; on a phone it comes
 * from below. The arrows walk it, Escape and a press beside it close it, and the focus goes back to where it was.
 */

import { button, el, icon } from "./dom.js";

// Between the menu and the edges of the window.
const GAP = 8;
// So long a finger rests, in milliseconds, and moves no further than this, in pixels, if it means the menu.
const REST = 450;
// What it presses when it is lifted comes within this time.
const LIFTED = 200;
const STILL = 10;

// `groups`: lists of `{ text, sign, act, isDanger, isChosen }`; of those that can be chosen, one is. `at`: the element
// beside which it opens.
export function openMenu(title, groups, at) {
	const item = ({ text, sign, act, isDanger, isChosen }) => button(`.list-place${isDanger ? ".danger" : ""}`, {
		...(isChosen === undefined ? { role: "menuitem" } : { role: "menuitemradio", ariaChecked: String(isChosen) }),
		onclick: () => (dialog.close(), act()),
	}, sign ? icon(sign) : isChosen !== undefined && el("span.list-sign"), el("span.grow", {}, text), isChosen && "✓");
	const parts = groups.flatMap((group, at) => [at > 0 && el("hr", { role: "separator" }), ...group.map(item)]);
	const dialog = el("dialog.menu", {
		ariaLabel: title, onclose: () => dialog.remove(),
		onpointerdown: ({ target }) => target === dialog && dialog.close(),
		onkeydown: (event) => walk(event, [...dialog.querySelectorAll("button")]),
	}, el("p.menu-title.cut.small.quiet", { dir: "auto" }, title), el("div", { role: "menu", ariaLabel: title }, parts));
	document.body.append(dialog);
	dialog.showModal();
	place(dialog, at.getBoundingClientRect());
	return dialog;
}

// Below the element or above it, and within the window.
function place(menu, { left, right, top, bottom }) {
	const { offsetWidth: width, offsetHeight: height } = menu;
	const { clientWidth, clientHeight } = document.documentElement;
	const x = left + width + GAP > clientWidth ? right - width : left;
	const y = bottom + height + GAP > clientHeight && top > height + GAP ? top - height : bottom;
	const within = (value, most) => Math.max(GAP, Math.min(value, most - GAP));
	menu.style.setProperty("--x", `${within(x, clientWidth - width)}px`);
	menu.style.setProperty("--y", `${within(y, clientHeight - height)}px`);
}

function walk(event, items) {
	const at = items.indexOf(document.activeElement);
	const next = { ArrowDown: at + 1, ArrowUp: at - 1 + items.length, Home: 0, End: -1 + items.length }[event.key];
	if (next === undefined) return;
	event.preventDefault();
	items[next % items.length].focus();
}

// Calls `open(element)` when a finger rests on one of these in a list.
export function onLongPress(list, selector, open) {
	let timer = 0;
	let from;
	let isOpened = false;
	const stop = () => clearTimeout(timer);
	list.addEventListener("pointerdown", (event) => {
		stop();
		const found = event.target.closest(selector);
		// A link or a picture has a menu of the browser's own.
		if (event.pointerType !== "touch" || !found || event.target.closest("a, .picture, input")) return;
		from = event;
		timer = setTimeout(() => {
			open(found);
			isOpened = true;
		}, REST);
	});
	list.addEventListener("pointermove", ({ clientX, clientY }) => {
		if (from && Math.hypot(clientX - from.clientX, clientY - from.clientY) > STILL) stop();
	});
	const lift = () => (stop(), setTimeout(() => (isOpened = false), LIFTED));
	for (const end of ["pointerup", "pointercancel"]) list.addEventListener(end, lift);
	list.addEventListener("scroll", stop, { capture: true, passive: true });
	// No second menu over it; and the finger that is lifted has pressed nothing, wherever it is.
	const swallow = (event) => isOpened && (event.preventDefault(), event.stopPropagation());
	for (const kind of ["contextmenu", "click"]) addEventListener(kind, swallow, { capture: true });
}
