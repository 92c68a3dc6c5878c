/**
 * Where an address begins in a text, and where it ends. Pure: no page. Every character is looked at a few times at
 * most, whatever somebody writes: what cannot be an address is passed over as far as it was read.
 */

// Writing without spaces, or with endings that cling to a word, follows an address at once and is none of it: Thai,
// Lao, Tibetan, Burmese, Khmer; Han, kana, Hangul, and all signs that are as wide as those.
const SPACELESS = "\\u0e00-\\u109f\\u1100-\\u11ff\\u1780-\\u17ff\\u2e80-\\u{10ffff}";
const WORD = "\\p{L}\\p{M}\\p{N}";
// A part of a host, between dots: in letters of one kind, or in whatever goes on from a letter of the other.
const PART = `(?![${SPACELESS}])[\\p{L}\\p{N}](?:(?![${SPACELESS}])[${WORD}_-])*`;
const OTHER_PART = `[${SPACELESS}][${WORD}_-]*`;
// `www.例え.jp` goes on after a dot; `a.example.下一页` is the end of a sentence, and the next.
const HOST = [
	"\\[[\\da-f:.]+\\]",
	`${PART}(?:\\.(?:${PART}|${OTHER_PART}(?=[.:/?#])))*`,
	`${OTHER_PART}(?:\\.(?:${PART}|${OTHER_PART}))*`,
].join("|");

const BEGINNING = /https?:\/\/|www\./iy;
const AUTHORITY = new RegExp(`(?:${HOST})(?::\\d+)?`, "iuy");
// After the host: what ASCII allows in an address, and letters that are written with spaces.
const REST = new RegExp(`[/?#](?:[!#-;=?-Z\\[\\]_a-z{}~]|(?![${SPACELESS}\\x00-\\x7f])[${WORD}])*`, "uy");
// What was taken for the host is a name before it: `https://bank.example@evil.example` deceives.
const NAME = /(?::[^\s/?#@]{0,256})?@/y;
const BEFORE_WWW = /[\w@/.:-]/;
// What begins italics is no part of a word.
const MARK = /(?<!\w)_$/;

// The address at this place: `{ end, href }`. Without `href` it is none as far as `end`; null: nothing begins here.
// `marks` are signs that close something around it: at its end they are not part of it.
export function linkAt(text, at, marks = "") {
	const scheme = match(BEGINNING, text, at);
	const bare = /^w/i.test(scheme);
	const before = text.slice(Math.max(0, at - 2), at).replace(MARK, "").slice(-1);
	if (!scheme || (bare ? BEFORE_WWW : /\w/).test(before)) return null;
	const begin = bare ? at : at + scheme.length;
	const host = match(AUTHORITY, text, begin);
	let end = begin + Math.max(host.length, bare ? scheme.length : 0);
	if (!host || (bare && !/\..+\./.test(host)) || match(NAME, text, end)) return { end };
	const rest = match(REST, text, end);
	end += withoutTail(rest, marks);
	while (!rest && text[end - 1] === "_") end--;
	const href = (bare ? "https://" : "") + text.slice(at, end);
	return canParse(href) ? { end, href } : { end };
}

function match(pattern, text, at) {
	pattern.lastIndex = at;
	return pattern.exec(text)?.[0] ?? "";
}

function canParse(href) {
	try {
		return Boolean(new URL(href));
	} catch {
		return false;
	}
}

const OPENING = "([{";
const CLOSING = ")]}";

// How much of it is address: without the stop at the end of a sentence, and the bracket that was opened before it.
function withoutTail(rest, marks) {
	const surplus = [0, 0, 0];
	for (const sign of rest) {
		if (OPENING.includes(sign)) surplus[OPENING.indexOf(sign)] -= 1;
		else if (CLOSING.includes(sign)) surplus[CLOSING.indexOf(sign)] += 1;
	}
	let end = rest.length;
	for (; end > 0; end--) {
		const last = rest[end - 1];
		if (surplus[CLOSING.indexOf(last)] > 0) surplus[CLOSING.indexOf(last)] -= 1;
		else if (!".,;:!?'([{".includes(last) && !marks.includes(last)) break;
	}
	return end;
}
