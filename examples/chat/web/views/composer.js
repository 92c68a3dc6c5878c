/** Where one writes. What is typed is remembered at every key, per room, until it is sent. */

import { supports } from "../browser/able.js";
import { helpFor, parse } from "../model/commands.js";
import * as completion from "./completion.js";
import { $ } from "./dom.js";
import * as emoji from "./emoji.js";
import * as pictures from "./pictures.js";
import * as speaking from "./speaking.js";
import { say, sentence, why } from "./words.js";

const TYPING_EVERY = 2_500;

export function mount(app) {
	const field = $("say");
	field.addEventListener("input", () => typed(app));
	field.addEventListener("blur", () => completion.close(app));
	field.addEventListener("keydown", (event) => key(app, event));
	$("composer").addEventListener("submit", (event) => {
		event.preventDefault();
		send(app);
	});
	emoji.mount(app, (sign) => insert(app, sign));
	pictures.mount(app, { note, focus });
}

// Another room is in view.
export function show(app) {
	$("say").value = app.state.drafts.in(app.state.room.name);
	completion.close(app);
	fit(app);
	app.state.composer.typedAt = 0;
	note("");
}

// What was shown here as a draft of another window has been sent there.
export function emptied(app, name, text) {
	if (app.state.room?.name !== name || $("say").value !== text) return;
	$("say").value = "";
	fit(app);
}

// Gives back what was taken out of it, before what is in it.
export function giveBack(app, text, blob) {
	if (blob) pictures.take(app, [blob], { note, focus });
	write(app, [text, $("say").value].filter(Boolean).join("\n"));
	focus();
}

export function focus() {
	$("say").focus({ preventScroll: true });
}

// A line above the field: what is wrong with what is in it.
function note(text) {
	$("composer-note").textContent = text;
}

// Puts a text in the field.
function write(app, text) {
	$("say").value = text;
	changed(app);
}

// What was said waits until somebody has looked at it.
export function held(app, name) {
	if (app.state.room.name === name) note(say("held"));
}

// Calls somebody, at the place of the cursor.
export function mention(app, name) {
	const before = $("say").value.slice(0, $("say").selectionStart);
	focus();
	insert(app, `${/\S$/.test(before) ? " " : ""}@${name} `);
}

// At the place of the cursor.
function insert(app, text) {
	const field = $("say");
	field.setRangeText(text, field.selectionStart, field.selectionEnd, "end");
	typed(app);
}

function typed(app) {
	const { composer } = app.state;
	const { value } = $("say");
	note("");
	changed(app);
	completion.update(app);
	if (!value.trim() || value.startsWith("/") || Date.now() - composer.typedAt < TYPING_EVERY) return;
	composer.typedAt = Date.now();
	app.do.typing();
}

const charactersLeft = ({ state }) => state.store.limits.message - [...$("say").value].length;

function changed(app) {
	app.state.drafts.keep(app.state.room.name, $("say").value);
	fit(app);
}

function fit(app) {
	const field = $("say");
	// Where `field-sizing` is not known yet, the field grows by hand.
	if (!supports("field-sizing", "content")) {
		field.style.height = "auto";
		field.style.height = `${field.scrollHeight}px`;
	}
	const left = charactersLeft(app);
	const isNear = left <= app.state.store.limits.message / 10;
	$("count").textContent = isNear ? say(left < 0 ? "tooMany" : "left", { count: Math.abs(left) }) : "";
	$("count").classList.toggle("error", left < 0);
}

function key(app, event) {
	if (completion.key(app, event)) return;
	if (event.key !== "Enter" || event.shiftKey || event.altKey) return;
	event.preventDefault();
	if (event.ctrlKey || event.metaKey) insert(app, "\n");
	else send(app);
}

async function send(app) {
	const text = $("say").value;
	if ((!text.trim() && pictures.none(app)) || charactersLeft(app) < 0) return;
	completion.close(app);
	if (!(await isAddressed(app, text)) || !(await isSigned(app, text))) return;
	const { say: msg, wrong, ...command } = parse(text, (name) => app.state.store.personNamed(name));
	if (wrong !== undefined) return note(say(wrong ? helpFor(wrong) : "noCommand"));
	// What is typed stays until one may say it.
	if (msg !== undefined && speaking.refuses(app)) return;
	app.state.composer.typedAt = 0;
	write(app, "");
	focus();
	if (msg !== undefined) app.do.speak(app.state.room, app.do.signed(msg), pictures.release(app, { focus }));
	else await perform(app, command, text);
}

// Is it known to whom the text is? The server may have to be asked. False: meanwhile it is another text.
async function isAddressed(app, text) {
	const { composer } = app.state;
	if (!/^\/(msg|kick|ban|mute|purge)\s/i.test(text)) return true;
	if (composer.asking) return false;
	composer.asking = true;
	await app.do.learnAddressee(text);
	composer.asking = false;
	return $("say").value === text;
}

// Is the list there for what may be codes of emoji? It is waited for a little. False: meanwhile it is another text.
async function isSigned(app, text) {
	const { composer } = app.state;
	if (!app.do.needsEmoji(text)) return true;
	if (composer.asking) return false;
	composer.asking = true;
	await app.do.waitForEmoji();
	composer.asking = false;
	return $("say").value === text;
}

async function perform(app, command, text) {
	const where = app.state.room;
	try {
		await app.do.perform(command);
	} catch (error) {
		if (app.state.room === where) giveBack(app, text);
		note(sentence(why(error)));
	}
}
