/** A small line of what a figure was in the last minutes, drawn by hand. What it says stands beside it in words. */

import { lineOf } from "../model/figures.js";

const WIDTH = 240;
const HEIGHT = 44;

export function spark() {
	const make = (tag) => document.createElementNS("http://www.w3.org/2000/svg", tag);
	const [svg, area, line] = [make("svg"), make("path"), make("path")];
	svg.setAttribute("viewBox", `0 0 ${WIDTH} ${HEIGHT}`);
	svg.setAttribute("preserveAspectRatio", "none");
	svg.setAttribute("aria-hidden", "true");
	svg.setAttribute("class", "spark");
	area.setAttribute("class", "spark-area");
	line.setAttribute("class", "spark-line");
	svg.append(area, line);

	function update(values) {
		const drawn = lineOf(values, WIDTH, HEIGHT);
		line.setAttribute("d", drawn.line);
		area.setAttribute("d", drawn.area);
	}

	return { element: svg, update };
}
