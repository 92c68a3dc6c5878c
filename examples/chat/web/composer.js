/** Where one writes. What is typed is remembered at every key, per room, until it is sent. */

import { supports } from "./browser.js";
import * as chat from "./chat.js";
import { helpFor, parse } from "./commands.js";
import * as completion from "./completion.js";
import { $, button } from "./dom.js";
import { draftIn, keep } from "./drafts.js";
import * as pictures from "./pictures.js";
import { say, sentence, why } from "./words.js";

const TYPING_EVERY = 2_500;
const EMOJI = "😀😄😁😅😂🤣😊🙂😉😍😘😜🤪🤔🤨😐😏😬🙄😎🤓🥳😴😷🤒🤯😢😭😤😡😱😳🥺😇🤗🤫🤝👍👎👌✌️🤞👏🙌🙏💪👋👀🧠🎉🎂🎁🎈🏆⚽🎵🎮📷💡📌📎⏰✅❌❓❗⚠️🔥✨⭐🌙☀️🌈☔❄️🌊❤️🧡💛💚💙💜💔💯🍵☕🍺🍷🍜🍕🍚🥟🍎🐱🐶🐼🐟🐢🦊🌸🍀🌳🚀🚗🏠";

const field = $("say");
let typedAt = 0;
// Is the server asked to whom a line is?
let asking = false;

export function show(room) {
	field.value = draftIn(room.name);
	fit();
	typedAt = 0;
	note("");
}

// Puts a text in the field.
function write(text) {
	field.value = text;
	changed();
}

// What was shown here as a draft of another window has been sent there.
export function emptied(name, text) {
	if (chat.room?.name !== name || field.value !== text) return;
	field.value = "";
	fit();
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
	keep(chat.room.name, field.value);
	fit();
}

function fit() {
	// Where `field-sizing` is not known yet, the field grows by hand.
	if (!supports("field-sizing", "content")) {
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
	completion.close();
	if (/^\/msg\s/i.test(text)) {
		if (asking) return;
		asking = true;
		await chat.learnAddressee(text);
		asking = false;
		if (field.value !== text) return;
	}
	const { say: msg, wrong, ...command } = parse(text, chat.personNamed);
	if (wrong !== undefined) return note(say(wrong ? helpFor(wrong) : "noCommand"));
	typedAt = 0;
	write("");
	focus();
	if (msg !== undefined) return chat.speak(chat.room, msg, pictures.release());
	const where = chat.room;
	try {
		await chat.perform(command);
	} catch (error) {
		if (chat.room === where) giveBack(text);
		note(sentence(why(error)));
	}
}

export function toggleEmoji(open = $("emoji").hidden) {
	if (open !== $("emoji").hidden) return;
	$("emoji").hidden = !open;
	$("emoji-button").setAttribute("aria-expanded", open);
	if (open) $("emoji").firstChild.focus();
	else focus();
}

$("emoji").append(...EMOJI.match(/\p{Extended_Pictographic}\ufe0f?/gu).map((sign) => button("", { onclick: () => (insert(sign), toggleEmoji(false)) }, sign)));
$("emoji").addEventListener("keydown", ({ key }) => key === "Escape" && toggleEmoji(false));

field.addEventListener("input", typed);
field.addEventListener("blur", completion.close);
field.addEventListener("keydown", (event) => {
	if (completion.key(event)) return;
	if (event.key !== "Enter" || event.shiftKey || event.altKey) return;
	event.preventDefault();
	if (event.ctrlKey || event.metaKey) insert("\n");
	else send();
});
$("composer").addEventListener("submit", (event) => {
	event.preventDefault();
	send();
});
