/** Governing, without a page: what one may do is what the server has said; and what it tells changes the tables. */

import assert from "node:assert/strict";
import test from "node:test";

import { sorted } from "../../../web/model/commands.js";
import { causeOfEnding } from "../../../web/model/governing.js";
import { actsOnMessage, actsOnPerson, outranks, placesOf, reviews } from "../../../web/model/rights.js";
import { secondsLeft, silence, spoken } from "../../../web/model/silence.js";
import { Store } from "../../../web/model/store.js";

const ALL = ["delete", "kick", "mute", "ban", "purge", "op", "alter", "rename", "remove", "invite", "review"];
const room = (more) => ({ room: "tea", kind: "room", epoch: "e", offset: 0, members: 3, ...more });
const said = (offset, from_id, from, msg) => ({ type: "message", room: "tea", offset, msg_time: offset, from_id, from, msg });

// A store in which alice is in `tea`, with bob and carol; and what it told.
function store({ rooms = [room()], ...welcome } = {}) {
	const told = [];
	const tell = (what) => (...about) => told.push([what, ...about]);
	const store = new Store({
		arrived: () => {}, letGo: () => {}, gap: tell("gap"), left: tell("left"), roomRenamed: tell("roomRenamed"),
	});
	const all = [{ id: 1, name: "alice" }, { id: 2, name: "bob" }, { id: 3, name: "carol" }];
	store.heard({ type: "welcome", user: { id: 1, name: "alice" }, all, rooms, room: "lobby", limits: {}, ...welcome });
	for (const { room, epoch } of rooms) store.heard({ type: "history", room, epoch, recovered: false, events: [], more: false });
	const tea = store.rooms.get("tea");
	store.learnMembers(tea, { users: all.map((user) => ({ ...user, online: true })), members: 3, here: 3 });
	return { store, tea, told };
}

const notices = (room) => room.items.filter(({ type }) => type === "notice").map(({ kind, names, by }) => [kind, names.join(), by]);

test("somebody without rights may copy, mention and report, and take back what is theirs", () => {
	const { store: it, tea } = store();
	assert.deepEqual(actsOnMessage(it, tea, said(1, 2, "bob", "hi")), [["copy", "mention", "report"]]);
	assert.deepEqual(actsOnMessage(it, tea, said(1, 1, "alice", "hi")), [["copy"], ["delete"]]);
	assert.deepEqual(actsOnMessage(it, tea, { ...said(1, 2, "bob", ""), deleted: true }), [["mention"]]);
	assert.deepEqual(actsOnPerson(it, tea, it.people.get(2)), [["talkTo", "mention"]]);
	assert.equal(reviews(it), false);
});

test("an op may what the server says, to those who are less", () => {
	const { store: it, tea } = store({ rooms: [room({ op: true, may: ALL })] });
	tea.appoint(1, true);
	const acts = () => actsOnPerson(it, tea, it.people.get(2));
	assert.deepEqual(acts(), [["talkTo", "mention"], ["mute", "kick", "ban", "purge"], ["op"]]);
	tea.silence(2, true);
	assert.equal(acts()[1][0], "unmute");
	assert.deepEqual(actsOnMessage(it, tea, said(1, 2, "bob", "hi"))[1], ["delete"]);
	// Another op is no less, and neither is an admin.
	tea.appoint(2, true);
	assert.deepEqual(acts(), [["talkTo", "mention"]]);
	tea.appoint(2, false);
	it.people.get(2).role = "admin";
	assert.deepEqual(acts(), [["talkTo", "mention"]]);
	assert.equal(outranks(it, tea, it.me), false, "nobody is more than themself");
	tea.may = ["mute"];
	it.people.get(2).role = undefined;
	assert.deepEqual(acts(), [["talkTo", "mention"], ["unmute"]]);
});

test("where something may be done is in the room, in the chat, or in both", () => {
	const { store: it, tea } = store({ rooms: [room({ may: ["mute", "ban"] })], may: ["ban", "role"] });
	assert.deepEqual(["mute", "ban", "role", "kick"].map((right) => placesOf(it, tea, right)), [["room"], ["room", "chat"], ["chat"], []]);
});

test("commands that one may use come first", () => {
	const { store: it, tea } = store({ rooms: [room({ may: ["kick"] })], may: ["announce"] });
	const { mine, groups, others } = sorted(it, tea);
	assert.deepEqual([groups.oneself.length, groups.room, groups.chat], [6, ["kick"], ["announce"]]);
	assert.ok(["nick", "link", "kick", "announce"].every((name) => mine.includes(name)));
	assert.ok(["ban", "topic", "door"].every((name) => others.includes(name)));
});

