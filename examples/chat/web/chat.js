/**
 * The chat. Here the parts meet:
 *
 *     connection ──▶ store ──▶ timeline, sides, head     what is heard becomes something to see
 *     composer ──▶ outbox ──▶ connection                 what is written is said once, however often the line breaks
 *
 * Whatever changes something asks for a `draw`, which comes with the next frame.
 */

import { call } from "./attention.js";
import { Composer } from "./composer.js";
import { Connection } from "./connection.js";
import { browse, help, search, settings, sure } from "./dialogs.js";
import { $, announce, el, icon, toast } from "./dom.js";
import { showHead, showState } from "./head.js";
import { Outbox } from "./outbox.js";
import { enlarge } from "./pictures.js";
import { nameOf, openDrawer, showMembers, showPlaces } from "./sides.js";
import { inTurn, onRemembered, recall, remember } from "./storage.js";
import { Store } from "./store.js";
import { Timeline } from "./timeline.js";
import { language, say, translate, why } from "./words.js";

class Chat {
	/** The page's own server, and the one in use. */
	home = `${location.protocol === "https:" ? "wss" : "ws"}://${location.host}`;
	url = recall("server") ?? this.home;
	room = null;
	store = new Store(this);
	connection = new Connection(this);
	outbox = new Outbox(this);
	timeline = new Timeline(this);
	composer = new Composer(this);
	#wish = "";
	#drawing = false;
	#reading = 0;

	// ---- arriving

