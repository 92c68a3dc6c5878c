/**
 * The members of the room in view: those who are here first, then by name, and one can look for a name. Of thousands
 * only the rows in view are made, twice a second at most, and only if somebody sees them; and of a crowd only those are
 * watched. Tab finds one of them; the arrows the others.
 */

import { attempt } from "../model/attempt.js";
import { personMenu } from "./acts.js";
import { botBadge } from "./bot.js";
import { $, button, el, icon, iconButton, presence } from "./dom.js";
import { face } from "./face.js";
import { replace } from "./list.js";
import { language, say } from "./words.js";

// Rows above and below those in view.
const AROUND = 10;
// A room of fewer is overlooked at a glance.
const WORTH_SEARCHING = 15;
const EVERY = 500;
const PAUSE = 200;
// No timer of a browser is longer.
const LONGEST = 86_400_000;
// Until one is measured.
const ROW_HEIGHT = 38;

export function mount(app) {
	const [list, view, field] = [$("member-list"), $("member-scroll"), $("member-search")];
	list.addEventListener("keydown", (event) => walk(app, event));
	list.addEventListener("focusin", ({ target }) => {
		const row = target.closest("li");
		if (row) app.state.members.current = Number(row.getAttribute("aria-posinset")) - 1;
	});
	view.addEventListener("scroll", () => rows(app), { passive: true });
	field.addEventListener("input", () => lookFor(app));
	field.addEventListener("keydown", (event) => searchKey(app, event));
	addEventListener("resize", () => app.state.room && rows(app));
}

export function update(app) {
	const { room, store, members } = app.state;
	const { drawn } = members;
	lapse(app);
	$("app").dataset.kind = room.other ? "talk" : "room";
	if (room.other || !isSeen(app)) return app.do.watchPeople([]);
	const query = $("member-search").value;
	const numbers = [room.users?.version, room.members, room.here, room.crowd];
	const seen = [room.name, ...numbers, query, language(), store.me.name].join("\n");
	if (seen === drawn.seen && room.users === drawn.users) return;
	const isNews = room === drawn.room && drawn.isKnown && query === drawn.query;
	const wait = isNews ? drawn.at + EVERY - Date.now() : 0;
	clearTimeout(members.again);
	if (wait > 0) {
		members.again = setTimeout(app.do.draw, wait);
		return;
	}
	if (room !== drawn.room) begin(members);
	else if (query !== drawn.query) $("member-scroll").scrollTop = 0;
	members.drawn = {
		seen, room, users: room.users, isKnown: Boolean(room.users), query: $("member-search").value, at: Date.now(),
	};
	look(app);
	rows(app);
	app.do.refreshMembers();
}

// The mark of somebody who is muted goes when the time is over.
function lapse({ state: { room, members }, do: { draw } }) {
	const next = room.lapse(Date.now());
	clearTimeout(members.lapsing);
	if (next < Infinity) members.lapsing = setTimeout(draw, Math.min(LONGEST, next - Date.now()));
}

// Are the members in view? On a narrow page, only if they were opened.
function isSeen({ state: { drawer } }) {
	const wide = attempt(() => matchMedia("(min-width: 70.01rem)")) ?? { matches: true };
	return drawer === "members" || wide.matches;
}

function begin(members) {
	$("member-search").value = "";
	$("member-scroll").scrollTop = 0;
	members.current = 0;
}

// Finds those whose names have what was looked for, or all.
function look(app) {
	const { room, members } = app.state;
	const users = room.users ? [...room.users.values()] : [];
	const query = $("member-search").value.trim().toLowerCase();
	members.shown = query ? users.filter(({ name }) => name.toLowerCase().includes(query)) : users;
	// Where not all are known, or are told of, the server knows the number.
	const here = (room.crowd || room.users?.more ? room.here : undefined) ?? room.users?.here;
	$("member-count").textContent = room.users ? say("membersHere", { here, count: room.members }) : "";
	$("member-search").hidden = room.members <= WORTH_SEARCHING;
}

const rowHeight = () => $("member-list").querySelector("li")?.offsetHeight || ROW_HEIGHT;

