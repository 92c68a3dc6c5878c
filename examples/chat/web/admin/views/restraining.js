/** Muting, banning, disconnecting somebody, and erasing what they said: where, for how long, why, and what it means. */

import { say } from "../../views/words.js";
import { BANS, MUTES } from "../model/lengths.js";
import { ask } from "./asking.js";
import { checkbox, choose, labelled, text } from "./forms.js";
import { span, spanOrEver } from "./measures.js";
import { signed } from "./parts.js";

const SINCE = ["hour", "day", "ever"];
const MOST_WORDS = 200;

export function askMute(app, person, room) {
	const wish = { type: "mute", user: person.id, room, seconds: MUTES[1] };
	const words = () => say("muteWords", { name: person.name, where: whereOf(person, wish.room), time: forHowLong(wish) });
	const tell = question(app, person, wish, "mute", words, [
		whereField(person, wish, () => tell(words())), lengthField(MUTES, wish, () => tell(words())), reasonField(wish),
	]);
}

export function askBan(app, person, room) {
	const wish = { type: "ban", user: person.id, room, seconds: BANS[1] };
	const words = () => [
		say("banWords", { name: person.name, where: outOf(person, wish.room), time: forHowLong(wish) }),
		wish.addresses && !wish.room && say("banAddresses", { name: person.name }),
		wish.erase && say("eraseWords", { since: say(`since_${wish.erase}`) }),
	].filter(Boolean).join(" ");
	// Addresses are for the whole chat alone.
	const again = () => {
		box.hidden = Boolean(wish.room);
		tell(words());
	};
	const box = checkbox("alsoAddresses", undefined, false, (on) => {
		wish.addresses = on || undefined;
		again();
	});
	const tell = question(app, person, wish, "ban", words, [
		whereField(person, wish, again), lengthField(BANS, wish, again), eraseField(wish, again), box, reasonField(wish),
	]);
	again();
}

export function askKick(app, person) {
	const wish = { type: "kick", user: person.id };
	question(app, person, wish, "kick", () => say("kickWords", { name: person.name }), [reasonField(wish)]);
}

export function askPurge(app, person) {
	const wish = { type: "purge", user: person.id, since: "hour" };
	const words = () => say("eraseWords", { since: say(`since_${wish.since}`) });
	const again = () => tell(words());
	const since = choose(SINCE.map((one) => [one, say(`since_${one}`)]), wish.since, (value) => {
		wish.since = value;
		again();
	});
	const tell = question(app, person, wish, "purge", words, [
		whereField(person, wish, again), labelled("howLongAgo", since), reasonField(wish),
	]);
}

function question(app, { name }, wish, what, words, fields) {
	return ask({
		title: say(`${what}Title`, { name }), words: words(), label: say(what), fields,
		act: () => app.do.act({
			...wish, addresses: wish.room ? undefined : wish.addresses, reason: wish.reason || undefined,
		}),
	});
}

// The whole chat, or one of the rooms where they are.
function whereField({ rooms }, wish, changed) {
	const there = Array.isArray(rooms) ? rooms : [];
	const known = there.some(({ room }) => room === wish.room) || !wish.room ? there : [{ room: wish.room }, ...there];
	// Nobody is put out of the lobby.
	const places = known.filter(({ room }) => wish.type !== "ban" || room !== "lobby");
	const choices = [["", say("wholeChat")], ...places.map((place) => [place.room, signed(place)])];
	return labelled("where", choose(choices, wish.room ?? "", (room) => {
		wish.room = room || undefined;
		changed();
	}));
}

function lengthField(lengths, wish, changed) {
	const choices = lengths.map((seconds) => [String(seconds), spanOrEver(seconds)]);
	return labelled("howLong", choose(choices, String(wish.seconds), (seconds) => {
		wish.seconds = Number(seconds) || undefined;
		changed();
	}));
}

function eraseField(wish, changed) {
	const choices = [["", say("eraseNothing")], ...SINCE.map((one) => [one, say(`since_${one}`)])];
	return labelled("alsoErase", choose(choices, "", (erase) => {
		wish.erase = erase || undefined;
		changed();
	}));
}

const reasonField = (wish) =>
	labelled("reason", text({
		maxLength: MOST_WORDS, placeholder: say("reasonHint"), dir: "auto",
		oninput: ({ target }) => (wish.reason = target.value.trim()),
	}));

const forHowLong = ({ seconds }) => (seconds ? say("for_", { time: span(seconds, 1) }) : say("forEver"));

function placeOf({ rooms }, room) {
	return signed((Array.isArray(rooms) && rooms.find((one) => one.room === room)) || { room });
}
const whereOf = (person, room) => (room ? say("whereRoom", { room: placeOf(person, room) }) : say("whereChat"));
const outOf = (person, room) => (room ? say("fromRoom", { room: placeOf(person, room) }) : say("fromChat"));