	start() {
		translate();
		for (const button of document.querySelectorAll("[data-icon]")) button.append(icon(button.dataset.icon));
		if (!("WebSocket" in window)) return document.body.prepend(el("p.plain", { role: "alert" }, say("noWebSocket")));
		$("arrival-form").addEventListener("submit", (event) => {
			event.preventDefault();
			this.#wish = $("arrival-name").value.trim();
			if (this.#wish) this.connect();
		});
		addEventListener("hashchange", () => this.#follow());
		for (const event of ["focus", "blur", "visibilitychange"]) addEventListener(event, () => this.draw());
		document.addEventListener("click", (event) => this.#clicked(event));
		document.addEventListener("keydown", (event) => this.#keyed(event));
		onRemembered(this.#key("token"), () => this.#tokenChanged());
		if (this.token) this.connect();
		else this.showArrival();
	}

	/** Where this browser keeps something of the person on this server. */
	#key(name) {
		return `${this.url} ${name}`;
	}

	get token() {
		return recall(this.#key("token"));
	}

	connect(url = this.url) {
		if (url !== this.url) {
			this.url = url;
			remember("server", url === this.home ? "" : url);
			this.store.rooms.clear();
			this.store.me = this.room = null;
		}
		this.outbox.open(this.#key("unsent:"));
		this.connection.connect(url);
	}

	showArrival(error = "") {
		$("app").hidden = true;
		$("arrival").hidden = false;
		$("arrival-error").textContent = error;
		$("arrival-name").focus();
	}

	/** Another window has become somebody, or has forgotten who it was. */
	#tokenChanged() {
		if (!this.token) location.reload();
		else if (!this.store.me) this.connect();
	}

	forget() {
		this.connection.disconnect();
		remember(this.#key("token"), "");
		location.reload();
	}

	// ---- what the connection asks and tells

	hello() {
		return { token: this.token, name: this.token ? undefined : this.#wish || undefined, rooms: this.store.known() };
	}

	/** Somebody new is made in one window at a time: two that are opened together are one person. */
	inTurn(work) {
		return this.token ? work() : inTurn("newcomer", work);
	}

	heard(object) {
		this.store.heard(object);
		if (object.type === "welcome") this.#welcomed(object);
		else if (object.type === "history") this.outbox.flush();
		else if (object.type === "error" && !object.id && /name/.test(object.code)) this.#nameRefused(object);
		this.draw();
	}

	#welcomed({ token }) {
		if (token) remember(this.#key("token"), token);
		this.connection.welcomed();
		const first = $("app").hidden;
		$("arrival").hidden = true;
		$("app").hidden = false;
		const { room } = this;
		this.room = null;
		if (room && this.store.rooms.get(room.name) === room) this.#show(room, false);
		else this.#follow();
		if (first) this.composer.focus();
	}

	/** One is a guest, then, and can think of another name. */
	#nameRefused(error) {
		settings(this);
		toast(why(error));
	}

	// ---- what the store tells

	gap() {
		this.connection.resume();
	}

	left(room) {
		toast(say("youLeft", { room: nameOf(room) }));
		if (this.room === room) this.#show(this.#lobby);
	}

	arrived(room, event) {
		const seen = this.#sees(room);
		if (!seen && room.newAfter === Infinity) room.newAfter = event.offset - 1;
		if (room === this.room) announce(`${event.from}: ${event.msg}`);
		if (seen || !this.store.isForMe(event, room)) return;
		const place = room.kind === "direct" ? event.from : `${event.from} · #${room.name}`;
		const show = () => this.reveal(room.name, event.offset);
		call(place, event.msg, show);
		if (room !== this.room) toast(`${place}: ${event.msg.slice(0, 80)}`, { label: say("open"), act: show });
	}

	// ---- rooms

	get #lobby() {
		return this.store.rooms.get(this.store.home) ?? this.store.rooms.values().next().value;
	}

	/** Shows the room that the page's address names, and joins it if need be. */
	async #follow() {
		if (!this.store.me) return;
		const name = decode(location.hash.slice(1));
		const room = this.store.rooms.get(name);
		if (room || !this.room) this.#show(room ?? this.#lobby, Boolean(room) || !name);
		if (room || !name || name.startsWith("@")) return;
		try {
			await this.enter(name, false);
		} catch (error) {
			if (error.code === "no_such_room") browse(this, name);
			else toast(why(error));
		}
	}

	/** Joins a room, or goes to one that was joined. */
	async enter(name, create) {
		if (!this.store.rooms.has(name)) ({ room: name } = await this.ask({ type: "join", room: name, create }));
		this.#show(this.store.rooms.get(name));
	}

	talk(user) {
		if (user.id === this.store.me.id) return;
		this.#show(this.store.talk(user));
		this.composer.focus();
	}

	#show(room, intoAddress = true) {
		if (room !== this.room) {
			this.room = room;
			room.hidden = false;
			room.newAfter = room.unread > 0 ? room.read : Infinity;
			const hash = `#${encodeURIComponent(room.name)}`;
			if (intoAddress && location.hash !== hash && (location.hash || room !== this.#lobby)) history.pushState(null, "", hash);
			this.composer.show(room);
			this.timeline.show(room);
			openDrawer("");
		}
		const known = (user) => [user.id, this.store.people.get(user.id) ?? user];
		if (room.kind === "direct") room.users = new Map([known(room.other), known(this.store.me)]);
		else if (!room.users) this.ask({ type: "who", room: room.name }).catch(() => {});
		this.draw();
	}

	leave(room = this.room) {
		if (room.kind === "direct") {
			room.hidden = true;
			return this.#show(this.#lobby);
		}
		sure(say("leaveSure", { room: room.name }), say("leaveDo"), () => this.#try(this.ask({ type: "leave", room: room.name })));
	}

	async rename(name) {
		await this.ask({ type: "name", name });
		toast(say("nameChanged", { name }));
		this.timeline.again();
	}

	// ---- speaking

	ask(object, bytes) {
		return this.connection.ask(object, bytes);
	}

	#try(answer) {
		return answer.catch((error) => toast(why(error)));
	}

	/** A draft is kept at every key. */
	draft(room, text) {
		const key = this.#key(`draft:${room.name}`);
		return text === undefined ? (recall(key) ?? "") : remember(key, text);
	}

	typing(room) {
		if (this.connection.state === "online" && !room.provisional) this.connection.send({ type: "typing", room: room.name });
	}

	speak(room, msg, pictures = []) {
		const where = { room: room.name, to: room.provisional ? room.other.id : undefined };
		if (pictures.length === 0) this.outbox.add({ ...where, msg });
		for (const [at, blob] of pictures.entries()) {
			this.outbox.add({ ...where, msg: at === 0 ? msg : "", blob, url: URL.createObjectURL(blob) });
		}
		room.newAfter = Infinity;
		if (room === this.room) this.toLatest();
	}

	/** May what was written be said now? */
	get ready() {
		return this.connection.state === "online" && this.store.settled;
	}

	acked({ msg, blob, url }, { room, offset, msg_time }) {
		const { id, name } = this.store.me;
		const picture = blob ? { type: "picture", picture: { url } } : { type: "message" };
		this.store.event({ room, offset, msg_time, from_id: id, from: name, msg, ...picture });
	}

	/** One's own messages that wait, as items of the timeline. */
	unsent(room) {
		const { id, name } = this.store.me;
		return this.outbox.of(room).map((entry) => ({
			from_id: id, from: name, msg: entry.msg, msg_time: entry.time, entry, picture: entry.blob && { url: entry.url },
			type: entry.blob ? "picture" : "message", state: entry.error ? "failed" : "pending",
		}));
	}

	async perform({ does, name, room, to, msg }) {
		if (does === "nick") return this.rename(name);
		if (does === "join") return this.enter(room, true);
		if (does === "leave") return this.leave(this.store.rooms.get(room));
		if (does === "rooms") return browse(this);
		if (does === "who") return openDrawer("members");
		if (does === "help") return help();
		const person = [...this.store.people.values()].find((one) => one.name.toLowerCase() === to.toLowerCase());
		if (!person) throw { code: "no_such_person" };
		this.talk(person);
		this.speak(this.room, msg);
	}

	async #delete({ offset }) {
		const room = this.room.name;
		const ack = await this.ask({ type: "delete", room, offset });
		this.store.event({ type: "deleted", room, offset: ack.offset, target: offset, from_id: this.store.me.id });
		this.draw();
	}

	/** Takes back what was not sent, to be written better. */
	#edit(entry) {
		this.outbox.remove(entry);
		if (entry.blob) this.composer.pictures.take([entry.blob]);
		this.composer.write([entry.msg, this.composer.text].filter(Boolean).join("\n"));
		this.composer.focus();
	}

	// ---- reading

	older(room) {
		return this.#page(room, room.low, (page) => room.older(page));
	}

	newer(room) {
		return this.#page(room, room.high + 1 + this.store.limits.page, (page) => room.newer(page));
	}

	/** The events before an offset, or the latest. False: they could not be had. */
	async #page(room, before, take) {
		try {
			const page = await this.ask({ type: "page", room: room.name, before, limit: this.store.limits.page });
			if (page.epoch === room.epoch) take(page);
			return page.epoch === room.epoch;
		} catch {
			return false;
		}
	}

	/** Shows one message, however far back it is. */
	async reveal(name, offset) {
		const room = this.store.rooms.get(name);
		if (!room) return;
		this.#show(room);
		const middle = offset + Math.floor(this.store.limits.page / 2);
		const here = offset >= room.low && offset <= room.high;
		if (here || (await this.#page(room, middle, (page) => room.jump(page)))) this.timeline.reveal(offset);
	}

	async toLatest() {
		const { room } = this;
		// What is said while the page is fetched may not be in it: then once more.
		while (room.past && (await this.#page(room, undefined, (page) => room.jump(page))));
		if (this.room === room) this.timeline.latest();
	}

	/** Does somebody see what arrives here? */
	#sees(room) {
		return room === this.room && !document.hidden && document.hasFocus() && this.timeline.atEnd;
	}

	#markRead() {
		const { room } = this;
		if (room.unread === 0 || !room.live || !this.#sees(room) || this.connection.state !== "online") return;
		this.store.markRead(room);
		clearTimeout(this.#reading); // one word for a flood of messages
		this.#reading = setTimeout(() => this.ask({ type: "read", room: room.name, offset: room.read }).catch(() => {}), 300);
	}

	// ---- what is seen

	/** What the rows of messages need to know, and what their buttons do. */
	view() {
		const { store, room } = this;
		return {
			me: store.me,
			newAfter: room.newAfter,
			online: this.connection.state === "online",
			/** Is this name somebody who is meant in the message; is it oneself? */
			whoIs: ({ mentions, entry }) => (name) => {
				const ids = mentions ?? (entry ? [...(room.users?.keys() ?? [])] : []);
				const id = ids.find((id) => store.people.get(id)?.name === name);
				return id === undefined ? "" : id === store.me.id ? "me" : "other";
			},
			// Pictures come from this page's own server alone: so says its Content-Security-Policy.
			source: (url) => (url.startsWith("blob:") || this.url === this.home ? url : ""),
			enlarge,
			talk: (user) => this.talk(user),
			copy: (text) => navigator.clipboard?.writeText(text).then(() => toast(say("copied"))),
			remove: (item) => sure(say("deleteSure"), say("delete"), () => this.#try(this.#delete(item))),
			retry: (entry) => this.outbox.retry(entry),
			edit: (entry) => this.#edit(entry),
		};
	}

	draw() {
		if (this.#drawing) return;
		this.#drawing = true;
		// A page that nobody sees has no frames, but it has a title.
		if (document.hidden) setTimeout(() => this.#draw(), 200);
		else requestAnimationFrame(() => this.#draw());
	}

	#draw() {
		this.#drawing = false;
		showState(this);
		const { room, store } = this;
		if (!store.me || !room) return;
		this.#markRead();
		showPlaces(store, room);
		showMembers(store, room, (user) => this.talk(user));
		this.timeline.update();
		showHead(this);
	}

	setLanguage(chosen) {
		remember("language", chosen);
		document.documentElement.lang = chosen;
		translate();
		if (this.room) this.timeline.again();
		this.draw();
	}

	// ---- buttons and keys

	#acts = {
		skip: (event) => (event.preventDefault(), this.composer.focus()),
		language: () => this.setLanguage(language() === "zh" ? "en" : "zh"),
		settings: () => settings(this),
		search: () => search(this),
		browse: () => browse(this),
		leave: () => this.leave(),
		places: () => openDrawer("places"),
		members: () => openDrawer("members"),
		"close-drawer": () => openDrawer(""),
		latest: () => this.toLatest(),
		picture: () => $("file").click(),
		emoji: () => this.composer.toggleEmoji(),
		again: () => (this.connection.state === "waiting" ? this.connection.nudge() : this.connect()),
	};

	#clicked(event) {
		const { target } = event;
		const act = target.closest("[data-act]")?.dataset.act;
		if (act) this.#acts[act](event);
		else if (target.closest("#shade, .place")) openDrawer("");
		if (!target.closest("#emoji, #emoji-button")) this.composer.toggleEmoji(false);
	}

	#keyed(event) {
		if (document.querySelector("dialog[open]") || !this.store.me) return;
		if (event.key === "Escape") openDrawer("");
		if (event.key !== "k" || !(event.ctrlKey || event.metaKey)) return;
		event.preventDefault();
		search(this);
	}
}

function decode(text) {
	try {
		return decodeURIComponent(text);
	} catch {
		return text; // a % that means nothing
	}
}

new Chat().start();
