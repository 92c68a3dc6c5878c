/**
 * Making elements. Strings become text nodes, always: nothing that anybody says can become markup. (The page's
 * Content-Security-Policy forbids the ways around this, `innerHTML` among them.)
 */

export const $ = (id) => document.getElementById(id);

/** `el("button.icon.small", { type: "button", onclick }, "text", child)` */
export function el(tag, properties = {}, ...children) {
	const [name, ...classes] = tag.split(".");
	const element = document.createElement(name);
	if (classes.length > 0) element.className = classes.join(" ");
	for (const [key, value] of Object.entries(properties)) {
		if (value === undefined || value === null || value === false) continue;
		if (key.startsWith("on")) element.addEventListener(key.slice(2), value);
		else if (key in element && !key.includes("-")) element[key] = value;
		else element.setAttribute(key, value === true ? "" : value);
	}
	element.append(...children.flat().filter((child) => child !== undefined && child !== null && child !== false));
	return element;
}

/** The outlines of the icons, on a field of 24 by 24. */
const ICONS = {
	add: "M12 5v14M5 12h14",
	close: "M6 6l12 12M18 6L6 18",
	copy: "M9 9h10v10H9zM5 15V5h10",
	leave: "M10 5H5v14h5M14 8l4 4-4 4M18 12H9",
	menu: "M4 7h16M4 12h16M4 17h10",
	people: "M9 11a3.5 3.5 0 100-7 3.5 3.5 0 000 7zM2.5 20c.5-4 3-6 6.500-6s6 2 6.500 6M16 4.500a3.500 3.500 0 010 6.500M18 14.500c2 .8 3.200 2.700 3.500 5.500",
	picture: "M4 5h16v14H4zM4 16l5-5 4 4 3-3 4 4M15.500 9.500h.01",
	search: "M10.500 17a6.500 6.500 0 100-13 6.500 6.500 0 000 13zM15.500 15.500L20 20",
	send: "M5 12h13M12 5.500l6.500 6.500-6.500 6.500",
	settings: "M4 7h9M17 7h3M15 4.500v5M4 17h3M11 17h9M9 14.500v5",
	smile: "M12 20.500a8.500 8.500 0 100-17 8.500 8.500 0 000 17zM8.500 14c.8 1.500 2 2.200 3.500 2.200s2.700-.7 3.500-2.200M9 9.500h.01M15 9.500h.01",
	trash: "M5 7h14M10 7V4.500h4V7M7 7l.8 12.500h8.400L17 7",
};

export function icon(name) {
	const svg = document.createElementNS("http://www.w3.org/2000/svg", "svg");
	svg.setAttribute("viewBox", "0 0 24 24");
	svg.setAttribute("aria-hidden", "true");
	const path = document.createElementNS(svg.namespaceURI, "path");
	path.setAttribute("d", ICONS[name]);
	svg.append(path);
	return svg;
}

/** A coloured disc with the first character of a name; the colour is the person's own. */
export function face(person, size = "") {
	const [first = "?"] = person.name ?? "?";
	const disc = el(`span.face${size && `.${size}`}`, { "aria-hidden": "true" }, first.toUpperCase());
	// Neighbouring numbers get colours far apart: 137.5° is the golden angle.
	disc.style.setProperty("--hue", String(Math.round((Number(person.id) || 0) * 137.5) % 360));
	return disc;
}

let queued = [];
let speaking = 0;

/**
 * Says something to a screen reader. What comes within a second is said at once; of many messages only the number,
 * for nobody can listen to a flood.
 */
export function announce(text, many) {
	queued.push(text);
	speaking ||= setTimeout(() => {
		$("announcer").textContent = queued.length > 3 && many ? many(queued.length) : queued.join(". ");
		queued = [];
		speaking = 0;
	}, 1000);
}

/** A line that goes away by itself. */
export function toast(text, action) {
	const line = el("p.toast", {}, el("span", {}, text));
	const gone = () => line.remove();
	if (action) line.append(el("button.plain-button", { type: "button", onclick: () => (gone(), action.act()) }, action.label));
	$("toasts").append(line);
	setTimeout(gone, action ? 12000 : 6000);
}
