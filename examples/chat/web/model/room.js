/**
 * What was said in one room, as far as this page knows.
 *
 * Every event has an offset, 1, 2, 3, …; `last` is the latest that was heard. `items` are the messages to show, from
 * offset `low` to `high` without a gap, with short notices in between. Their places are counted from `base`, which
 * moves when older ones are put in front or let go: the place of an item stays the same. Pure: no page, no network.
 */

// So many are kept at the end of a room in which nobody reads back. The others can be fetched again.
const KEEP = 2_000;
// Comings and goings within this time share one line.
const NOTICE_TIME = 5 * 60_000;
// So many of them are known by name.
const MOST_NAMES = 50;

// Whoever runs the chat is nobody in it.
const OPERATOR = 0;

export class Room {
	items = [];
	base = 0;
	last = 0;
	// The latest that there was when the server told of the room.
	told = 0;
	// Grows when the items were replaced: nothing that was shown before is true any more.
	version = 0;
	// Is there something of its history; is more on its way; has it come to the present?
	filled = false;
	filling = false;
	live = false;
	// How often it has come to the present.
	came = 0;
	// The members, by id, once they were asked for. Are they to be asked for anew?
	users = null;
	outdated = false;
	// When the first of a crowd were asked for again.
	refreshed = 0;
	// A crowd is told of in numbers, not by name: so many of its members are here.
	crowd = false;
	here = undefined;
	typing = new Map();
	// What the room is: how it is called if its name is only a number, what it is about, how many seconds are between two
	// messages of one person, and whether it is for reading.
	title = undefined;
	topic = "";
	slow = 0;
	closed = false;
	// What one is here: an op? muted, until when? What one may do; and when one may speak again.
	op = false;
	muted = false;
	mutedUntil = undefined;
	may = [];
	slowUntil = 0;
	// How much of it one wants to hear of: "all", "mentions" or "nothing", if one has chosen that.
	level = undefined;
	// Who governs it, and who may not speak, and until when, as far as that is known.
	ops = new Set();
	silenced = new Map();
	// The offsets of what was taken back since the page was opened.
	gone = new Set();
	// The first message after this offset gets a line above it: new. So many are; and has somebody met the line?
	newAfter = Infinity;
	newCount = 0;
	newMet = false;
	// So many events had the last answer that was asked for.
	answer = Infinity;
	// Where somebody reads, while another room is shown: `{ offset, top }`.
	reading = null;

	#letGo;

	// `letGo(url)`: a picture that this page made itself is not shown any more.
	constructor(info, letGo = () => {}) {
		this.#letGo = letGo;
		this.update(info);
	}

	// Takes what a `welcome` or a `room` says.
	update({
		room, kind, with: other, epoch, first = 1, offset = 0, read = 0, unread = 0, mentions = 0, level, ...numbers
	}) {
		Object.assign(this, { name: room, kind, other, first, read, unread, mentions, level, told: offset });
		this.count(numbers);
		this.alter(numbers);
		this.stand(numbers);
		if (this.epoch === epoch) return;
		this.epoch = epoch;
		this.filled = false;
		this.#replace([], offset);
	}

	// How many members there are, and how many of them are here; and whether they are a crowd. When that changes, all
	// that is known of them by name is out of date.
	count({ members = 0, here, crowd = false }) {
		if (crowd !== this.crowd) this.outdated = true;
		Object.assign(this, { members, here, crowd });
	}

	// What the room is.
	alter({ kind = this.kind, title, topic = "", slow = 0, closed = false }) {
		Object.assign(this, { kind, title, topic, slow, closed });
		if (!slow) this.slowUntil = 0;
	}

	// What one is and may do here.
	stand({ op = false, muted_until: mutedUntil, muted = mutedUntil !== undefined, may = [] }) {
		Object.assign(this, { op, muted, mutedUntil, may });
	}

	appoint(id, isOp) {
		this.#mark(this.ops, id, isOp);
	}

	silence(id, isSilenced, until = Infinity) {
		if (isSilenced === this.silenced.has(id) && !isSilenced) return;
		if (isSilenced) this.silenced.set(id, until);
		else this.silenced.delete(id);
		this.users?.touch();
	}

	// Whose silence is over may speak again. When is the next one over?
	lapse(now) {
		for (const [id, until] of this.silenced) if (until <= now) this.silence(id, false);
		return Math.min(...this.silenced.values());
	}

