/**
 * The square of a picture by which one wants to be shown: pushed and brought nearer by fingers, pointer, wheel or keys;
 * what is inside of the circle is what others see.
 */

import { ATTEMPTS, dragged, nearest, nearness, pushed, whole, zoomed } from "../model/crop.js";
import { open } from "./dialog.js";
import { button, el } from "./dom.js";
import { say, sentence, why } from "./words.js";

// What a server takes.
const MOST_BYTES = 64 * 1024;
// Pixels of what one sees here.
const SIDE = 512;
// One key pushes by so much of what is seen, and brings nearer by so much.
const STEP = 0.04;
const NEARER = 1.1;

// `use(blob)` sends it; what is refused is told here. Throws, if this is no picture that the browser knows.
export async function cropPicture(file, use) {
	const picture = await createImageBitmap(file);
	let crop = whole(picture.width, picture.height);
	// Where each finger is that is on it, or the pointer: in parts of what is seen.
	const fingers = new Map();
	const spot = ({ offsetX, offsetY }) => ({ x: offsetX / canvas.clientWidth, y: offsetY / canvas.clientWidth });
	const wrong = el("p.error.small", { role: "alert" });
	const canvas = el("canvas.crop-canvas", {
		width: SIDE, height: SIDE, tabIndex: 0, role: "img", autofocus: true, ariaLabel: say("cropLabel"),
		onkeydown: key, onwheel: wheel, onpointerdown: take, onpointermove: drag,
		onlostpointercapture: ({ pointerId }) => fingers.delete(pointerId),
	});
	const slide = () => zoom(nearest(crop) ** (near.value / 100));
	const near = el("input", { type: "range", min: 0, max: 100, value: 0, ariaLabel: say("nearer"), oninput: slide });

	function show(next) {
		crop = next;
		near.value = nearest(crop) > 1 ? (100 * Math.log(nearness(crop))) / Math.log(nearest(crop)) : 0;
		paint(canvas.getContext("2d"), picture, crop, SIDE);
	}

	const zoom = (wished) => show(zoomed(crop, wished));

	function key(event) {
		const acts = {
			ArrowLeft: () => show(pushed(crop, -STEP, 0)),
			ArrowRight: () => show(pushed(crop, STEP, 0)),
			ArrowUp: () => show(pushed(crop, 0, -STEP)),
			ArrowDown: () => show(pushed(crop, 0, STEP)),
			"+": () => zoom(nearness(crop) * NEARER),
			"=": () => zoom(nearness(crop) * NEARER),
			"-": () => zoom(nearness(crop) / NEARER),
		};
		if (!acts[event.key]) return;
		event.preventDefault();
		acts[event.key]();
	}

	function take(event) {
		if (event.button !== 0) return;
		canvas.setPointerCapture(event.pointerId);
		fingers.set(event.pointerId, spot(event));
	}

	function drag(event) {
		if (!fingers.has(event.pointerId)) return;
		const before = [...fingers.values()];
		fingers.set(event.pointerId, spot(event));
		show(dragged(crop, before, [...fingers.values()]));
	}

	function wheel(event) {
		event.preventDefault();
		zoom(nearness(crop) * NEARER ** (-event.deltaY / 60));
	}

	async function done() {
		wrong.textContent = "";
		yes.disabled = true;
		try {
			await use(await small(picture, crop));
			dialog.close();
		} catch (error) {
			wrong.textContent = sentence(why(error));
		}
		yes.disabled = false;
	}

	const yes = button(".primary", { onclick: done }, say("useThis"));
	const dialog = open(say("myPicture"), el("div.crop-frame", {}, canvas), near,
		el("p.quiet.small", {}, say("cropHint")), wrong,
		el("p.dialog-buttons", {}, yes, button("", { onclick: () => dialog.close() }, say("cancel"))));
	dialog.addEventListener("close", () => picture.close());
	canvas.focus();
	show(crop);
}

// What can be seen through is on white, as on paper.
function paint(paper, picture, { x, y, side }, size) {
	paper.fillStyle = "#fff";
	paper.fillRect(0, 0, size, size);
	paper.imageSmoothingQuality = "high";
	paper.drawImage(picture, x, y, side, side, 0, 0, size, size);
}

// As good as fits. (A browser that cannot write one kind writes another.)
async function small(picture, crop) {
	for (const { side, type, quality } of ATTEMPTS) {
		const canvas = new OffscreenCanvas(side, side);
		paint(canvas.getContext("2d"), picture, crop, side);
		const blob = await canvas.convertToBlob({ type, quality });
		if (blob.type === type && blob.size <= MOST_BYTES) return blob;
	}
	throw { code: "picture_too_large" };
}
