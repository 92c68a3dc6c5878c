/**
 * The face that everybody has who has chosen no picture: drawn from the number and the name, so it is the same on every
 * page and at every visit, and nothing is fetched for it. Pure: no page.
 */

import { isSpaceless } from "./mentions.js";
import { firstSign } from "./text.js";

// `sign` is what is written on it. The rest is a shape in two colours: their hues, and where the second one is, as a
// circle around a place near the edge (in percent of the width).
export function drawing({ id, name }) {
	// Neighbouring numbers get colours far apart: 137.5° is the golden angle.
	const hue = Math.round(id * 137.5) % 360;
	const luck = scattered(id);
	const angle = 2 * Math.PI * part(luck, 0);
	return {
		sign: monogram(name),
		hue,
		// A neighbour on the wheel, on one side or the other: it goes well with the first, and differs enough.
		second: (hue + (luck & 1 ? 1 : -1) * Math.round(45 + 45 * part(luck, 8)) + 360) % 360,
		x: Math.round(50 + 46 * Math.cos(angle)),
		y: Math.round(50 + 46 * Math.sin(angle)),
		size: Math.round(44 + 18 * part(luck, 16)),
	};
}

// Two initials where words have spaces, `Anna Maria`; else the first sign, whatever it is: `小`, `안`, `🐱`.
export function monogram(name) {
	const words = name.trim().split(/\s+/);
	const signs = [words[0], words.length > 1 && words.at(-1)].filter(Boolean).map(firstSign);
	const isLetter = (sign) => /^[\p{L}\p{N}]\p{M}*$/u.test(sign) && !isSpaceless(sign);
	const areLetters = signs.length === 2 && signs.every(isLetter);
	return (areLetters ? signs.join("") : (signs[0] ?? "")).toUpperCase();
}

// Bits that have nothing to do with how near two numbers are (the finalizer of MurmurHash3).
function scattered(id) {
	let bits = id >>> 0;
	bits = Math.imul(bits ^ (bits >>> 16), 0x85ebca6b);
	bits = Math.imul(bits ^ (bits >>> 13), 0xc2b2ae35);
	return (bits ^ (bits >>> 16)) >>> 0;
}

// 8 of the bits, as a part of 1.
const part = (bits, from) => ((bits >>> from) & 255) / 256;