test("a room that is renamed is the same room, and keeps what is in it", () => {
	const { store: it, tea, told } = store();
	it.heard(said(1, 2, "bob", "hi"));
	it.heard({ type: "altered", room: "+12", old: "tea", kind: "private", title: "Green tea", topic: "leaves", by: { id: 2, name: "bob" } });
	assert.equal(it.rooms.get("+12"), tea);
	assert.deepEqual([tea.name, tea.kind, tea.title, tea.topic, tea.unread, it.rooms.has("tea")], ["+12", "private", "Green tea", "leaves", 1, false]);
	assert.deepEqual(told.at(-1), ["roomRenamed", tea, "tea"]);
	assert.deepEqual(notices(tea), [["noticePrivate", "Green tea", "bob"], ["noticeTopic", "leaves", "bob"]]);
	// What is not said is not so any more.
	it.heard({ type: "altered", room: "+12", kind: "private", title: "Green tea", slow: 30, closed: true });
	assert.deepEqual([tea.topic, tea.slow, tea.closed], ["", 30, true]);
	assert.deepEqual(notices(tea).slice(2).map(([kind]) => kind), ["noticeNoTopic", "noticeSlow", "noticeClosed"]);
	it.heard({ ...said(2, 2, "bob", "there"), room: "+12" });
	assert.equal(tea.items.at(-1).msg, "there");
});

test("a room that was renamed while one was away is the same room, also for the next visit", () => {
	const { store: it, tea, told } = store();
	const again = new Store({ roomRenamed: (room, old) => told.push(["again", room.name, old]) });
	again.restore(it.places());
	const rooms = [room({ room: "coffee" })];
	const welcome = { type: "welcome", user: { id: 1, name: "alice" }, rooms, room: "lobby", limits: {} };
	it.heard(welcome);
	assert.equal(it.rooms.get("coffee"), tea);
	assert.deepEqual(told.at(-1), ["roomRenamed", tea, "tea"]);
	again.heard(welcome);
	assert.deepEqual([told.at(-1), [...again.rooms.keys()]], [["again", "coffee", "tea"], ["coffee"]]);
	// Another epoch is another room.
	it.heard({ ...welcome, rooms: [room({ room: "cocoa", epoch: "f" })] });
	assert.notEqual(it.rooms.get("cocoa"), tea);
});

test("one speaks if the room is open, one is not muted, and not too soon", () => {
	const { tea } = store({ rooms: [room({ slow: 30 })] });
	assert.equal(silence(tea, 1_000), undefined);
	spoken(tea, 1_000);
	assert.deepEqual(silence(tea, 1_500), { why: "slow", until: 31_000 });
	assert.deepEqual([secondsLeft(31_000, 1_500), secondsLeft(31_000, 31_000), secondsLeft(31_000, 40_000)], [30, 0, 0]);
	assert.equal(silence(tea, 31_000), undefined);
	tea.closed = true;
	assert.deepEqual(silence(tea, 31_000), { why: "closed" });
	tea.may = ["delete"];
	assert.equal(silence(tea, 31_000), undefined, "who governs it speaks");
	spoken(tea, 40_000);
	assert.equal(silence(tea, 40_001), undefined, "and as fast as they like");
});

test("who is muted is so in one room or in all, until then or until somebody ends it", () => {
	const { store: it, tea } = store({ rooms: [room(), room({ room: "lobby", muted: true })] });
	const lobby = it.rooms.get("lobby");
	assert.deepEqual(silence(lobby, 5), { why: "muted", until: undefined });
	it.heard({ type: "muted", room: "tea", until: 100 });
	assert.deepEqual([silence(tea, 99)?.why, silence(tea, 100)], ["muted", undefined]);
	it.heard({ type: "unmuted" });
	assert.deepEqual([silence(lobby, 5), silence(tea, 5)], [undefined, undefined]);
	it.heard({ type: "muted" });
	assert.ok(silence(lobby, 5) && silence(tea, 5));
});

test("rights come and go with what one is", () => {
	const { store: it, tea } = store();
	it.heard({ type: "op", room: "tea", user: { id: 1, name: "alice" }, op: true, may: ["delete"], by: { id: 2, name: "bob" } });
	assert.deepEqual([tea.op, tea.may, tea.ops.has(1)], [true, ["delete"], true]);
	it.heard({ type: "op", room: "tea", user: { id: 1, name: "alice" }, op: false });
	assert.deepEqual([tea.op, tea.may], [false, []]);
	it.heard({ type: "you", role: "admin", may: ["ban"] });
	assert.deepEqual([it.me.role, it.may], ["admin", ["ban"]]);
	assert.ok(tea.may.includes("ban"), "an admin governs every room");
	it.heard({ type: "you", may: [] });
	assert.deepEqual([it.me.role, it.may, tea.may], [undefined, [], []]);
	const { version } = tea.users;
	it.heard({ type: "role", user: { id: 2, name: "bob", role: "owner" } });
	assert.equal(it.people.get(2).role, "owner");
	assert.ok(tea.users.version > version, "the list of members is drawn anew");
	it.heard({ type: "role", user: { id: 2, name: "bob" } });
	assert.equal(it.people.get(2).role, undefined);
});

