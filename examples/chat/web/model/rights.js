/**
 * What one may do here: what the server has said, and nothing that it would refuse at once. Pure.
 *
 * Each list is in the order in which a menu has it, in groups: what everybody may, then what governs.
 */

const RANKS = { owner: 3, admin: 2 };

const rankOf = (person, room) => RANKS[person.role] ?? (room?.ops.has(person.id) ? 1 : 0);

// Is one more than somebody else, so that one governs them?
export function outranks({ me }, room, person) {
	if (person.id === me.id) return false;
	return me.role === "owner" || rankOf(me, room) > rankOf(person, room);
}

// Where something may be done: in this room, in the whole chat, in both, or nowhere.
export const placesOf = ({ may }, room, right) => [room.may.includes(right) && "room", may.includes(right) && "chat"]
	.filter(Boolean);

// Does one govern this room?
export const governs = (room) => room.may.length > 0;

// Is there anything of others that one may look at and settle?
export const reviews = ({ may, rooms }) =>
	may.includes("review") || [...rooms.values()].some((room) => room.may.includes("review"));

export function actsOnMessage(store, room, item) {
	const isMine = item.from_id === store.me.id;
	const isThere = !item.deleted;
	const person = store.people.get(item.from_id) ?? { id: item.from_id, name: item.from, bot: item.bot };
	const isBelow = outranks(store, room, person);
	return grouped(
		[isThere && item.msg && "copy", !isMine && "mention", !isMine && isThere && "report"],
		[isThere && (isMine || (isBelow && room.may.includes("delete"))) && "delete"],
		isBelow ? restraining(store, room, person) : [],
	);
}

export function actsOnPerson(store, room, person) {
	const isBelow = outranks(store, room, person);
	const isOp = room.ops.has(person.id);
	const appoints = isBelow && room.may.includes("op") && !RANKS[person.role];
	return grouped(
		["talkTo", !room.other && "mention"],
		isBelow ? restraining(store, room, person) : [],
		[appoints && (isOp ? "deop" : "op"), isBelow && !person.bot && store.may.includes("role") && "role"],
	);
}

function restraining(store, room, person) {
	const may = (right) => placesOf(store, room, right).length > 0;
	return [
		may("mute") && (room.silenced.has(person.id) ? "unmute" : "mute"),
		// The robot is in no room.
		may("kick") && person !== store.robot && "kick", may("ban") && "ban", may("purge") && "purge",
	];
}

const grouped = (...groups) => groups.map((group) => group.filter(Boolean)).filter((group) => group.length > 0);
