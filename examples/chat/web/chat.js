/**
 * The chat. Here the parts meet:
 *
 *     connection ──▶ store ──▶ timeline, sides      what is heard becomes something to see
 *     composer ──▶ outbox ──▶ connection            what is written is said, once, however often the line breaks
 *
 * Whatever changes asks for one `draw`, which comes with the next frame.
 */

import { call, showTitle } from "./attention.js";
import { Composer } from "./composer.js";
import { Connection } from "./connection.js";
import { browse, help, search, settings, showState, sure } from "./dialogs.js";
import { $, announce, el, face, icon, toast } from "./dom.js";
import { Outbox } from "./outbox.js";
import { enlarge, Pictures } from "./pictures.js";
import { nameOf, openDrawer, showMembers, showPlaces } from "./sides.js";
import { inTurn, onRemembered, recall, remember } from "./storage.js";
import { Store } from "./store.js";
import { Timeline } from "./timeline.js";
import { language, say, translate, why } from "./words.js";

/** Somebody who stopped typing says so by silence. */
const TYPING_LASTS = 5_000;

class Chat {
	room = null;
	#wish = "";
	#drawing = false;
	#markTimer = 0;

	constructor() {
		this.home = `${location.protocol === "https:" ? "wss" : "ws"}://${location.host}`;
		this.url = recall("server") ?? this.home;
		this.store = new Store({
			changed: () => this.draw(),
			arrived: (room, event) => this.#arrived(room, event),
			left: (room) => this.#left(room),
			gap: () => this.connection.resume(),
		});
		this.connection = new Connection({
			hello: () => ({ token: this.token, name: this.token ? undefined : this.#wish || undefined, rooms: this.store.known() }),
			heard: (object) => this.#heard(object),
			changed: () => this.draw(),
			lost: () => {},
			// Somebody new is made in one window at a time.
			inTurn: (work) => (this.token ? work() : inTurn("newcomer", work)),
		});
		this.outbox = new Outbox({
			ask: (object, bytes) => this.#askWithProgress(object, bytes),
			acked: (entry, ack) => this.#acked(entry, ack),
			ready: () => this.connection.state === "online" && this.store.settled,
			changed: () => this.draw(),
		});
		this.timeline = new Timeline({
			view: () => this.#view(),
			unsent: (room) => this.#unsent(room),
			older: (room) => this.#page(room, room.low, (page) => room.older(page)),
			newer: (room) => this.#page(room, room.high + this.store.limits.page + 1, (page) => room.newer(page.events)),
			toLatest: () => this.toLatest(),
			moved: () => this.draw(),
		});
		const chat = this;
		this.pictures = new Pictures({
			store: this.store,
			note: (text) => this.composer.note(text),
			focus: () => this.composer.focus(),
			placeholder: () => this.#placeholder(),
		});
		this.composer = new Composer({
			store: this.store,
			pictures: this.pictures,
			get room() {
				return chat.room;
			},
			draft: (room, text) => (text === undefined ? recall(this.#key(`draft:${room.name}`)) : remember(this.#key(`draft:${room.name}`), text)),
			speak: (room, text) => this.speak(room, text),
			perform: (command, text) => this.#perform(command, text),
			typing: (room) => this.connection.state === "online" && !room.provisional && this.connection.send({ type: "typing", room: room.name }),
		});
	}

	get token() {
		return recall(this.#key("token"));
	}

	#key(name) {
		return `${this.url} ${name}`;
	}

	// ---- arriving and leaving

	start() {
		this.setTheme(recall("theme") ?? "system");
		translate(document);
		for (const button of document.querySelectorAll("[data-icon]")) button.append(icon(button.dataset.icon));
		if (!("WebSocket" in window)) {
			document.body.prepend(el("p.plain", { role: "alert" }, say("noWebSocket")));
			return;
		}
		$("arrival-form").addEventListener("submit", (event) => {
			event.preventDefault();
			this.#wish = $("arrival-name").value.trim();
			if (!this.#wish) return $("arrival-name").focus();
			$("arrival-error").textContent = "";
			this.connect();
		});
		addEventListener("hashchange", () => this.#follow());
		for (const event of ["focus", "blur"]) addEventListener(event, () => this.draw());
		document.addEventListener("visibilitychange", () => this.draw());
		document.addEventListener("click", (event) => this.#clicked(event));
		document.addEventListener("keydown", (event) => this.#keyed(event));
		onRemembered((key) => key === this.#key("token") && this.#tokenChanged());
		setInterval(() => this.#forgetTypists(), 1_000);
		if (this.token) this.connect();
		else this.#showArrival();
	}

	connect = (url = this.url) => {
		if (url !== this.url) {
			this.url = url;
			remember("server", url === this.home ? undefined : url);
			this.store.rooms.clear();
			this.store.me = this.room = null;
		}
		this.outbox.open(this.#key("unsent:"));
		this.connection.connect(url);
	};

	/** Another window has become somebody, or has forgotten who it was. */
	#tokenChanged() {
		if (this.token && !$("arrival").hidden) this.connect();
		else if (!this.token && this.store.me) location.reload();
	}

	forget = () => {
		this.connection.disconnect();
		remember(this.#key("token"), undefined);
		location.reload();
	};

	#showArrival(error = "") {
		$("app").hidden = true;
		$("arrival").hidden = false;
		$("arrival-error").textContent = error;
		$("arrival-name").value ||= this.#wish;
		$("arrival-name").focus();
	}

	#heard(object) {
		this.store.heard(object);
		if (object.type === "welcome") this.#welcomed(object);
		else if (object.type === "history") this.#historied(object);
		else if (object.type === "renamed" && object.user.id === this.store.me.id) this.timeline.again();
		else if (object.type === "error" && !object.id) this.#wrongName(object);
	}

	#welcomed({ token }) {
		if (token) remember(this.#key("token"), token);
		this.connection.welcomed();
		const first = $("app").hidden;
		$("arrival").hidden = true;
		$("app").hidden = false;
		// A room whose people were known before is asked about anew.
		if (this.room && this.store.rooms.has(this.room.name)) this.#show(this.store.rooms.get(this.room.name));
		else this.#follow();
		if (first) this.composer.focus();
		this.outbox.flush();
	}

	#historied({ room }) {
		if (this.room?.name === room && this.room.read < this.room.last && this.room.newAfter === Infinity) this.#markNew();
		this.outbox.flush();
	}

	/** The wish for a name could not be had: one is a guest, and is asked again. */
	#wrongName(error) {
		if (error.code !== "bad_name" && error.code !== "name_taken") return;
		settings(this);
		toast(why(error));
	}

	// ---- rooms

	/** Shows the room that the address names; joins it if need be. */
	async #follow() {
		if (!this.store.me) return;
		const name = decodeHash();
		const room = this.store.rooms.get(name);
		if (room) return this.#show(room);
		if (!this.room) this.#show(this.store.rooms.get(this.store.home) ?? this.store.rooms.values().next().value);
		if (!name || name.startsWith("@")) return this.#address();
		try {
			await this.enter(name, false);
		} catch (error) {
			this.#address();
			if (error.code === "no_such_room") browse(this, name);
			else toast(why(error));
		}
	}

	/** Joins a room, or goes to one that was joined. */
	enter = async (name, create) => {
		if (!this.store.rooms.has(name)) name = (await this.ask({ type: "join", room: name, create })).room;
		this.#show(this.store.rooms.get(name));
	};

	talk = (user) => {
		if (user.id === this.store.me.id) return;
		this.#show(this.store.talk(user));
		this.composer.focus();
	};

	#show(room) {
		if (!room) return;
		const changed = room !== this.room;
		this.room = room;
		room.hidden = false;
		if (changed) {
			this.#address();
			this.#markNew();
			this.composer.show(room);
			this.timeline.show(room);
			openDrawer("");
		}
		$("say").placeholder = this.#placeholder();
		$("say").setAttribute("aria-label", say("messageTo", { room: nameOf(room) }));
		if (room.kind === "direct") room.users = new Map([room.other, this.store.me].map((user) => [user.id, this.store.people.get(user.id) ?? user]));
		else if (!room.users) this.ask({ type: "who", room: room.name }).catch(() => {});
		this.draw();
	}

	#placeholder() {
		return say("messageTo", { room: this.room.kind === "direct" ? nameOf(this.room) : `#${this.room.name}` });
	}

	#address() {
		const hash = `#${encodeURIComponent(this.room.name)}`;
		if (location.hash !== hash && (location.hash || this.room.name !== this.store.home)) history.pushState(null, "", hash);
	}

	#left(room) {
		toast(say("youLeft", { room: nameOf(room) }));
		if (this.room !== room) return;
		this.room = null;
		this.#show(this.store.rooms.get(this.store.home));
	}

	leave = (room = this.room) => {
		if (room.kind === "direct") {
			room.hidden = true;
			this.#show(this.store.rooms.get(this.store.home));
		} else {
			sure(say("leaveSure", { room: room.name }), () => this.ask({ type: "leave", room: room.name }).catch((error) => toast(why(error))), say("leaveDo"));
		}
	};

	rename = async (name) => {
		await this.ask({ type: "name", name });
		toast(say("nameChanged", { name }));
	};

	// ---- speaking

	speak(room, text) {
		const where = { room: room.name, to: room.provisional ? room.other.id : undefined };
		const pictures = this.pictures.release();
		for (const [at, blob] of pictures.entries()) {
			this.outbox.add({ ...where, msg: at === 0 ? text : "", blob, url: URL.createObjectURL(blob) });
		}
		if (pictures.length === 0) this.outbox.add({ ...where, msg: text });
		room.newAfter = Infinity;
		if (room === this.room) this.toLatest();
	}

	#acked(entry, { room, offset, msg_time }) {
		const { id, name } = this.store.me;
		const event = { room, offset, msg_time, from_id: id, from: name, msg: entry.msg, type: entry.blob ? "picture" : "message" };
		this.store.said(entry.blob ? { ...event, picture: { url: entry.url, ...entry.measure } } : event);
	}

	/** One's own messages that wait, as items of the timeline. */
	#unsent(room) {
		const { id, name } = this.store.me;
		return this.outbox.of(room).map((entry) => ({
			type: entry.blob ? "picture" : "message", from_id: id, from: name, msg: entry.msg, msg_time: entry.time, entry,
			picture: entry.blob && { url: entry.url }, progress: entry.progress,
			state: entry.error ? "failed" : "pending", why: entry.error && why({ code: entry.code, msg: entry.error }),
		}));
	}

