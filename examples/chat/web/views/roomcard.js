/** What a room is, behind its title: and for those who govern it, what it may become. */

import { bots } from "./bots.js";
import { open, status, sure } from "./dialog.js";
import { button, el, icon } from "./dom.js";
import { check, choose } from "./govern.js";
import { invites } from "./invite.js";
import { levelField } from "./level.js";
import { tellError } from "./notices.js";
import { askToLeave } from "./questions.js";
import { restraints } from "./restraints.js";
import { targets } from "./targets.js";
import { nameOf, say, sentence, signedName, span, why } from "./words.js";

// In seconds.
const PACES = [0, 5, 10, 30, 60, 300, 900, 3_600];
const LONGEST_TOPIC = 200;
const DOORS = ["open", "named", "invited", "shut"];

export function roomCard(app) {
	const { room, store } = app.state;
	if (room.other) return app.do.openDrawer("");
	const may = (right) => room.may.includes(right);
	const isHome = room.name === store.home;
	const leave = () => (dialog.close(), askToLeave(app, room));
	const governsChat = (right) => isHome && store.may.includes(right);
	const remove = () => (dialog.close(), askToRemove(app, room));
	const dialog = open(signedName(room),
		room.topic && el("p.roomcard-topic", { dir: "auto" }, room.topic),
		el("ul.roomcard-facts", {}, facts(app, room).map(fact)),
		levelField(app, room),
		may("alter") && settings(app, room, may),
		isHome && store.may.length > 0 && chatSettings(app),
		el("p.govern-buttons", {},
			(may("invite") || governsChat("invite")) && act("invite", () => invites(app, room)),
			(may("ban") || may("mute") || governsChat("ban")) && act("restrained", () => restraints(app, room)),
			store.may.includes("bots") && act("bots", () => bots(app)),
			store.may.includes("targets") && act("targets", () => targets(app, room)),
			!isHome && act("leave", leave),
			may("remove") && button(".danger", { onclick: remove }, say("removeRoom"))));
	return dialog;
}

const fact = ([sign, text]) => el("li", {}, icon(sign), el("span.grow", {}, text));
const act = (word, onclick) => button("", { onclick }, say(word));

function facts(app, room) {
	const { store } = app.state;
	const ops = [...room.ops].map((id) => store.people.get(id)?.name).filter(Boolean);
	const kind = room.kind === "private" ? ["lock", say("isPrivate")] : ["rooms", say("isPublic")];
	return [
		kind,
		["members", say("memberCount", { count: room.members })],
		ops.length > 0 && ["shield", say("opsAre", { names: ops.join(", ") })],
		room.closed && ["closed", say("isClosed")],
		room.slow > 0 && ["clock", say("isSlow", { time: span(room.slow) })],
	].filter(Boolean);
}

// Asks for a change, which is so at once, and for everybody. True: it is done.
const changing = (app, note) => async (request) => {
	try {
		await app.do.govern(request);
		note.textContent = say("changed");
		return true;
	} catch (error) {
		note.textContent = sentence(why(error));
		return false;
	}
};

function settings(app, room, may) {
	const note = status();
	const ask = changing(app, note);
	const alter = (change) => ask({ type: "alter", room: room.name, ...change });
	const line = (word, key, value, maxLength) => {
		const input = el("input", { value, ariaLabel: say(word), maxLength });
		const onsubmit = (event) => (event.preventDefault(), alter({ [key]: input.value.trim() }));
		return el("form.govern-line", { onsubmit }, el("label", {}, el("span.small", {}, say(word)), input),
			el("button", {}, say("change")));
	};
	const paces = PACES.includes(room.slow) ? PACES : [...PACES, room.slow];
	const pace = choose("roomSlow", paces.map((slow) => [slow ? span(slow) : say("notSlow"), slow]), room.slow,
		async () => {
			if (!(await alter({ slow: Number(pace.select.value) }))) pace.select.value = room.slow;
		});
	const tick = async (box, change) => {
		if (!(await alter(change))) box.checked = !box.checked;
	};
	const closed = check("roomClosed", {
		checked: room.closed, onchange: () => tick(closed.box, { closed: closed.box.checked }),
	});
	const hidden = check("roomPrivate", {
		checked: room.kind === "private", onchange: () => tick(hidden.box, { private: hidden.box.checked }),
	});
	return el("div.govern", {},
		may("rename") && line("roomName", "name", nameOf(room)), line("roomTopic", "topic", room.topic, LONGEST_TOPIC),
		pace.label, closed.label, may("rename") && hidden.label, note);
}

// Of the whole chat, where everybody is.
function chatSettings(app) {
	const { store } = app.state;
	const note = status();
	const ask = changing(app, note);
	const door = choose("chatDoor", DOORS.map((door) => [say(`door_${door}`), door]), store.door, async () => {
		if (!(await ask({ type: "door", door: door.select.value }))) door.select.value = store.door;
	});
	const words = el("input", { value: store.announcement?.msg ?? "", ariaLabel: say("announcementText") });
	const onsubmit = (event) => (event.preventDefault(), ask({ type: "announce", msg: words.value.trim() }));
	return el("div.govern", {}, el("h2", {}, say("wholeChat")), store.may.includes("door") && door.label,
		store.may.includes("announce") && el("form.govern-line", { onsubmit },
			el("label", {}, el("span.small", {}, say("announcementText")), words), el("button", {}, say("announceIt"))), note);
}

export function askToRemove(app, room) {
	sure(say("removeSure", { room: signedName(room) }), say("removeRoom"),
		() => app.do.govern({ type: "remove", room: room.name }).catch(tellError));
}