	#mark(set, id, isIn) {
		if (set.has(id) === isIn) return;
		if (isIn) set.add(id);
		else set.delete(id);
		this.users?.touch();
	}

	// Somebody is nobody any more, and has another name in all that they said.
	erase({ id, name }) {
		this.users?.delete(id);
		this.ops.delete(id);
		this.typing.delete(id);
		if (this.other?.id === id) this.other = { ...this.other, name };
		for (const item of this.items) if (item.from_id === id) Object.assign(item, { from: name, stale: true });
	}

	get end() {
		return this.base + this.items.length;
	}

	// Is this what was said long ago, after a jump, and not what is said now?
	get past() {
		return this.high < this.last;
	}

	at(place) {
		return this.items[place - this.base];
	}

	find(offset) {
		return this.items.find((item) => item.offset === offset);
	}

	placeOf(offset) {
		const index = this.items.findIndex((item) => item.offset >= offset);
		return index < 0 ? this.end : this.base + index;
	}

	// Takes a `history`. False: it does not follow what is here.
	history({ epoch, recovered, events, more }) {
		const follows = (recovered || this.filling) && this.epoch === epoch;
		this.filled = true;
		this.filling = more;
		this.live = !more;
		this.came += this.live;
		if (follows) return events.every((event) => this.take(event) !== "gap");
		this.epoch = epoch;
		// An empty room may have been longer: the server was started with an older copy.
		this.#replace(events, events.at(-1)?.offset ?? this.told);
		return true;
	}

	// Takes one event: `new`, `known` (it is here already), or `gap` (something before it is missing).
	take(event) {
		if (event.offset <= this.last) return "known";
		if (event.offset > this.last + 1) return "gap";
		const { past } = this;
		this.last = event.offset;
		if (!past) this.#place(event);
		else this.#carryOut(event);
		return "new";
	}

	// What comes after this offset is new, so many messages.
	markNew(after, count) {
		for (const offset of [this.newAfter, after]) {
			const first = this.items.find((item) => item.offset > offset);
			if (first) first.stale = true;
		}
		Object.assign(this, { newAfter: after, newCount: count, newMet: false });
	}

	// Does the line stand above this item?
	isFirstNew(item) {
		return item.offset > this.newAfter && this.items.find(({ offset }) => offset > this.newAfter) === item;
	}

	// One more has come while nobody looked. If all was read before, new begins here.
	oneNew(offset) {
		if (this.newAfter === Infinity || this.unread === 1) this.markNew(offset - 1, 1);
		else this.newCount += 1;
	}

	// Takes a `page` of older events.
	older({ events, more }) {
		const fresh = events.filter((event) => event.offset < this.low);
		this.low = fresh[0]?.offset ?? this.low;
		if (!more) this.first = this.low;
		const shown = dated(fresh.filter(isMessage));
		this.items.unshift(...shown);
		this.base -= shown.length;
	}

	// Takes the page after the items, on the way back from a jump.
	newer({ events }) {
		for (const event of events) if (event.offset > this.high) this.#place(event);
	}

	// Shows another page: one from far back, or the latest again.
	jump({ events }) {
		this.#replace(events, this.last);
	}

	// Something that is no event; it is forgotten with the page.
	// `by`: who did it. `alone`: it says nothing together with another one.
	notice(kind, name, now = Date.now(), { by, alone = false } = {}) {
		if (this.past) return;
		const latest = this.items.at(-1);
		if (!alone && latest?.kind === kind && latest.by === by && now - latest.msg_time < NOTICE_TIME) {
			const others = latest.names.filter((other) => other !== name);
			latest.count += latest.names.length === others.length ? 1 : 0;
			latest.names = [...others.slice(1 - MOST_NAMES), name];
			latest.stale = true;
		} else {
			this.#append({ type: "notice", kind, names: [name], by, count: 1, msg_time: now, dated: latest?.dated });
		}
	}

	// Lets the oldest go while nobody looks at them.
	trim() {
		const surplus = this.items.length - KEEP;
		if (surplus < KEEP / 2 || this.past) return;
		this.#forget(this.items.splice(0, surplus));
		this.base += surplus;
		this.low = this.items.find((item) => item.offset)?.offset ?? this.last + 1;
	}

	#replace(events, last) {
		this.#forget(this.items);
		Object.assign(this, { items: [], base: 0, last, low: last + 1, high: last });
		this.version += 1;
		if (events.length === 0) return;
		this.low = events[0].offset;
		for (const event of events) this.#place(event);
	}

	#place(event) {
		this.high = event.offset;
		if (event.deleted) this.gone.add(event.offset);
		if (isMessage(event)) this.#append(event);
		else this.#carryOut(event);
	}

	// What it does to another event.
	#carryOut(event) {
		if (event.type === "deleted") for (const target of targetsOf(event)) this.#delete(target, event);
	}

	#append(item) {
		dated([item], this.items.at(-1)?.dated);
		this.items.push(item);
	}

	#delete(target, { from_id, from }) {
		this.gone.add(target);
		const item = this.find(target);
		if (!item) return;
		this.#forget([item]);
		const by = from_id === item.from_id || from_id === OPERATOR ? undefined : from;
		Object.assign(item, {
			msg: "", deleted: true, by, picture: undefined, mentions: [], call: undefined, stale: true,
		});
	}

	// One's own pictures are in the browser until they are fetched like others.
	#forget(items) {
		for (const { picture } of items) if (picture?.url.startsWith("blob:")) this.#letGo(picture.url);
	}
}

// Is it shown, and to be read? What says nothing only changes what is there.
export const isMessage = ({ msg }) => msg !== undefined;

// What it takes back: one message, or many of one person.
export const targetsOf = ({ target, targets = [target] }) => targets;

// Under which day they stand: never one before that of what they follow, for clocks can be set back. (A notice has the
// browser's time, and begins no day.)
function dated(items, latest = 0) {
	for (const item of items) latest = item.dated = Math.max(item.dated ?? item.msg_time, latest);
	return items;
}
