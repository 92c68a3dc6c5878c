/**
 * The emoji that can be found and typed, from the lines of emoji.txt: `sign|codes words|names words`, the codes in
 * English, the names in Chinese, each with commas between them; `# kind` begins those of one kind. Pure: no page.
 */

export class Emoji {
	// `{ kind, emoji: [{ sign, codes, names, words }] }`
	kinds = [];
	#bySign = new Map();
	#byCode = new Map();
	#byName = new Map();

	constructor(text) {
		for (const line of text.split("\n").filter(Boolean)) {
			if (line.startsWith("# ")) this.kinds.push({ kind: line.slice(2), emoji: [] });
			else this.#add(line);
		}
	}

	#add(line) {
		const [sign, english, chinese] = line.split("|");
		const [codes, ...words] = english.split(" ");
		const [names, ...more] = chinese.split(" ");
		const one = { sign, codes: codes.split(","), names: names.split(","), words: [...words, ...more] };
		this.kinds.at(-1).emoji.push(one);
		this.#bySign.set(sign, one);
		for (const code of one.codes) this.#byCode.set(code, sign);
		for (const name of one.names) this.#byName.set(name, sign);
	}

	get all() {
		return this.#bySign.values();
	}

	of(sign) {
		return this.#bySign.get(sign);
	}

	// The sign for `smile`, and for `微笑`.
	coded(code) {
		return this.#byCode.get(code.toLowerCase());
	}

	named(name) {
		return this.#byName.get(name);
	}

	// Those that have all words of a query, the best first.
	find(query, most = Infinity) {
		const words = query.toLowerCase().split(/[\s:[\]]+/).filter(Boolean);
		if (words.length === 0) return [];
		const found = [...this.all].map((one) => ({ one, rank: sum(words.map((word) => rank(one, word))) }));
		const fits = found.filter(({ rank }) => rank < NONE).sort((one, other) => one.rank - other.rank);
		return fits.slice(0, most).map(({ one }) => one);
	}
}

const NONE = 1_000;
const sum = (numbers) => numbers.reduce((total, number) => total + number, 0);

// How well a word fits: a whole code or name is best, then what begins so (the shortest first), then what has it
// somewhere.
function rank({ codes, names, words }, word) {
	const own = [...codes, ...names].map((name) => name.toLowerCase());
	const beginning = own.filter((name) => name.startsWith(word));
	if (beginning.length > 0) return Math.min(...beginning.map(({ length }) => 1 - word.length / length));
	const tests = [
		() => words.includes(word),
		() => codes.some((code) => code.split("_").some((part) => part.startsWith(word))),
		() => words.some((other) => other.startsWith(word)),
		() => [...own, ...words].some((name) => name.includes(word)),
	];
	const at = tests.findIndex((test) => test());
	return at < 0 ? NONE : at + 1;
}
