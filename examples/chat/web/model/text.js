/** Text as people see it: signs made of several characters, and what cannot be seen. */

import { attempt } from "./attempt.js";

const segments = attempt(() => new Intl.Segmenter(), null);

// The first signs of a text, none of them cut apart.
export function cut(text, most) {
	let kept = "";
	let count = 0;
	for (const sign of segments ? segments.segment(text) : [...text]) {
		const whole = sign.segment ?? sign;
		// A tower of marks is one sign, as high as somebody likes.
		if (++count > most || kept.length + whole.length > 8 * most) return `${kept}…`;
		kept += whole;
	}
	return kept;
}

export const firstSign = (text) => cut(text, 1).replace(/…$/, "");

// Is there nothing to be seen: white space, what joins or directs other characters, what fonts leave empty?
export const isBlank = (text) => !/[^\p{Cc}\p{Cf}\p{Cs}\p{Z}\p{M}\p{Default_Ignorable_Code_Point}\u2800]/u.test(text);

// A name within a sentence of the other direction stays in its place (U+2068, first strong isolate).
export const isolated = (text) => (RIGHT_TO_LEFT.test(text) ? `\u2068${text}\u2069` : text);
const RIGHT_TO_LEFT = /[\u0590-\u08ff\ufb1d-\ufdff\ufe70-\ufefc]/;
