/** What can be done with a message and with a person, as menus: only what one may. */

import { actsOnMessage, actsOnPerson } from "../model/rights.js";
import { confirmAct, report, restrain } from "./govern.js";
import { openMenu } from "./menu.js";
import { copy } from "./notices.js";
import { askToTakeBack } from "./questions.js";
import { say } from "./words.js";

// How each looks in a menu.
const LOOKS = {
	copy: { sign: "copy" }, mention: { sign: "at" }, report: { sign: "flag" }, talkTo: { sign: "talk" },
	op: { sign: "shield" }, deop: { sign: "shield" }, role: { sign: "shield" },
	delete: { sign: "delete", isDanger: true }, mute: { sign: "mute" }, unmute: { sign: "mute" },
	kick: { sign: "leave", isDanger: true }, ban: { sign: "ban", isDanger: true },
	purge: { sign: "delete", isDanger: true },
};

export function messageMenu(app, item, at) {
	const { store, room } = app.state;
	const person = personOf(app, item);
	const acts = {
		...actsFor(app, person),
		copy: () => copy(item.msg),
		report: () => report(app, item),
		delete: () => askToTakeBack(app, item),
	};
	const title = `${person.name}: ${item.deleted ? say("deleted") : item.msg || say("aPicture")}`;
	show(title, actsOnMessage(store, room, item), acts, person, at);
}

export function personMenu(app, person, at) {
	const { store, room } = app.state;
	show(person.name, actsOnPerson(store, room, person), actsFor(app, person), person, at);
}

export const personOf = ({ state: { store } }, { from_id: id, from: name, bot }) =>
	store.people.get(id) ?? { id, name, bot };

function show(title, groups, acts, { name }, at) {
	const entry = (act) => ({ ...LOOKS[act], text: say(`act_${act}`, { name }), act: acts[act] });
	if (groups.length > 0) openMenu(title, groups.map((group) => group.map(entry)), at);
}

function actsFor(app, person) {
	const restraining = (act) => [act, () => restrain(app, act, person)];
	const confirming = (act) => [act, () => confirmAct(app, act, person)];
	return {
		talkTo: () => app.do.talk(person),
		mention: () => app.page.mention(person.name),
		...Object.fromEntries(["mute", "kick", "ban", "purge", "role"].map(restraining)),
		...Object.fromEntries(["op", "deop", "unmute"].map(confirming)),
	};
}
