/** Pictures that are to be sent (chosen, pasted or dropped; looked at first), and pictures that are enlarged. */

import { $, el, iconButton } from "./dom.js";
import { say } from "./words.js";

const TYPES = ["image/png", "image/jpeg", "image/gif", "image/webp"];
/** A photograph that is too large for the server is sent with so many pixels at its longer side. */
const LONGER_SIDE = 2560;

export class Pictures {
	#waiting = [];
	#composer;

	constructor(composer) {
		this.#composer = composer;
		$("file").addEventListener("change", async ({ target }) => {
			await this.take([...target.files]);
			target.value = "";
		});
		document.addEventListener("paste", (event) => this.#from(event, event.clipboardData));
		document.addEventListener("drop", (event) => this.#from(event, event.dataTransfer));
		document.addEventListener("dragover", (event) => {
			event.preventDefault();
			$("drop").hidden = !event.dataTransfer.types.includes("Files");
		});
		document.addEventListener("dragleave", (event) => event.relatedTarget || ($("drop").hidden = true));
	}

	get empty() {
		return this.#waiting.length === 0;
	}

	async take(files) {
		for (const file of files) {
			const { blob, wrong } = await fit(file, this.#composer.limits.picture);
			if (blob) this.#waiting.push({ blob, url: URL.createObjectURL(blob) });
			else this.#composer.note(wrong);
		}
		this.#show();
	}

	/** Hands them over to be sent. */
	release() {
		const blobs = this.#waiting.map(({ blob }) => blob);
		this.#remove(() => true);
		return blobs;
	}

	#from(event, { files }) {
		$("drop").hidden = true;
		if (files.length === 0 || $("app").hidden) return;
		event.preventDefault();
		this.take([...files]);
	}

	#remove(which) {
		for (const { url } of this.#waiting.filter(which)) URL.revokeObjectURL(url);
		this.#waiting = this.#waiting.filter((one) => !which(one));
		this.#show();
	}

	#show() {
		$("attached").replaceChildren(...this.#waiting.map((one) => el("figure", {}, el("img", { src: one.url, alt: one.blob.name ?? "" }),
			iconButton("close", say("removePicture"), { onclick: () => this.#remove((other) => other === one) }, ".little"))));
		this.#composer.focus();
	}
}

/** The picture as it can be sent, or what is wrong with it. */
async function fit(file, limit) {
	if (!TYPES.includes(file.type)) return { wrong: say("notAPicture") };
	const blob = file.size > limit && file.type !== "image/gif" ? await shrink(file).catch(() => file) : file;
	return blob.size > limit ? { wrong: say("pictureTooLarge", { size: `${(limit / 2 ** 20).toFixed(1)} MB` }) } : { blob };
}

/** The same picture with fewer pixels, as JPEG. */
async function shrink(file) {
	const whole = await createImageBitmap(file);
	const scale = Math.min(1, LONGER_SIDE / Math.max(whole.width, whole.height));
	const canvas = new OffscreenCanvas(Math.round(whole.width * scale), Math.round(whole.height * scale));
	canvas.getContext("2d").drawImage(whole, 0, 0, canvas.width, canvas.height);
	return canvas.convertToBlob({ type: "image/jpeg", quality: 0.85 });
}

/** The whole picture, over everything; a click or Escape closes it. */
export function enlarge({ src, alt }) {
	const dialog = el("dialog.lightbox", { ariaLabel: alt, onclick: () => dialog.close(), onclose: () => dialog.remove() },
		el("img", { src, alt }), iconButton("close", say("close"), {}));
	document.body.append(dialog);
	dialog.showModal();
}
