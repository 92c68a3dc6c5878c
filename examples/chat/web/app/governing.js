/** Governing a room, and being governed: what is asked of the server, and what follows from what it tells. */

import { causeOfEnding } from "../model/governing.js";
import { reviews } from "../model/rights.js";

// Why a connection was closed that is not tried again by itself, by the code.
const SCENES = { 4500: "kicked", 4501: "banned", 4502: "sessionEnded", 4503: "erased" };

const SILENCES = { mute: true, unmute: false };

export function governing(app) {
	const { state } = app;
	const { store, connection } = state;

	// Asks for something of governing: `{ type, room, user, … }`. The answer, or the refusal.
	async function govern(request) {
		const answer = await connection.ask(request);
		if (request.type in SILENCES) silenced(request);
		return answer;
	}

	// Who is muted hears of it, and nobody else: but who did it knows.
	function silenced({ type, user, room, seconds }) {
		const id = typeof user === "number" ? user : store.personNamed(user)?.id;
		const rooms = room === undefined ? [...store.rooms.values()] : [store.rooms.get(room)].filter(Boolean);
		for (const one of rooms) one.silence(id, SILENCES[type], seconds && Date.now() + 1_000 * seconds);
		app.do.draw();
	}

	// What waits to be looked at: told to those who may, when they come in.
	function learnReports() {
		if (app.do.isOnline() && reviews(store)) govern({ type: "reports" }).catch(() => {});
	}

	// A link was followed that leads into a room, or into the chat.
	async function accept() {
		const { invite } = state.arrival;
		if (!invite || !app.do.isOnline()) return;
		keepInvite("");
		try {
			const { room } = await govern({ type: "accept", invite });
			if (store.rooms.has(room)) app.do.goTo(store.rooms.get(room));
		} catch (error) {
			app.page.tellError(error);
		}
	}

	// An invite is kept until it is used, so that a reload does not lose it.
	function keepInvite(invite) {
		state.arrival.invite = invite;
		state.ofWindow.remember("invite", invite);
	}

	// Takes the invite out of the address, at once.
	function takeInvite() {
		const key = app.page.takeInvite();
		if (key) state.arrival.refusal = undefined;
		keepInvite(key || state.ofWindow.recall("invite") || "");
	}

	// A room is called otherwise: what belongs to it goes with it.
	function roomRenamed(room, old) {
		state.drafts.move(old, room.name);
		state.outbox.move(old, room.name);
		if (state.room === room) app.page.roomRenamed(room);
	}

	const isAbout = (user) => user?.id === store.me.id;

	// One is in a room: by an invite, or because somebody has brought one in, who looks here and not at a window of
	// one's own in which it was asked for. (A room that is known is told again when rights have changed.)
	function cameIn({ id, room: name, kind }, isNews) {
		const room = store.rooms.get(name);
		if (state.arrival.isInvited) app.do.goTo(room);
		else if (isNews && id === undefined && kind !== "direct" && app.page.isLooking()) app.page.cameIn(room);
		state.arrival.isInvited = false;
	}

	function rightsChanged(key, about) {
		app.page.tellOf(key, about);
		learnReports();
	}

	// What is said to people of what they are told.
	const HEARD = {
		room: cameIn,
		muted: ({ room, until, by, reason }) => app.page.tellOf("youMuted", { room, until, by, reason }),
		unmuted: ({ room }) => app.page.tellOf("youUnmuted", { room }),
		op: ({ room, user, op, by }) => isAbout(user) && rightsChanged(op ? "youOp" : "youDeop", { room, by }),
		you: ({ role }) => rightsChanged(`youRole_${role ?? "member"}`, {}),
		erased: () => app.page.updateTimeline(),
		altered: () => app.page.updateTimeline(),
		// Just before the end, and no answer to anything.
		error: ({ id, code, until }) => id === undefined && code === "banned" && (state.ending = { until }),
	};

	// The server has ended it, and says why by a code.
	function ended() {
		const is = SCENES[connection.code];
		if (is === "erased") app.do.forgetAll();
		if (is) showEnding({ ...state.ending, ...causeOfEnding(connection.reason), is });
	}

	// The server knows who said hello, and does not let them in.
	function turnedAway({ until, msg }) {
		connection.disconnect();
		showEnding({ is: "banned", until, ...causeOfEnding(msg) });
	}

	function showEnding(ending) {
		Object.assign(state, { scene: "ended", ending });
		app.page.showScene();
	}

	function comeBack() {
		Object.assign(state, { scene: "", ending: undefined });
		app.do.connect();
	}

	// A link to the page for those who govern the whole chat, of the server that is in use.
	async function openAdmin() {
		try {
			const { url } = await govern({ type: "admin" });
			const { href, protocol } = new URL(url, state.url.replace(/^ws/, "http"));
			if (/^https?:$/.test(protocol)) app.page.openWindow(href);
		} catch (error) {
			app.page.tellError(error);
		}
	}

	const heardOfGoverning = (object, isNews) => HEARD[object.type]?.(object, isNews);
	return {
		govern, learnReports, accept, keepInvite, takeInvite, roomRenamed, heardOfGoverning, ended, turnedAway,
		comeBack, openAdmin,
	};
}
