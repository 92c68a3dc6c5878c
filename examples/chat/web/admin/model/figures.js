/** The figures of the last minutes, one a second, and the lines that are drawn of them. Pure. */

// Two minutes.
export const KEPT = 120;

export class Figures {
	latest = undefined;
	#past = [];

	take(figures) {
		this.latest = figures;
		this.#past.push(figures);
		if (this.#past.length > KEPT) this.#past.shift();
	}

	// The server was away: a line over the gap would tell something that nobody has seen.
	begin() {
		this.#past = [];
	}

	series(name) {
		return this.#past.map((figures) => figures[name] ?? 0);
	}
}

// The line through the values, from left to right in a field of this size, the newest at the right; and the same with
// the area below. A small change looks small: the field is a quarter of the largest value high, at least.
export function lineOf(values, width, height) {
	if (values.length < 2) return { line: "", area: "" };
	const [least, most] = [Math.min(...values), Math.max(...values)];
	const step = width / (KEPT - 1);
	const left = width - step * (values.length - 1);
	const range = Math.max(most - least, most / 4);
	const top = (most + least + range) / 2;
	const depth = (value) => (range > 0 ? (top - value) / range : 1);
	const points = values.map((value, at) => `${short(left + step * at)} ${short(2 + depth(value) * (height - 4))}`);
	const line = `M${points.join("L")}`;
	return { line, area: `${line}L${short(width)} ${height}L${short(left)} ${height}Z` };
}

const short = (number) => Math.round(number * 100) / 100;
