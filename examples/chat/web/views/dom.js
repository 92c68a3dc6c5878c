/**
 * Making elements. Strings become text nodes, always: nothing that anybody says can become markup. (The page's
 * Content-Security-Policy forbids `innerHTML` and the like as well.)
 */

import { firstSign } from "../model/text.js";
import { say } from "./words.js";

export const $ = (id) => document.getElementById(id);

// `el("button.icon", { type: "button", onclick }, "text", child)`; what is false or missing is left out.
export function el(tag, properties = {}, ...children) {
	const [name, ...classes] = tag.split(".");
	const element = document.createElement(name);
	if (classes.length > 0) element.className = classes.join(" ");
	for (const [key, value] of Object.entries(properties)) {
		if (value === undefined || value === false) continue;
		if (key.startsWith("on")) element.addEventListener(key.slice(2), value);
		// No property in older browsers.
		else if (key.startsWith("aria")) element.setAttribute(`aria-${key.slice(4).toLowerCase()}`, value);
		else if (key in element) element[key] = value;
		else element.setAttribute(key, value);
	}
	element.append(...children.flat().filter((child) => child || child === 0));
	return element;
}

// The outlines of the icons, on a field of 24 by 24.
const ICONS = {
	add: "M12 5v14M5 12h14",
	close: "M6 6l12 12M18 6L6 18",
	copy: "M9 9h10v11H9zM5 15V4h10",
	delete: "M5 7h14M10 7V4h4v3M7 7l1 13h8l1-13",
	help: "M12 20.5a8.5 8.5 0 100-17 8.5 8.5 0 000 17zM9.7 9.5a2.4 2.4 0 114 1.8c-1 .7-1.7 1.2-1.7 2.4M12 16.8h.1",
	leave: "M10 5H5v14h5M14 8l4 4-4 4M18 12H9",
	members: "M9 11a3.5 3.5 0 100-7 3.5 3.5 0 000 7zM3 20c1-8 11-8 12 0M16 4a3.5 3.5 0 010 7M17 14c3 0 4 3 4 6",
	next: "M9 5l7 7-7 7",
	original: "M14 5h5v5M19 5l-8 8M10 6H5v13h13v-5",
	previous: "M15 5l-7 7 7 7",
	rooms: "M4 7h16M4 12h16M4 17h10",
	addPicture: "M4 5h16v14H4zM4 16l5-5 4 4 3-3 4 4M15 9h.1",
	search: "M10.5 17a6.5 6.5 0 100-13 6.5 6.5 0 000 13zM15.5 15.5L20 20",
	send: "M5 12h13M12 5.5l6.5 6.5-6.5 6.5",
	settings: "M4 7h9M17 7h3M15 4.5v5M4 17h3M11 17h9M9 14.5v5",
	zoom: "M10.5 17a6.5 6.5 0 100-13 6.5 6.5 0 000 13zM15.5 15.5L20 20M10.5 7.5v6M7.5 10.5h6",
	emoji: "M12 20.5a8.5 8.5 0 100-17 8.5 8.5 0 000 17zM8.5 14c1.5 3 5.5 3 7 0M9 9.5h.1M15 9.5h.1",
};

export function icon(name) {
	const make = (tag) => document.createElementNS("http://www.w3.org/2000/svg", tag);
	const [svg, path] = [make("svg"), make("path")];
	svg.setAttribute("viewBox", "0 0 24 24");
	path.setAttribute("d", ICONS[name]);
	svg.append(path);
	return svg;
}

export function button(classes, properties, ...children) {
	return el(`button${classes}`, { type: "button", ...properties }, ...children);
}

// A button that is only an icon; its name is for the screen reader and the pointer that rests on it.
export const iconButton = (name, word, onclick, classes = "", tabIndex = 0) =>
	button(`.icon${classes}`, { title: say(word), ariaLabel: say(word), onclick, tabIndex }, icon(name));

// A disc with the first character of a name, in a colour of the person's own.
export function face({ id, name }, size = "") {
	const disc = el(`span.face.${size}`, { ariaHidden: "true" }, firstSign(name).toUpperCase());
	// Neighbouring numbers get colours far apart: 137.5° is the golden angle.
	disc.style.setProperty("--hue", Math.round(id * 137.5) % 360);
	return disc;
}

// Is somebody here, or away?
export const presence = (online) =>
	el(`span.dot${online ? ".here" : ""}`, {}, el("span.unseen", {}, say(online ? "here" : "away")));

// Leaves alone what says the same already: a screen reader would say it again. True: it differed.
export function put(id, text) {
	const differs = $(id) && $(id).textContent !== text;
	if (differs) $(id).textContent = text;
	return differs;
}