	async #askWithProgress(object, blob) {
		const answer = this.connection.ask(object, blob);
		if (!blob) return answer;
		const entry = this.outbox.entries.find((entry) => entry.id === object.id);
		const watch = setInterval(() => {
			entry.progress = Math.max(0, 1 - this.connection.buffered / blob.size);
			this.draw();
		}, 100);
		return answer.finally(() => clearInterval(watch));
	}

	ask = (object) => this.connection.ask(object);

	async #perform(command, text) {
		try {
			switch (command.does) {
				case "nick":
					return await this.rename(command.name);
				case "join":
					return await this.enter(command.room, true);
				case "leave":
					return this.leave(this.store.rooms.get(command.room) ?? this.room);
				case "rooms":
					return browse(this);
				case "who":
					return openDrawer("members");
				case "help":
					return help();
				case "msg": {
					const person = [...this.store.people.values()].find((one) => one.name.toLowerCase() === command.to.toLowerCase());
					if (!person) throw { code: "no_such_person" };
					const talk = this.store.talk(person);
					this.#show(talk);
					return this.speak(talk, command.msg);
				}
			}
		} catch (error) {
			if (!this.composer.text) this.composer.write(text);
			this.composer.note(why(error));
		}
	}

	// ---- reading

	/** The messages before an offset. */
	async #page(room, before, take) {
		try {
			const limit = this.store.limits.page;
			const page = await this.ask({ type: "page", room: room.name, limit, ...(before ? { before } : {}) });
			if (page.epoch !== room.epoch) return false;
			take(page);
			return true;
		} catch {
			return false;
		}
	}

	/** Shows one message, however far back it is. */
	reveal = async (name, offset) => {
		const room = this.store.rooms.get(name);
		if (!room) return;
		this.#show(room);
		const around = offset + Math.floor(this.store.limits.page / 2);
		const here = offset >= room.low && offset <= room.high;
		if (here || (await this.#page(room, around, (page) => room.jump(page.events)))) this.timeline.reveal(offset);
	};

	toLatest = async () => {
		const { room } = this;
		if (room.tail) await this.#page(room, 0, (page) => room.jump(page.events));
		if (this.room === room) this.timeline.latest();
	};

	/** Does somebody see what arrives here? */
	#sees(room) {
		return room === this.room && !document.hidden && document.hasFocus() && this.timeline.atEnd;
	}

	#arrived(room, event) {
		const seen = this.#sees(room);
		if (!seen && room.newAfter === Infinity) room.newAfter = event.offset - 1;
		if (room === this.room) announce(`${event.from}: ${event.msg}`, (count) => say("manyNew", { count }));
		if (!seen && this.store.isForMe(event, room)) {
			const where = room.kind === "direct" ? event.from : `${event.from} · #${room.name}`;
			call({ title: where, body: event.msg, tag: room.name }, () => this.reveal(room.name, event.offset));
			if (room !== this.room) toast(`${where}: ${event.msg.slice(0, 80)}`, { label: say("open"), act: () => this.#show(room) });
		}
	}

	/** What is new gets its line when the room is opened. */
	#markNew() {
		this.room.newAfter = this.room.unread > 0 ? this.room.read : Infinity;
	}

	#markRead() {
		const { room } = this;
		if (!room || room.unread === 0 || !this.#sees(room) || !room.live || this.connection.state !== "online") return;
		this.store.markRead(room);
		// Not for every message of a flood.
		clearTimeout(this.#markTimer);
		this.#markTimer = setTimeout(() => this.ask({ type: "read", room: room.name, offset: room.read }).catch(() => {}), 300);
	}

	#forgetTypists() {
		for (const room of this.store.rooms.values()) {
			for (const [id, { at }] of room.typing) if (Date.now() - at > TYPING_LASTS) room.typing.delete(id);
		}
		this.#showTypists();
	}

	// ---- what is seen

	#view() {
		const { store } = this;
		const names = (item) => new Map((item.mentions ?? []).map((id) => [store.people.get(id)?.name, id]));
		const known = (item) => (item.entry ? new Map([...(this.room.users?.values() ?? [])].map((user) => [user.name, user.id])) : names(item));
		return {
			me: store.me,
			newAfter: this.room.newAfter,
			online: this.connection.state === "online",
			isName: (item) => {
				const names = known(item);
				return (name) => (names.has(name) ? (names.get(name) === store.me.id ? "me" : "other") : false);
			},
			// Pictures come from this page's own server only: so says its Content-Security-Policy.
			pictureUrl: (url) => (url.startsWith("blob:") || this.url === this.home ? url : null),
			talk: this.talk,
			enlarge,
			copy: (text) => navigator.clipboard?.writeText(text).then(() => toast(say("copied"))),
			remove: (item) => sure(say("deleteSure"), () => this.#delete(item), say("delete")),
			retry: (entry) => this.outbox.retry(entry),
			takeBack: (entry) => {
				this.outbox.remove(entry);
				if (entry.blob) this.pictures.take([entry.blob]);
				this.composer.write([entry.msg, this.composer.text].filter(Boolean).join("\n"));
				this.composer.focus();
			},
		};
	}

	async #delete(item) {
		const room = this.room;
		try {
			const ack = await this.ask({ type: "delete", room: room.name, offset: item.offset });
			this.store.said({ type: "deleted", room: room.name, offset: ack.offset, target: item.offset, from_id: this.store.me.id });
		} catch (error) {
			toast(why(error));
		}
	}

	draw() {
		if (this.#drawing) return;
		this.#drawing = true;
		const now = () => {
			this.#drawing = false;
			this.#draw();
		};
		// A page that nobody sees has no frames, but a title.
		if (document.hidden) setTimeout(now, 200);
		else requestAnimationFrame(now);
	}

	#draw() {
		this.#showState();
		showState(this.connection);
		const { room, store } = this;
		if (!store.me || !room) return;
		this.#markRead();
		const rooms = [...store.rooms.values()];
		const sum = (what) => rooms.reduce((total, room) => total + room[what], 0);
		showTitle(nameOf(room), sum("unread"), sum("mentions"));
		showPlaces(store, room);
		showMembers(store, room, this.talk);
		this.timeline.update();
		this.#showTypists();
		this.#showHead(room);
	}

	#showHead(room) {
		const { store } = this;
		put($("room-title"), room.kind === "direct" ? nameOf(room) : `#${room.name}`);
		const online = room.kind === "direct" && store.people.get(room.other.id)?.online;
		put($("room-detail"), room.kind === "direct" ? `${say("privateWith")}${online ? "" : ` · ${say("notHere")}`}`
			: `${say("members")}: ${say("memberCount", { count: room.members })}`);
		$("leave").hidden = room.name === store.home;
		put($("my-name"), store.me.name);
		if ($("my-face").dataset.name !== store.me.name) {
			$("my-face").dataset.name = store.me.name;
			$("my-face").replaceChildren(face(store.me, "mini"));
		}
		const below = !this.timeline.atEnd;
		$("latest").hidden = !below;
		if (below) put($("latest"), `↓ ${room.unread > 0 ? say("latestNew", { count: room.unread }) : say("latest")}`);
	}

	#showTypists() {
		const names = [...(this.room?.typing.values() ?? [])].map(({ name }) => name);
		const [name, other] = names;
		put($("typing"), names.length === 0 ? "" : names.length === 1 ? say("typingOne", { name })
			: names.length === 2 ? say("typingTwo", { name, other }) : say("typingMany"));
	}

	#showState() {
		const { state, reason } = this.connection;
		document.body.dataset.state = state;
		put($("state"), say(state === "idle" ? "off" : state));
		if (!this.store.me && state === "waiting") put($("arrival-error"), say("unreachable"));
		if (!this.store.me && state === "ended") this.#showArrival(say("endedBanner", { reason: reason === "tooOld" ? say("tooOld") : reason }));
		const texts = { waiting: "waitingBanner", off: "offBanner", ended: "endedBanner" };
		const again = { waiting: "tryNow", off: "connect", ended: "comeBack" };
		const key = texts[state] ? `${state} ${reason} ${language()}` : "";
		const banner = $("banner");
		// Not for the moment that a train takes through a bridge: trying again is no new message.
		if (state === "connecting" && banner.dataset.key) return;
		if (banner.dataset.key === key) return;
		banner.dataset.key = key;
		banner.replaceChildren(...(key ? [el("span.grow", {}, say(texts[state], { reason: reason === "tooOld" ? say("tooOld") : reason })),
			el("button", { type: "button", onclick: () => (state === "waiting" ? this.connection.nudge() : this.connect()) }, say(again[state]))] : []));
	}

	// ---- language and looks

	setLanguage = (chosen) => {
		remember("language", chosen);
		document.documentElement.lang = chosen;
		translate(document);
		$("older").dataset.state = "";
		if (this.room) this.#show(this.room);
		this.timeline.again();
		this.draw();
	};

	setTheme = (theme) => {
		remember("theme", theme === "system" ? undefined : theme);
		document.documentElement.dataset.theme = theme;
	};

	// ---- buttons and keys of the page

	#acts = {
		skip: (event) => (event.preventDefault(), this.composer.focus()),
		language: () => this.setLanguage(language() === "zh" ? "en" : "zh"),
		settings: () => settings(this),
		search: () => search(this),
		browse: () => browse(this),
		leave: () => this.leave(),
		places: () => openDrawer($("app").dataset.drawer === "places" ? "" : "places"),
		members: () => openDrawer($("app").dataset.drawer === "members" ? "" : "members"),
		"close-drawer": () => openDrawer(""),
		latest: () => this.toLatest(),
		picture: () => $("file").click(),
		emoji: () => this.composer.toggleEmoji(),
	};

	#clicked(event) {
		const act = event.target.closest("[data-act]")?.dataset.act;
		if (act) this.#acts[act](event);
		else if (event.target.closest("#shade, .place")) openDrawer("");
		if (!event.target.closest("#emoji, #emoji-button")) $("emoji").hidden || this.composer.toggleEmoji(false);
	}

	#keyed(event) {
		if (event.key === "Escape" && !document.querySelector("dialog[open]")) openDrawer("");
		if (event.key === "k" && (event.ctrlKey || event.metaKey) && this.store.me && !document.querySelector("dialog[open]")) {
			event.preventDefault();
			search(this);
		}
	}
}

/** Leaves alone what says the same already, for a screen reader would say it again. */
function put(element, text) {
	if (element.textContent !== text) element.textContent = text;
}

function decodeHash() {
	try {
		return decodeURIComponent(location.hash.slice(1));
	} catch {
		return "";
	}
}

new Chat().start();
