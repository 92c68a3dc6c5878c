/**
 * One picture over everything: all of it, or in its own size; who sent it, with what words; and the next of the room.
 */

import { $, el, icon, iconButton } from "./dom.js";
import { fullTime, say } from "./words.js";

export const altOf = ({ msg, from }) => msg || say("pictureFrom", { name: from });

// Pictures come from this page's own server alone: so says its Content-Security-Policy.
export const sourceOf = ({ url, home }, address) => (address.startsWith("blob:") || url === home ? address : "");

// `opener` has the focus afterwards, if it is still there.
export function enlarge({ state }, item, opener) {
	const image = el("img", { decoding: "async", onclick: zoom });
	const caption = el("figcaption", { dir: "auto" });
	const label = say("original");
	const original = el("a.icon", { target: "_blank", rel: "noopener", title: label, ariaLabel: label }, icon("original"));
	const previous = iconButton("previous", "previousPicture", () => step(-1), ".lightbox-previous");
	const next = iconButton("next", "nextPicture", () => step(1), ".lightbox-next");
	const close = iconButton("close", "close", () => dialog.close());
	close.autofocus = true;
	const onclick = ({ target }) => target.matches("dialog, figure") && dialog.close();
	const dialog = el("dialog.lightbox", { onclick, onclose, onkeydown },
		el("figure", {}, image, caption), previous, next,
		el("p.lightbox-tools", {}, iconButton("zoom", "zoom", zoom), original, close));

	function zoom() {
		dialog.classList.toggle("lightbox-whole");
	}

	function show(shown) {
		item = shown;
		const src = sourceOf(state, item.picture.url);
		Object.assign(image, { src, alt: altOf(item) });
		original.href = src;
		dialog.ariaLabel = image.alt;
		dialog.classList.remove("lightbox-whole");
		caption.replaceChildren(...captionOf(item));
		previous.hidden = !neighbour(-1);
		next.hidden = !neighbour(1);
		state.gone.watch(state.room.name, item.offset, () => shown === item && dialog.close());
	}

	function neighbour(by) {
		const all = state.room.items.filter(({ picture }) => picture && sourceOf(state, picture.url));
		const at = all.findIndex(({ offset }) => offset === item.offset);
		return at < 0 ? undefined : all[at + by];
	}

	function step(by) {
		const other = neighbour(by);
		if (other) show(other);
	}

	function onkeydown({ key }) {
		if (key === "ArrowLeft") step(-1);
		else if (key === "ArrowRight") step(1);
		else if (key === "+" || key === "-") dialog.classList.toggle("lightbox-whole", key === "+");
	}

	function onclose() {
		dialog.remove();
		(opener.isConnected ? opener : $("say")).focus({ preventScroll: true });
	}

	show(item);
	document.body.append(dialog);
	dialog.showModal();
}

function captionOf({ msg, from, msg_time }) {
	const words = msg ? [el("p", { dir: "auto" }, msg)] : [];
	return [...words, el("p.small", {}, el("bdi", {}, from), ` · ${fullTime(msg_time)}`)];
}
