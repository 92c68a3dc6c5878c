/** What is asked before somebody goes into a room, or out of one, or takes a message back. */

import { sure } from "./dialog.js";
import { $ } from "./dom.js";
import { nameOf, say, signedName } from "./words.js";

// The question about the room of the page's address, so that it ends when the address is another one.
export function askToJoin(name, join) {
	const dialog = sure(say("joinSure", { room: name }), say("join"), join, ".primary");
	dialog.dataset.address = name;
}

export function endQuestion() {
	document.querySelector("dialog[data-address]")?.close();
}

export function askToLeave(app, room) {
	const leave = () => app.do.leave(room);
	if (room.other) sure(say("leaveTalkSure", { name: nameOf(room) }), say("leaveTalk"), leave, ".primary");
	else sure(say("leaveSure", { room: signedName(room) }), say("leave"), leave);
}

export function askToTakeBack(app, { offset }) {
	const { name } = app.state.room;
	const at = [...$("rows").children].indexOf(document.activeElement.closest(".message"));
	sure(say("deleteSure"), say("delete"), async () => {
		await app.do.takeBack(name, offset);
		app.do.drawNow();
		// The button is gone that had the focus: the message has it.
		if (document.activeElement === document.body) $("rows").children[at]?.focus({ preventScroll: true });
	});
}

export function askToForget(app) {
	sure(say("forgetSure", { name: app.state.store.me?.name }), say("forget"), () => app.do.forget());
}
