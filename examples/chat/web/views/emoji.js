/**
 * Choosing an emoji: by kind, by a word in English or Chinese, or one that was used before. The list comes when it is
 * first wanted. The arrows walk the field of signs; letters go on looking.
 */

import { attempt } from "../model/attempt.js";
import { $, button, el } from "./dom.js";
import { say } from "./words.js";

// So many are shown of what was found.
const MOST_FOUND = 90;

// What stands for each kind above the field.
const SIGNS = {
	recent: "🕘", faces: "😀", hands: "👋", people: "🧑", nature: "🐻", food: "🍔", activity: "⚽", places: "🚗",
	things: "💡", signs: "❤️",
};

// `insert(sign)`: somebody has chosen one.
export function mount(app, insert) {
	const choose = (sign) => {
		insert(sign);
		app.do.usedEmoji(sign);
		toggle(app, false);
	};
	const search = el("input.emoji-search", { type: "search", spellcheck: false, autocomplete: "off" });
	search.addEventListener("input", () => show(app));
	$("emoji").append(search, el("div.emoji-kinds"), el("div.emoji-field"), el("p.emoji-about.small.quiet"));
	$("emoji").addEventListener("keydown", (event) => key(app, event, choose));
	field().addEventListener("click", ({ target }) => {
		const sign = target.closest("button")?.dataset.sign;
		if (sign) choose(sign);
	});
	for (const event of ["focusin", "pointerover"]) field().addEventListener(event, ({ target }) => tellOf(app, target));
}

const part = (name) => $("emoji").querySelector(`.emoji-${name}`);
const field = () => part("field");
const signs = () => [...field().querySelectorAll("button")];

export async function toggle(app, open = $("emoji").hidden) {
	if (open !== $("emoji").hidden) return;
	$("emoji").hidden = !open;
	$("emoji-button").setAttribute("aria-expanded", open);
	if (!open) return $("say").focus({ preventScroll: true });
	part("search").value = "";
	show(app);
	part("search").focus();
	const isNew = !app.state.emoji.table;
	if (isNew && (await app.do.learnEmoji())) show(app);
	else if (isNew) field().replaceChildren(el("p.error", { role: "alert" }, say("emojiLacking")));
	// Where one touches, the keys of the screen would hide what is to be chosen.
	if (attempt(() => matchMedia("(pointer: coarse)").matches, false)) signs()[0]?.focus({ preventScroll: true });
}

// Without a word: somebody clicked elsewhere.
export function hide() {
	$("emoji").hidden = true;
	$("emoji-button").setAttribute("aria-expanded", false);
}

function show(app) {
	const { table } = app.state.emoji;
	const search = part("search");
	search.placeholder = say("findEmoji");
	search.setAttribute("aria-label", say("findEmoji"));
	$("emoji").setAttribute("aria-label", say("emoji"));
	part("about").textContent = say("emojiHint");
	if (!table) return field().replaceChildren(el("p.quiet", {}, say("loading")));
	const query = search.value.trim();
	const kinds = query ? [] : kindsOf(app, table);
	part("kinds").replaceChildren(...kinds.map(({ kind }) => way(kind)));
	const found = table.find(query, MOST_FOUND);
	const none = query && found.length === 0;
	field().replaceChildren(...(query ? [none ? el("p.quiet", { role: "status" }, say("searchNone")) : grid(found)]
		: kinds.map(section)));
	field().scrollTop = 0;
	signs()[0]?.setAttribute("tabindex", 0);
}

function kindsOf(app, table) {
	const recent = app.do.recentEmoji().map((sign) => table.of(sign)).filter(Boolean);
	return [{ kind: "recent", emoji: recent }, ...table.kinds].filter(({ emoji }) => emoji.length > 0);
}

const word = (kind) => say(`emoji_${kind}`);

function way(kind) {
	const go = () => {
		const title = field().querySelector(`[data-kind=${kind}]`);
		field().scrollTop = title.offsetTop - field().offsetTop;
	};
	return button("", { title: word(kind), ariaLabel: word(kind), onclick: go }, SIGNS[kind]);
}

const section = ({ kind, emoji }) => el("section", { "data-kind": kind, ariaLabel: word(kind) },
	el("h3.small.quiet", {}, word(kind)), grid(emoji));

const grid = (emoji) => el("div.emoji-grid", {}, emoji.map(({ sign, codes, names }) => button("", {
	tabIndex: -1, "data-sign": sign, ariaLabel: `${codes[0].replaceAll("_", " ")} ${names[0]}`,
}, sign)));

// What can be typed for it.
function tellOf(app, target) {
	const one = app.state.emoji.table?.of(target.closest("button")?.dataset.sign);
	const ways = (one) => [...one.codes.map((code) => `:${code}:`), ...one.names.map((name) => `[${name}]`)];
	if (one) part("about").textContent = [one.sign, ...ways(one)].join(" ");
}

function key(app, event, choose) {
	const all = signs();
	const at = all.indexOf(document.activeElement);
	const inSearch = event.target === part("search");
	if (event.key === "Escape") {
		toggle(app, false);
		event.stopPropagation();
	} else if (inSearch && event.key === "Enter") {
		if (all[0]) choose(all[0].dataset.sign);
	} else if (inSearch && event.key === "ArrowDown") {
		go(all, all[0]);
	} else if (at >= 0 && event.key in STEPS) {
		const to = STEPS[event.key](all, at);
		if (to) go(all, to);
		else part("search").focus();
	} else if (at >= 0 && isLetter(event)) {
		return part("search").focus(); // which takes the key
	} else {
		return;
	}
	event.preventDefault();
}

const isLetter = ({ key, ctrlKey, metaKey, altKey }) =>
	key.length === 1 && key !== " " && !ctrlKey && !metaKey && !altKey;

const STEPS = {
	ArrowRight: (all, at) => all[Math.min(at + 1, all.length - 1)],
	ArrowLeft: (all, at) => all[Math.max(at - 1, 0)],
	ArrowDown: (all, at) => inNextRow(all, at, 1) ?? all[at],
	ArrowUp: (all, at) => inNextRow(all, at, -1),
	Home: (all) => all[0],
	End: (all) => all.at(-1),
};

// The one below or above: in the next row there is, the one nearest in line.
function inNextRow(all, at, step) {
	const place = (one) => one.getBoundingClientRect();
	const { top, left } = place(all[at]);
	const rest = step > 0 ? all.slice(at + 1) : all.slice(0, at).reverse();
	const first = rest.find((one) => Math.abs(place(one).top - top) > 2);
	if (!first) return undefined;
	const row = rest.filter((one) => Math.abs(place(one).top - place(first).top) <= 2);
	return row.reduce((best, one) => (Math.abs(place(one).left - left) < Math.abs(place(best).left - left) ? one : best));
}

function go(all, to) {
	for (const one of all) one.tabIndex = -1;
	if (!to) return;
	to.tabIndex = 0;
	to.focus({ preventScroll: true });
	to.scrollIntoView({ block: "nearest" });
}
