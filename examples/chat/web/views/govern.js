/** Before somebody is governed, or a message is reported: for how long, why, where, and what goes with it. */

import { placesOf } from "../model/rights.js";
import { open, status, sure } from "./dialog.js";
import { button, el } from "./dom.js";
import { toast } from "./toasts.js";
import { say, sentence, signedName, why } from "./words.js";

// A reason has at most so many characters.
const LONGEST_REASON = 200;
const MINUTE = 60;
const DAY = 24 * 60 * MINUTE;
const TIMES = [
	["time_10m", 10 * MINUTE], ["time_1h", 60 * MINUTE], ["time_1d", DAY], ["time_7d", 7 * DAY], ["time_30d", 30 * DAY],
];
const SINCE = ["hour", "day", "ever"];
const ROLES = ["member", "admin", "owner"];

// Which questions each act asks.
const ASKS = {
	mute: ["time", "reason"], kick: ["reason"], ban: ["time", "reason", "addresses", "erase"], purge: ["since"],
	role: ["role"],
};

// One of some, under a word.
export function choose(word, choices, chosen, onchange) {
	const isChosen = (value) => String(value) === String(chosen);
	const options = choices.map(([text, value]) => el("option", { value, selected: isChosen(value) }, text));
	const select = el("select", { onchange }, options);
	return { select, label: el("label.govern-row", {}, el("span.grow", {}, say(word)), select) };
}

export function check(word, properties) {
	const box = el("input", { type: "checkbox", ...properties });
	return { box, label: el("label.settings-choice", {}, box, say(word)) };
}

// Times with a word for each, from the shortest; the last has none, and lasts.
export const times = (last = "time_ever") => [...TIMES.map(([word, value]) => [say(word), value]), [say(last), ""]];

// `act`: mute, kick, ban, purge or role.
export function restrain(app, act, person, room = app.state.room) {
	const { store } = app.state;
	const places = act === "role" ? ["chat"] : placesOf(store, room, act);
	const where = choose("govern_where", places.map((place) => [placeName(place, room), place]), places[0], () => fit());
	const time = choose("govern_time", times(), act === "mute" ? 60 * MINUTE : DAY);
	const reason = reasonField("govern_reason");
	const addresses = check("govern_addresses");
	const spans = SINCE.map((since) => [say(`since_${since}`), since]);
	const erase = choose("govern_erase", [[say("govern_nothing"), ""], ...spans], "");
	const since = choose("govern_since", spans, "hour");
	const role = choose("govern_role", ROLES.map((role) => [say(`role_${role}`), role]), person.role ?? "member");
	const parts = {
		time: time.label, reason, addresses: addresses.label, erase: erase.label, since: since.label, role: role.label,
	};
	const inChat = () => where.select.value === "chat";
	// Addresses are kept out of the whole chat alone.
	const fit = () => (addresses.label.hidden = !inChat());
	const given = {
		time: () => ({ seconds: Number(time.select.value) || undefined }),
		reason: () => ({ reason: reason.value.trim() || undefined }),
		addresses: () => ({ addresses: (inChat() && addresses.box.checked) || undefined }),
		erase: () => ({ erase: erase.select.value || undefined }),
		since: () => ({ since: since.select.value }),
		role: () => ({ role: role.select.value }),
	};
	const request = () => Object.assign(
		{ type: act, user: person.id, room: act === "role" || inChat() ? undefined : room.name },
		...ASKS[act].map((ask) => given[ask]()));
	const onlyPlace = () => el("p.quiet", {}, `${say("govern_where")}: ${placeName(places[0], room)}`);
	const content = [places.length > 1 ? where.label : onlyPlace(), ...ASKS[act].map((ask) => parts[ask])];
	fit();
	formOf(say(`sure_${act}`, { name: person.name, room: signedName(room) }), content, say(`do_${act}`), async () => {
		await app.do.govern(request());
		toast(say(`done_${act}`, { name: person.name }));
	});
}

const placeName = (place, room) => (place === "chat" ? say("wholeChat") : signedName(room));

const reasonField = (word) => el("input", { maxLength: LONGEST_REASON, placeholder: say(word), ariaLabel: say(word) });

// What needs no more than a yes.
export function confirmAct(app, act, person) {
	const { room } = app.state;
	const appoint = () => app.do.govern({ type: "op", user: person.id, room: room.name, op: act === "op" });
	sure(say(`sure_${act}`, { name: person.name, room: signedName(room) }), say(`do_${act}`),
		() => (act === "unmute" ? unmute(app, person, room) : appoint()), ".primary");
}

// Wherever it was that somebody was muted, as far as one may.
async function unmute(app, { id: user }, room) {
	const places = placesOf(app.state.store, room, "mute").map((place) => (place === "room" ? room.name : undefined));
	const lifted = await Promise.allSettled(places.map((room) => app.do.govern({ type: "unmute", user, room })));
	if (lifted.every(({ status }) => status === "rejected")) throw lifted[0].reason;
}

// Who will read it depends on what the room is.
export function report(app, { offset, from }) {
	const { name: room, other, kind } = app.state.room;
	const reason = reasonField("report_reason");
	const readers = other ? "talk" : kind === "private" ? "private" : "public";
	const text = el("p.quiet", {}, say(`report_${readers}`));
	formOf(say("sure_report", { name: from }), [text, reason], say("do_report"), async () => {
		await app.do.govern({ type: "report", room, offset, reason: reason.value.trim() });
		toast(say("done_report"));
	}, ".primary");
}

// A dialog that asks the server, and says what it refuses.
function formOf(title, content, label, act, looks = ".danger") {
	const wrong = status();
	const submit = async (event) => {
		event.preventDefault();
		try {
			await act();
			dialog.close();
		} catch (error) {
			wrong.textContent = sentence(why(error));
		}
	};
	const dialog = open(title, el("form.govern", { onsubmit: submit }, content, wrong, el("p.dialog-buttons", {},
		button("", { onclick: () => dialog.close() }, say("cancel")), el(`button${looks}`, {}, label))));
	dialog.querySelector("select, input")?.focus();
}
