/**
 * Somebody's face: drawn, and above that the picture that was chosen, once it is there. If it does not come, or is
 * gone, the drawn one is what one sees: nothing flickers.
 */

import { pictureOf } from "../model/avatars.js";
import { drawing } from "../model/faces.js";
import { el } from "./dom.js";

// Of somebody in the chat, whose picture may change while it is seen.
export function face({ state: { store: { avatars } } }, user, size = "") {
	const disc = drawn(user, size);
	disc.dataset.of = user.id;
	show(disc, avatars);
	return disc;
}

// Of somebody as the server has just told of them.
export function portrait(user, size = "") {
	const disc = drawn(user, size);
	const path = pictureOf(user);
	if (path) disc.append(picture(path));
	return disc;
}

function drawn(user, size) {
	const { sign, ...shape } = drawing(user);
	const disc = el(`span.face.${size}`, { ariaHidden: "true" }, el(`span${isTwo(sign) ? ".face-two" : ""}`, {}, sign));
	const units = { hue: "", second: "", x: "%", y: "%", size: "%" };
	for (const [key, unit] of Object.entries(units)) disc.style.setProperty(`--${key}`, shape[key] + unit);
	return disc;
}

const isTwo = (sign) => /^[\p{L}\p{N}]\p{M}*[\p{L}\p{N}]/u.test(sign);

// One that was shown before is in memory, and painted at once.
function picture(path, lost = () => {}) {
	const onerror = ({ target }) => {
		target.remove();
		lost();
	};
	return el("img", { src: path, alt: "", decoding: "sync", draggable: false, onerror });
}

function show(disc, avatars) {
	const path = avatars.of(Number(disc.dataset.of));
	const shown = disc.querySelector("img");
	if (shown?.getAttribute("src") === path) return;
	shown?.remove();
	if (path) disc.append(picture(path, () => avatars.lost(path)));
}

// All faces of the page, if somebody has another picture.
export function update({ state: { store, faces } }) {
	if (faces.drawn === store.avatars.version) return;
	faces.drawn = store.avatars.version;
	for (const disc of document.querySelectorAll(".face[data-of]")) show(disc, store.avatars);
}