test("what is deleted together is gone together, and says who did it", () => {
	const { store: it, tea } = store();
	for (const offset of [1, 2, 3]) it.heard({ ...said(offset, 2, "bob", "@alice spam"), mentions: [1] });
	it.heard(said(4, 3, "carol", "enough"));
	assert.equal(tea.mentions, 3);
	it.heard({ type: "deleted", room: "tea", offset: 5, msg_time: 5, from_id: 3, from: "carol", targets: [1, 3], of_id: 2 });
	assert.deepEqual(tea.items.map(({ deleted = false, by }) => [deleted, by]), [[true, "carol"], [false, undefined], [true, "carol"], [false, undefined]]);
	assert.equal(tea.mentions, 1);
	it.heard({ type: "deleted", room: "tea", offset: 6, msg_time: 6, from_id: 2, from: "bob", target: 2 });
	assert.deepEqual([tea.items[1].deleted, tea.items[1].by], [true, undefined], "their own needs no name");
});

test("who is put out is told by whom, and others see it", () => {
	const { store: it, tea, told } = store();
	it.heard({ type: "left", room: "tea", user: { id: 2, name: "bob" }, members: 2, by: { id: 3, name: "carol" }, reason: "spam" });
	assert.deepEqual(notices(tea), [["noticePutOut", "bob", "carol"]]);
	it.heard({ type: "left", room: "tea", user: { id: 1, name: "alice" }, members: 1, by: { id: 3, name: "carol" }, reason: "spam" });
	assert.deepEqual(told.at(-1), ["left", tea, { by: { id: 3, name: "carol" }, reason: "spam" }]);
});

test("somebody who has erased themself has another name in all that they said", () => {
	const { store: it, tea } = store();
	it.heard(said(1, 2, "bob", "hi"));
	it.heard({ type: "erased", user: { id: 2, name: "gone-2" } });
	assert.deepEqual([tea.items[0].from, tea.items[0].stale, tea.users.has(2), it.personNamed("bob")], ["gone-2", true, false, undefined]);
});

test("what waits to be looked at is counted until it is settled", () => {
	const { store: it } = store({ may: ["review"] });
	assert.equal(reviews(it), true);
	it.heard({ type: "reports", reports: [{ id: 4, room: "tea" }] });
	it.heard({ type: "reported", report: 9, room: "tea" });
	assert.equal(it.reports.size, 2);
	it.heard({ type: "settled", report: 4 });
	assert.deepEqual([...it.reports.keys()], [9]);
	it.heard({ type: "announcement", id: 3, msg: "hear, hear", msg_time: 1 });
	assert.equal(it.announcement.msg, "hear, hear");
	it.heard({ type: "announcement", id: 0, msg: "", msg_time: 0 });
	assert.equal(it.announcement, undefined);
});

test("the words of an ending say by whom and why", () => {
	const table = [
		["you were put out by alice: spam: again", "alice", "spam: again"],
		["you were put out", undefined, undefined],
		["you may not be here any more by Anna Maria: spam", "Anna Maria", "spam"],
		["you may not be here for 3 hours: spam", undefined, "spam"],
		["you may not be here for 3 hours by bob", "bob", undefined],
		["this address may not come in", undefined, undefined],
		["", undefined, undefined],
		["the words of another server", undefined, "the words of another server"],
	];
	for (const [words, by, reason] of table) assert.deepEqual(causeOfEnding(words), { by, reason }, words);
});

test("the mark of who is muted goes when the time is over", () => {
	const { store: it, tea } = store({ rooms: [room({ op: true, may: ALL })] });
	const muted = (id, more) => ({ id, name: `p${id}`, online: true, muted: true, ...more });
	it.learnMembers(tea, { users: [muted(2, { muted_until: 500 }), muted(3)], members: 3, here: 3 });
	assert.equal(tea.lapse(499), 500, "it is looked at again then");
	const { version } = tea.users;
	assert.equal(tea.lapse(500), Infinity);
	assert.deepEqual([...tea.silenced.keys()], [3], "for ever is for ever");
	assert.notEqual(tea.users.version, version, "the list is drawn anew");
	tea.silence(2, true, 900);
	tea.silence(2, true, 1_200);
	assert.equal(tea.lapse(900), 1_200, "longer than it was");
	it.learnMembers(tea, { users: [{ id: 2, name: "p2", online: true }], members: 3, here: 3 }, { isMore: true });
	assert.equal(tea.lapse(901), Infinity, "and ended before");
});

test("what is said in a private talk can be reported, too", () => {
	const { store: it } = store();
	const talk = it.talk({ id: 2, name: "bob" });
	assert.deepEqual(actsOnMessage(it, talk, said(1, 2, "bob", "psst")), [["copy", "mention", "report"]]);
	assert.deepEqual(actsOnMessage(it, talk, said(1, 1, "alice", "hm")), [["copy"], ["delete"]]);
});
