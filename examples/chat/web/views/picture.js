/**
 * A picture in the log, if it is still kept. Its place is there before its bytes are, and stays if they do not come.
 */

import { button, el } from "./dom.js";
import { altOf, enlarge, sourceOf } from "./lightbox.js";
import { say } from "./words.js";

export function picture(app, item) {
	const src = item.picture && sourceOf(app.state, item.picture.url);
	if (!src) return undefined;
	const image = el("img", { src, alt: altOf(item), decoding: "async" });
	const frame = button(".picture", { tabIndex: -1, title: say("enlarge"), onclick: act }, image);
	const broken = () => frame.classList.contains("picture-broken");
	keepPlace(frame, item.picture);
	image.onload = () => {
		frame.classList.remove("picture-broken");
		if (item.picture.width) return;
		Object.assign(item.picture, { width: image.naturalWidth, height: image.naturalHeight });
		keepPlace(frame, item.picture);
	};
	// Its place says so; a click tries again.
	image.onerror = () => {
		if (!broken()) frame.append(el("span.small", {}, `${say("pictureFailed")} ${say("retry")}`));
		frame.classList.add("picture-broken");
	};
	function act() {
		if (!broken()) return enlarge(app, item, frame);
		frame.classList.remove("picture-broken");
		frame.lastChild.remove();
		image.src = src;
	}
	return frame;
}

// So nothing jumps. What is very narrow or flat shows a part.
function keepPlace({ style }, { width, height }) {
	const shape = width ? Math.min(12, Math.max(.3, width / height)) : 4 / 3;
	style.width = `min(26rem, ${width ?? 192}px, ${50 * shape}vh)`;
	style.aspectRatio = shape;
}
