/** Lengths of time and sizes, in units that people read. Pure. */

const UNITS = [["day", 86_400], ["hour", 3_600], ["minute", 60], ["second", 1]];

const MINUTE = 60;
const HOUR = 60 * MINUTE;
const DAY = 24 * HOUR;

// What one chooses from, in seconds; 0: for ever, or never.
export const MUTES = [10 * MINUTE, HOUR, DAY, 7 * DAY, 0];
export const BANS = [HOUR, DAY, 7 * DAY, 30 * DAY, 0];
export const EXPIRIES = [HOUR, DAY, 7 * DAY, 30 * DAY, 90 * DAY];
export const USES = [1, 10, 100, 1_000];
// Messages a minute.
export const KEY_PACES = [6, 20, 60, 300];
export const PACES = [0, 5, 10, 30, MINUTE, 5 * MINUTE, 15 * MINUTE, HOUR];

// The two largest units: `[["day", 3], ["hour", 4]]`.
export function unitsOf(seconds, most = 2) {
	let rest = Math.max(0, Math.floor(seconds));
	const parts = [];
	for (const [unit, length] of UNITS) {
		const count = Math.floor(rest / length);
		rest -= count * length;
		if (count > 0) parts.push([unit, count]);
		// What is less than the second unit says nothing any more.
		if (parts.length > 0 && (parts.length === most || count === 0)) break;
	}
	return parts.length > 0 ? parts : [["second", 0]];
}

// How long ago, or how long until then, as `Intl.RelativeTimeFormat` wants it; nothing: just now.
export function distanceOf(time, now) {
	const seconds = (time - now) / 1_000;
	const [unit, length] = UNITS.find(([, length]) => Math.abs(seconds) >= length * 0.95) ?? ["second", 1];
	return Math.abs(seconds) < 45 ? undefined : [Math.round(seconds / length), unit];
}

const SIZES = ["byte", "kilobyte", "megabyte", "gigabyte", "terabyte"];

// `[1.5, "megabyte"]`
export function sizeOf(bytes) {
	const power = bytes < 1 ? 0 : Math.min(SIZES.length - 1, Math.floor(Math.log(bytes) / Math.log(1_000)));
	return [bytes / 1_000 ** power, SIZES[power]];
}
