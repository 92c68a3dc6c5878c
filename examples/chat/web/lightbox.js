/** One picture over everything: all of it, or in its own size; who sent it, and with what words; and the next of the room. */

import * as chat from "./chat.js";
import { $, el, iconButton, icon } from "./dom.js";
import { untilGone } from "./gone.js";
import { fullTime, say } from "./words.js";

export const altOf = ({ msg, from }) => msg || say("pictureFrom", { name: from });

// `opener` has the focus afterwards, if it is still there.
export function enlarge(item, opener) {
	const image = el("img", { decoding: "async", onclick: () => zoom() });
	const caption = el("figcaption", { dir: "auto" });
	const original = el("a.icon", { target: "_blank", rel: "noopener", title: say("original"), ariaLabel: say("original") }, icon("original"));
	const previous = iconButton("previous", "previousPicture", () => step(-1), ".previous");
	const next = iconButton("next", "nextPicture", () => step(1), ".next");
	const close = iconButton("close", "close", () => dialog.close());
	close.autofocus = true;
	const zoom = () => dialog.classList.toggle("whole");
	const dialog = el("dialog.lightbox", { onclick: ({ target }) => target.matches("dialog, figure") && dialog.close(), onclose, onkeydown },
		el("figure", {}, image, caption), previous, next,
		el("p.tools", {}, iconButton("zoom", "zoom", zoom), original, close));

	function show(shown) {
		item = shown;
		const src = chat.source(item.picture.url);
		Object.assign(image, { src, alt: altOf(item) });
		original.href = src;
		dialog.ariaLabel = image.alt;
		dialog.classList.remove("whole");
		caption.replaceChildren(...(item.msg ? [el("p", { dir: "auto" }, item.msg)] : []), el("p.small", {}, el("bdi", {}, item.from), ` · ${fullTime(item.msg_time)}`));
		previous.hidden = !neighbour(-1);
		next.hidden = !neighbour(1);
		untilGone(chat.room.name, item.offset, () => shown === item && dialog.close());
	}

	function neighbour(by) {
		const all = chat.room.items.filter(({ picture }) => picture && chat.source(picture.url));
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
		else if (key === "+" || key === "-") dialog.classList.toggle("whole", key === "+");
	}

	function onclose() {
		dialog.remove();
		(opener.isConnected ? opener : $("say")).focus({ preventScroll: true });
	}

	show(item);
	document.body.append(dialog);
	dialog.showModal();
}
