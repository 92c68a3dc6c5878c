/**
 * Arriving. Who is known says hello and is there; who is not is asked for a name, on a page that says where one comes
 * to and who can read there. The server looks at the name before anybody hears of it: a refusal comes back to this page.
 */

import { inTurn as takeTurn } from "./browser.js";
import * as chat from "./chat.js";
import * as connection from "./connection.js";
import { $ } from "./dom.js";
import { Identity } from "./identity.js";
import { forgetAll, ofWindow, onRemembered, recall, remember } from "./storage.js";
import { say, sentence, why } from "./words.js";

// If the server cannot take anybody, and does not say until when: in milliseconds.
const SOON = 6_000;

export const identity = new Identity();

let key;
let wish = "";
// Why the last name was refused.
let refusal;
// The room of the page's address that was named to a newcomer, who came in.
export let agreed;

// `ofServer` is where this browser keeps something of the person on this server.
export function open(ofServer) {
	key = ofServer;
	learn();
	onRemembered(key("token"), () => {
		learn();
		if (!identity.token) location.reload(); // forgotten in another window
		else if (!chat.me()) chat.connect(); // somebody came in there
	});
}

const learn = () => identity.learn({ ...recall(key("person")), token: recall(key("token")) });

function keep() {
	remember(key("person"), { name: identity.name, older: identity.older });
	remember(key("token"), identity.token);
}

// Whoever comes next is somebody else: nothing of this person is left, nor said in their name.
export function forget() {
	forgetAll(key(""));
	ofWindow.forgetAll(key(""));
	location.reload();
}

// Somebody new is made in one window at a time: two that are opened together are one person.
export const inTurn = (work) => (identity.isKnown ? work() : takeTurn("pollcat:newcomer", work));

export function hello() {
	learn(); // another window may have had its turn
	return identity.hello(wish);
}

// Is this welcome meant for who said hello here?
export function isWelcome(welcome) {
	if (!identity.welcomed(welcome)) return false;
	wish = "";
	refusal = undefined;
	keep();
	$("arrival").hidden = true;
	return true;
}

export function renamed(name) {
	identity.name = name;
	keep();
}

// The server did not take the hello.
export function refused(error) {
	if (error.code === "unknown_token") {
		identity.unknown();
		if (identity.isKnown || wish || identity.name) return connection.greet();
	} else if (!/name/.test(error.code)) {
		return error.retry_after ? connection.greetIn(error.retry_after) : connection.resume(SOON);
	} else {
		refusal = error;
	}
	connection.disconnect();
	askName();
}

export function askName() {
	$("app").hidden = true;
	$("arrival").hidden = false;
	$("arrival-name").value ||= wish || identity.name;
	show();
	$("arrival-name").select();
	$("arrival-name").focus();
}

// Where one comes to, and why one is not there yet.
export function show() {
	const room = chat.namedRoom();
	put("arrival-place", say(room && !room.startsWith("@") ? "arrivalRoom" : "arrivalServer", { room, server: new URL(chat.url).host }));
	put("arrival-note", connection.state === "connecting" ? say("connecting") : "");
	put("arrival-error", refusal ? sentence(why(refusal)) : connection.state === "off" ? "" : trouble());
}

// Why there is no connection, in words.
export function trouble() {
	const { state, cause, reason } = connection;
	const key = { waiting: `cause_${cause}`, off: "offBanner", ended: "endedBanner" }[state];
	return key ? say(key, { reason }) : "";
}

function put(id, text) {
	if ($(id).textContent !== text) $(id).textContent = text;
}

$("arrival-form").addEventListener("submit", (event) => {
	event.preventDefault();
	wish = $("arrival-name").value.trim();
	refusal = undefined;
	agreed = chat.namedRoom();
	if (wish) chat.connect();
});
