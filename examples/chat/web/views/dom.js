/**
 * Making elements. Strings become text nodes, always: nothing that anybody says can become markup. (The page's
 * Content-Security-Policy forbids `innerHTML` and the like as well.)
 */

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
	at: "M12 15.5a3.5 3.5 0 100-7 3.5 3.5 0 000 7zM15.5 8.5v5c0 3 4.5 2.5 4.5-1.5a8 8 0 10-3 6.200",
	bell: "M6 16.5V11a6 6 0 0112 0v5.5l1.5 2h-15zM10 20.500h4",
	bellAll: "M6 16.5V11a6 6 0 0112 0v5.5l1.5 2h-15zM10 20.500h4M2.500 9l2-5M21.500 9l-2-5",
	bellOff: "M6 16.5V11a6 6 0 0112 0v5.5l1.5 2h-15zM10 20.500h4M4 4l16 17",
	ban: "M12 20.5a8.5 8.5 0 100-17 8.5 8.5 0 000 17zM6 6l12 12",
	clock: "M12 20.5a8.5 8.5 0 100-17 8.5 8.5 0 000 17zM12 7v5l3.5 2",
	closed: "M4 6c3-1 6-1 8 1 2-2 5-2 8-1v12c-3-1-6-1-8 1-2-2-5-2-8-1zM12 7v12",
	flag: "M6 21V4M6 5h12l-2.5 4L18 13H6",
	lock: "M6 11h12v9H6zM8.5 11V8a3.5 3.5 0 017 0v3",
	menu: "M5.5 12h.1M12 12h.1M18.5 12h.1",
	mute: "M4 9.5v5h3.5L12 18V6L7.5 9.5zM16 9.5l5 5M21 9.5l-5 5",
	shield: "M12 3.5l7 2.5v5.5c0 4.5-3 7.5-7 9-4-1.5-7-4.5-7-9V6z",
	talk: "M4 5h16v11H10l-4.5 4V16H4z",
	zoom: "M10.5 17a6.5 6.5 0 100-13 6.5 6.5 0 000 13zM15.5 15.5L20 20M10.5 7.5v6M7.5 10.5h6",
	emoji: "M12 20.5a8.5 8.5 0 100-17 8.5 8.5 0 000 17zM8.5 14c1.5 3 5.5 3 7 0M9 9.5h.1M15 9.5h.1",
};

export const icon = (name) => outline(ICONS[name]);

// A drawing of lines, on the same field.
export function outline(d) {
	const make = (tag) => document.createElementNS("http://www.w3.org/2000/svg", tag);
	const [svg, path] = [make("svg"), make("path")];
	svg.setAttribute("viewBox", "0 0 24 24");
	path.setAttribute("d", d);
	svg.append(path);
	return svg;
}

export function button(classes, properties, ...children) {
	return el(`button${classes}`, { type: "button", ...properties }, ...children);
}

// A button that is only an icon; its name is for the screen reader and the pointer that rests on it.
export const iconButton = (name, word, onclick, classes = "", tabIndex = 0) =>
	button(`.icon${classes}`, { title: say(word), ariaLabel: say(word), onclick, tabIndex }, icon(name));

// Is somebody here, or away?
export const presence = (online) =>
	el(`span.dot${online ? ".here" : ""}`, {}, el("span.unseen", {}, say(online ? "here" : "away")));

// Leaves alone what says the same already: a screen reader would say it again. True: it differed.
export function put(id, text) {
	const differs = $(id) && $(id).textContent !== text;
	if (differs) $(id).textContent = text;
	return differs;
}
