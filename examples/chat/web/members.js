/**
 * The members of the room in view: those who are here first, then by name, and one can look for a name. Of thousands only the
 * rows in view are made, twice a second at most, and only if somebody sees them. Tab finds one of them; the arrows the others.
 */

import { attempt } from "./browser.js";
import * as chat from "./chat.js";
import { $, button, el, face } from "./dom.js";
import { replace } from "./rows.js";
import { language, say } from "./words.js";

// Rows above and below those in view.
const AROUND = 10;
// A room of fewer is overlooked at a glance.
const WORTH_SEARCHING = 15;
const EVERY = 500;
const PAUSE = 200;

const list = $("member-list");
const view = $("member-scroll");
const field = $("member-search");
const wide = attempt(() => matchMedia("(min-width: 70.01rem)")) ?? { matches: true };

let drawn = {};
let again = 0;
// Those whose names have what was looked for, or all.
let shown = [];
// Which row Tab finds, and which were asked for.
let current = 0;
let fetching = false;

const isSeen = () => $("app").dataset.drawer === "members" || wide.matches;

export function showMembers() {
	const { room } = chat;
	$("app").dataset.kind = room.other ? "talk" : "room";
	if (room.other || !isSeen()) return;
	const state = [room.name, room.users?.version, room.members, room.here, field.value, language(), chat.me().name].join("\n");
	if (state === drawn.state) return;
	const isNews = room === drawn.room && drawn.isKnown && field.value === drawn.query;
	const wait = isNews ? drawn.at + EVERY - Date.now() : 0;
	clearTimeout(again);
	if (wait > 0) {
		again = setTimeout(chat.draw, wait);
		return;
	}
	if (room !== drawn.room) start();
	else if (field.value !== drawn.query) view.scrollTop = 0;
	drawn = { state, room, isKnown: Boolean(room.users), query: field.value, at: Date.now() };
	look();
	rows();
}

function start() {
	field.value = "";
	view.scrollTop = 0;
	current = 0;
}

function look() {
	const { room } = chat;
	const users = room.users ? [...room.users.values()] : [];
	const query = field.value.trim().toLowerCase();
	shown = query ? users.filter(({ name }) => name.toLowerCase().includes(query)) : users;
	const here = room.users?.more ? (room.here ?? room.users.here) : room.users?.here; // the server knows all of them
	$("member-count").textContent = room.users ? say("membersHere", { here, count: room.members }) : "";
	field.hidden = room.members <= WORTH_SEARCHING;
}

// The rows in view.
function rows() {
	const height = list.querySelector("li")?.offsetHeight || 38;
	const first = Math.max(0, Math.floor(view.scrollTop / height) - AROUND);
	const count = Math.ceil(view.clientHeight / height) + 2 * AROUND;
	const inView = shown.slice(first, first + count);
	list.style.paddingTop = `${first * height + 4}px`;
	list.style.paddingBottom = `${Math.max(0, shown.length - first - inView.length) * height + 4}px`;
	const wanted = current; // a focus that has to move on the way is not somebody's wish
	replace(list, inView, (user) => [user.id, user.name, user.online, user === chat.me()].join("\n"), member);
	current = wanted;
	for (const [at, row] of [...list.children].entries()) {
		row.setAttribute("aria-posinset", first + at + 1);
		row.setAttribute("aria-setsize", field.value ? shown.length : Math.max(shown.length, chat.room.members));
		const target = row.querySelector("button");
		if (target) target.tabIndex = first + at === current ? 0 : -1;
	}
	if (!list.querySelector("[tabindex='0']")) list.querySelector("button")?.setAttribute("tabindex", 0);
	if (first + count >= shown.length) fetch();
}

function member(user) {
	const me = user === chat.me();
	const content = [face(user, "mini"), el("bdi.grow.cut", {}, user.name), me && el("span.quiet.small", {}, say("you")), presence(user.online)];
	const classes = `.place${user.online ? "" : ".away"}`;
	return el("li", {}, me ? el(`span${classes}`, {}, content)
		: button(classes, { title: say("talkTo", { name: user.name }), onclick: () => chat.talk(user) }, content));
}

export const presence = (online) => el(`span.dot${online ? ".here" : ""}`, {}, el("span.unseen", {}, say(online ? "here" : "away")));

// What comes after the members that are known.
async function fetch() {
	if (fetching || field.value || !chat.room.users?.more) return;
	fetching = true;
	await chat.learnMembers(chat.room.users.last);
	fetching = false;
}

// Goes to a row that is not oneself, and may have to be made first.
function go(to, step) {
	const last = shown.length - 1;
	let at = Math.max(0, Math.min(to, last));
	if (shown[at] === chat.me()) at += at === 0 || (step > 0 && at < last) ? 1 : -1;
	if (!shown[at]) return;
	current = at;
	const height = list.querySelector("li")?.offsetHeight || 38;
	if (at * height < view.scrollTop) view.scrollTop = at * height;
	else if ((at + 1) * height > view.scrollTop + view.clientHeight) view.scrollTop = (at + 2) * height - view.clientHeight;
	rows();
	list.querySelector("[tabindex='0']")?.focus({ preventScroll: true });
}

list.addEventListener("keydown", (event) => {
	const { key } = event;
	const page = Math.max(1, Math.floor(view.clientHeight / 40));
	const step = { ArrowDown: 1, ArrowUp: -1, PageDown: page, PageUp: -page, Home: -Infinity, End: Infinity }[key];
	if (!step) return;
	event.preventDefault();
	go(current + step, step);
});

list.addEventListener("focusin", ({ target }) => {
	const row = target.closest("li");
	if (row) current = Number(row.getAttribute("aria-posinset")) - 1;
});

view.addEventListener("scroll", rows, { passive: true });

let pause = 0;
field.addEventListener("input", () => {
	current = 0;
	chat.draw();
	clearTimeout(pause);
	pause = setTimeout(() => field.value.trim() && chat.learnNames(field.value.trim()), PAUSE);
});
field.addEventListener("keydown", (event) => {
	if (event.key === "Enter") list.querySelector("button")?.click();
	else if (event.key === "ArrowDown") go(0, 1);
	else if (event.key === "Escape" && field.value) field.value = "";
	else return;
	event.preventDefault();
	event.stopPropagation();
	chat.draw();
});

addEventListener("resize", () => chat.me() && chat.room && rows());