// The rows in view.
function rows(app) {
	const { room, store, members } = app.state;
	const { shown, current } = members;
	const [list, view, height] = [$("member-list"), $("member-scroll"), rowHeight()];
	const first = Math.max(0, Math.floor(view.scrollTop / height) - AROUND);
	const inView = shown.slice(first, first + Math.ceil(view.clientHeight / height) + 2 * AROUND);
	const after = Math.max(0, shown.length - first - inView.length);
	list.style.paddingTop = `${first * height + 4}px`;
	list.style.paddingBottom = `${after * height + 4}px`;
	const marks = (user) => [user.bot, user.role, room.ops.has(user.id), room.silenced.has(user.id)];
	const keyOf = (user) => [user.id, user.name, user.online, user === store.me, ...marks(user)].join("\n");
	replace(list, inView, keyOf, (user) => row(app, user));
	members.current = current; // a focus that had to move on the way is not somebody's wish
	const size = $("member-search").value ? shown.length : Math.max(shown.length, room.members);
	for (const [at, row] of [...list.children].entries()) {
		row.setAttribute("aria-posinset", first + at + 1);
		row.setAttribute("aria-setsize", size);
		for (const target of row.querySelectorAll("button")) target.tabIndex = first + at === current ? 0 : -1;
	}
	if (!list.querySelector("[tabindex='0']")) list.querySelector("button")?.setAttribute("tabindex", 0);
	if (room.crowd) app.do.watchPeople(inView.map(({ id }) => id));
	else app.do.watchPeople([]);
	if (after === 0) fetchMore(app);
}

function row(app, user) {
	const me = user === app.state.store.me;
	const content = [
		face(app, user, "mini"), el("bdi.grow.cut", {}, user.name), ...marksOf(app.state.room, user),
		me && el("span.quiet.small", {}, say("you")), presence(user.online),
	];
	const classes = `.list-place${user.online ? "" : ".members-away"}`;
	if (me) return el("li", {}, el(`span${classes}.members-me`, {}, content));
	const title = say("talkTo", { name: user.name });
	const more = iconButton("menu", "menu", () => personMenu(app, user, more), ".little.members-more");
	more.setAttribute("aria-haspopup", "menu");
	more.setAttribute("aria-label", say("menuOf", { name: user.name }));
	return el("li.members-row", {}, button(classes, { title, onclick: () => app.do.talk(user) }, content), more);
}

// What somebody is in the chat, or in this room; and whether they may not speak.
function marksOf(room, { id, role, bot }) {
	const is = role === "owner" || role === "admin" ? role : room.ops.has(id) && "op";
	const word = say("is_mute");
	const muted = () => el("span.members-muted", { title: word }, icon("mute"), el("span.unseen", {}, word));
	const isOf = is && el("span.members-role", {}, say(`role_${is}`));
	return [bot && botBadge(), isOf, room.silenced.has(id) && muted()];
}

// What comes after the members that are known.
async function fetchMore(app) {
	const { room, members } = app.state;
	if (members.fetching || $("member-search").value || !room.users?.more) return;
	members.fetching = true;
	await app.do.learnMembers(room.users.last);
	members.fetching = false;
}

// Goes to a row that is not oneself, and may have to be made first.
function go(app, to, step) {
	const { store, members: { shown } } = app.state;
	const last = shown.length - 1;
	let at = Math.max(0, Math.min(to, last));
	if (shown[at] === store.me) at += at === 0 || (step > 0 && at < last) ? 1 : -1;
	if (!shown[at]) return;
	app.state.members.current = at;
	const [view, height] = [$("member-scroll"), rowHeight()];
	if (at * height < view.scrollTop) view.scrollTop = at * height;
	else if ((at + 1) * height > view.scrollTop + view.clientHeight) {
		view.scrollTop = (at + 2) * height - view.clientHeight;
	}
	rows(app);
	$("member-list").querySelector("[tabindex='0']")?.focus({ preventScroll: true });
}

function walk(app, event) {
	const page = Math.max(1, Math.floor($("member-scroll").clientHeight / 40));
	const steps = { ArrowDown: 1, ArrowUp: -1, PageDown: page, PageUp: -page, Home: -Infinity, End: Infinity };
	const step = steps[event.key];
	if (!step) return;
	event.preventDefault();
	go(app, app.state.members.current + step, step);
}

function lookFor(app) {
	const { members } = app.state;
	const query = () => $("member-search").value.trim();
	members.current = 0;
	app.do.draw();
	clearTimeout(members.pause);
	members.pause = setTimeout(() => query() && app.do.learnNames(query()), PAUSE);
}

function searchKey(app, event) {
	const field = $("member-search");
	if (event.key === "Enter") $("member-list").querySelector("button")?.click();
	else if (event.key === "ArrowDown") go(app, 0, 1);
	else if (event.key === "Escape" && field.value) field.value = "";
	else return;
	event.preventDefault();
	event.stopPropagation();
	app.do.draw();
}
