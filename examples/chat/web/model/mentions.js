/** Who is called by an `@`: the same as the server decides (`people.rs`). Pure: no page. */

// The server looks at so many in a message.
export const MOST_MENTIONS = 20;

// Han, kana, Hangul: words are not set apart.
export const isSpaceless = (character) => character >= "\u2e80";
export const isWord = (character) => /[\p{Alphabetic}\p{N}]/u.test(character);

// The same for names that differ in capitals or width alone.
export const fold = (name) => name.normalize("NFKC").replace(/[\u2019\u02bc]/g, "'").toUpperCase().toLowerCase();

// What calls all who are in a room; and those of them who are here.
export const CALLS = new Map([["all", ["all", "所有人"]], ["here", ["here"]]]);

// The names in which mentions are looked for: `[name, who]`, who being "me" or "other".
export class Names {
	#who = new Map();
	#longest = 0;

	constructor(names = []) {
		for (const [name, who] of names) {
			this.#who.set(fold(name), who);
			this.#longest = Math.max(this.#longest, name.length);
		}
	}

	// Whom the `@` at this place calls: `{ end, who }`, by the longest name that follows it.
	at(text, at) {
		const last = before(text, at);
		if (this.#longest === 0 || (isWord(last) && !isSpaceless(last))) return null; // an address of mail
		// What is typed may be twice as long as it is when it is composed.
		for (let end = Math.min(text.length, at + 1 + 2 * this.#longest); end > at + 1; end--) {
			const who = endsAt(text, end) && this.#who.get(fold(text.slice(at + 1, end)));
			if (who) return { end, who };
		}
		return null;
	}
}

const before = (text, at) => /[^]$/u.exec(text.slice(Math.max(0, at - 2), at))?.[0] ?? "";
const after = (text, at) => (at < text.length ? String.fromCodePoint(text.codePointAt(at)) : "");

// May a name end here? Not in the middle of a word; where words are not set apart, anywhere.
function endsAt(text, end) {
	const [last, next] = [before(text, end), after(text, end)];
	return !/\p{M}/u.test(next) && (!isWord(next) || isSpaceless(last) || isSpaceless(next));
}
