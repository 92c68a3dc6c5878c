/** What the parts of the page are made of: cards, badges, words for what is not there, errors where they happen. */

import { button, el } from "../../views/dom.js";
import { portrait } from "../../views/face.js";
import { say, sayParts, sentence, why } from "../../views/words.js";
import { sign } from "./signs.js";

export const badge = (looks, ...content) => el(`span.parts-badge${looks}`, {}, ...content);

// A field of the page with a heading.
export const card = (title, ...content) =>
	el("section.parts-card", { ariaLabel: title }, el("h2.parts-heading", {}, title), ...content);

// What a list says that has nothing in it.
export const empty = (word, hint) =>
	el("div.parts-empty", {}, el("p.parts-nothing", {}, say(word)), hint && el("p.quiet", {}, say(hint)));

// The place of an error, near to what it is about.
export const trouble = () => el("p.error.small", { role: "alert" });
export const inWords = (error) => sentence(why(error));

// A button that does something with the server: not twice at the same time, and what was refused is told at `place`.
export function doing(looks, label, place, work) {
	const press = async () => {
		if (made.ariaDisabled === "true") return;
		made.ariaDisabled = "true";
		place.textContent = "";
		try {
			await work();
		} catch (error) {
			place.textContent = inWords(error);
		}
		made.ariaDisabled = "false";
	};
	const made = button(looks, { onclick: press }, label);
	return made;
}

// Who it was; without one, whoever runs the chat. `open(id)` shows the person.
export function who(person, open) {
	if (!person) return el("span.quiet", {}, say("theOperator"));
	const name = el("bdi", {}, person.name);
	return open ? button(".link.parts-who", { onclick: () => open(person.id) }, name) : name;
}

// A sentence whose `{words}` are elements.
export const phrase = (key, parts) => sayParts(key, parts).filter((part) => part !== "");

// How a room is called for people: a private one by its title, or its number where that may not be told.
export function roomName({ room, title }) {
	if (title) return title;
	if (room === "lobby") return say("lobby");
	if (room.startsWith("@")) return say("aTalk");
	return room.startsWith("+") ? say("privateRoom", { number: room.slice(1) }) : room;
}

// With the sign of those that everybody finds.
export const signed = ({ room, title }) => `${/^[@+]/.test(room) ? "" : "#"}${roomName({ room, title })}`;

// The same where its title may not be told: it is looked up in the list of rooms.
export const signedIn = (app, { room, title }) => signed({ room, title: title ?? app.do.known("rooms", room)?.title });

// The face of somebody; whoever runs the chat has a key.
export const faceOf = (person, size = "") =>
	person ? portrait(person, size) : el(`span.face.shell-operator.${size}`, { ariaHidden: "true" }, sign("admins"));

// Things one after the other, with points between.
export function dotted(...things) {
	const there = things.filter(Boolean);
	return there.flatMap((thing, at) => (at ? [" · ", thing] : [thing]));
}
