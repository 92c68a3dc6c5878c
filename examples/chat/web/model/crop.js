/**
 * Which square of a picture is cut out: arithmetic alone, in pixels of the picture. `{ width, height, x, y, side }`:
 * the square begins at `x`, `y`, and never leaves the picture. Pure: no page.
 */

// So much nearer than the whole one can come, but not so near that there are fewer pixels than this.
const NEAREST = 8;
const FEWEST = 32;

// The largest square there is, in the middle.
export function whole(width, height) {
	const side = Math.min(width, height);
	return { width, height, side, x: (width - side) / 2, y: (height - side) / 2 };
}

// How near it is: 1 is the whole, `nearest` the nearest.
export const nearness = ({ width, height, side }) => Math.min(width, height) / side;
export const nearest = ({ width, height }) => Math.max(1, Math.min(NEAREST, Math.min(width, height) / FEWEST));

// As near as wished, around the same middle.
export function zoomed(crop, wished) {
	const near = Math.min(nearest(crop), Math.max(1, wished));
	const side = Math.min(crop.width, crop.height) / near;
	const shift = (crop.side - side) / 2;
	return within({ ...crop, side, x: crop.x + shift, y: crop.y + shift });
}

// Pushed by a part of what is seen: 1 is its whole width.
export const pushed = (crop, right, down) =>
	within({ ...crop, x: crop.x - right * crop.side, y: crop.y - down * crop.side });

// Dragged by a finger, or by two, which may come apart: where they were and are, each in parts of what is seen. What
// was between them stays there.
export function dragged(crop, before, after) {
	const [from, to] = [middle(before), middle(after)];
	const near = zoomed(crop, nearness(crop) * (apart(after) / apart(before) || 1));
	return within({
		...near, x: crop.x + from.x * crop.side - to.x * near.side, y: crop.y + from.y * crop.side - to.y * near.side,
	});
}

const middle = ([one, other = one]) => ({ x: (one.x + other.x) / 2, y: (one.y + other.y) / 2 });
const apart = ([one, other = one]) => Math.hypot(one.x - other.x, one.y - other.y);

function within(crop) {
	const kept = (place, room) => Math.min(Math.max(0, place), Math.max(0, room - crop.side));
	return { ...crop, x: kept(crop.x, crop.width), y: kept(crop.y, crop.height) };
}

// Ways to make it small enough, the best first: `{ side, type, quality }`.
export const ATTEMPTS = [[256, 0.9], [256, 0.75], [256, 0.5], [192, 0.7], [128, 0.7], [96, 0.5]].flatMap(
	([side, quality]) => ["image/webp", "image/jpeg"].map((type) => ({ side, type, quality })),
);
