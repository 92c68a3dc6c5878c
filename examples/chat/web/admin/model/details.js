/** What the log of acts tells beside an act, taken apart, so that it can be said in any language. Pure. */

// For each act: what its detail looks like, and what its parts are.
const SHAPES = {
	role: [[/^(member|admin|owner)$/, "role"]],
	mute: [[/^(\d+) s$/, "seconds"], [/^for ever$/, "ever"]],
	ban: [
		[/^(\d+) s(?:, (\d+) addresses)?$/, "seconds", "addresses"],
		[/^(for ever)(?:, (\d+) addresses)?$/, "ever", "addresses"],
	],
	purge: [[/^the last (\d+) s$/, "last"], [/^all$/, "all"]],
	slow: [[/^(\d+) s$/, "pace"]],
	door: [[/^(open|named|invited|shut)$/, "door"]],
	invite: [[/^(\d+) uses, (\d+) s$/, "uses", "seconds"]],
	end_session: [[/^session (\d+)$/, "number"]],
	admin_out: [[/^session (\d+)$/, "number"]],
	revoke: [[/^invite (\d+)$/, "number"]],
	revoke_key: [[/^key (\d+)$/, "number"]],
	drop_target: [[/^target (\d+)$/, "number"]],
	rotate_target: [[/^target (\d+)$/, "number"]],
	accept: [[/^invite (\d+)$/, "number"]],
	report: [[/^message (\d+)$/, "number"]],
	delete: [[/^message (\d+)$/, "number"]],
	settle: [[/^report \d+: (said|granted|not granted)/, "settled"]],
	announce: [[/^taken down$/, "down"]],
};

// `[["seconds", "3600"], ["addresses", "2"]]`; what nobody here knows is a text as it is.
export function partsOf({ act, detail }) {
	// The name of a bot is said already.
	if (!detail || act === "bot") return [];
	for (const [shape, ...kinds] of SHAPES[act] ?? []) {
		const found = shape.exec(detail);
		if (!found) continue;
		return kinds.map((kind, at) => [kind, found[at + 1]]).filter(([, value], at) => at === 0 || value !== undefined);
	}
	return [["text", detail]];
}
