/** Where one writes. What is typed is remembered at every key, per room, until it is sent. */

import * as chat from "./chat.js";
import { parse } from "./commands.js";
import * as completion from "./completion.js";
import { $, button } from "./dom.js";
import * as pictures from "./pictures.js";
import { say, why } from "./words.js";

const TYPING_EVERY = 2_500;
const EMOJI = "😀😂🤣😊😍😘😜🤔😎🥳😴😢😭😡😱🙄😅🤗🤝👍👎👌👏🙏💪👋🎉💔🔥✨🌙🍵🍺🍜🎂🎁🎵📷💡✅❌🐱🐶🐼🐟🌸🍀";

const field = $("say");
let typedAt = 0;

export function show(room) {
	write(chat.draft(room));
	typedAt = 0;
	note("");
}

// Puts a text in the field.
export function write(text) {
	field.value = text;
	changed();
}

// Gives back what was taken out of it, before what is in it.
export function giveBack(text) {
	write([text, field.value].filter(Boolean).join("\n"));
	focus();
}

export function focus() {
	field.focus({ preventScroll: true });
}

// A line above the field: what is wrong with what is in it.
export function note(text) {
	$("composer-note").textContent = text;
}

// At the place of the cursor.
function insert(text) {
	field.setRangeText(text, field.selectionStart, field.selectionEnd, "end");
	typed();
}

function typed() {
	note("");
	changed();
	completion.update();
	if (!field.value.trim() || field.value.startsWith("/") || Date.now() - typedAt < TYPING_EVERY) return;
	typedAt = Date.now();
	chat.typing();
}

const charactersLeft = () => chat.store.limits.message - [...field.value].length;

function changed() {
	chat.draft(chat.room, field.value);
	// Where `field-sizing` is not known yet, the field grows by hand.
	if (!CSS.supports("field-sizing", "content")) {
		field.style.height = "auto";
		field.style.height = `${field.scrollHeight}px`;
	}
	const left = charactersLeft();
	$("count").textContent = left > chat.store.limits.message / 10 ? "" : say(left < 0 ? "tooMany" : "left", { count: Math.abs(left) });
	$("count").classList.toggle("error", left < 0);
}

async function send() {
	const text = field.value;
	if ((!text.trim() && pictures.none()) || charactersLeft() < 0) return;
	const { say: msg, wrong, ...command } = parse(text);
	if (wrong) return note(say(wrong));
	completion.close();
	typedAt = 0;
	write("");
	focus();
	if (msg !== undefined) return chat.speak(chat.room, msg, pictures.release());
	try {
		await chat.perform(command);
	} catch (error) {
		giveBack(text);
		note(why(error));
	}
}

export function toggleEmoji(open = $("emoji").hidden) {
	if (open !== $("emoji").hidden) return;
	$("emoji").hidden = !open;
	$("emoji-button").ariaExpanded = String(open);
	if (open) $("emoji").firstChild.focus();
	else focus();
}

$("emoji").append(...[...EMOJI].map((sign) => button("", { onclick: () => (insert(sign), toggleEmoji(false)) }, sign)));
$("emoji").addEventListener("keydown", ({ key }) => key === "Escape" && toggleEmoji(false));

field.addEventListener("input", typed);
field.addEventListener("blur", completion.close);
field.addEventListener("keydown", (event) => {
	// While an input method composes, every key is its own: Enter chooses a word and sends nothing. (Safari ends the
	// composition before that Enter, which then still has the code 229.)
	if (event.isComposing || event.keyCode === 229 || completion.key(event)) return;
	if (event.key !== "Enter" || event.shiftKey || event.altKey) return;
	event.preventDefault();
	if (event.ctrlKey || event.metaKey) insert("\n");
	else send();
});
$("composer").addEventListener("submit", (event) => {
	event.preventDefault();
	send();
});
