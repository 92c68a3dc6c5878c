/** Pictures that are to be sent: chosen, pasted or dropped, looked at first; and pictures that are enlarged. */

import { $, el, icon } from "./dom.js";
import { say } from "./words.js";

const TYPES = ["image/png", "image/jpeg", "image/gif", "image/webp"];
/** A photograph that is too large for the server is sent with this many pixels at most at its longer side. */
const LONGER_SIDE = 2560;

export class Pictures {
	#waiting = [];
	#app;

	/** `app` has `store.limits`, `note(text)` and `focus()`. */
	constructor(app) {
		this.#app = app;
		$("file").addEventListener("change", () => {
			this.take($("file").files);
			$("file").value = "";
		});
		document.addEventListener("paste", (event) => this.#from(event, event.clipboardData));
		document.addEventListener("dragover", (event) => {
			if (!event.dataTransfer.types.includes("Files")) return;
			event.preventDefault();
			$("drop").hidden = false;
		});
		document.addEventListener("dragleave", (event) => event.relatedTarget ?? ($("drop").hidden = true));
		document.addEventListener("drop", (event) => {
			$("drop").hidden = true;
			this.#from(event, event.dataTransfer);
		});
	}

	get empty() {
		return this.#waiting.length === 0;
	}

	/** Hands them over to be sent. */
	release() {
		const blobs = this.#waiting.map(({ blob }) => blob);
		for (const { url } of this.#waiting) URL.revokeObjectURL(url);
		this.#waiting = [];
		this.#show();
		return blobs;
	}

	async take(files) {
		for (const file of files) {
			const fitting = await this.#fit(file);
			if (fitting.wrong) this.#app.note(fitting.wrong);
			else this.#waiting.push({ blob: fitting, url: URL.createObjectURL(fitting), name: file.name });
		}
		this.#show();
		this.#app.focus();
	}

	#from(event, data) {
		const { files } = data;
		if (files.length === 0 || document.querySelector("dialog[open]") || $("app").hidden) return;
		event.preventDefault();
		this.take([...files]);
	}

	async #fit(file) {
		const limit = this.#app.store.limits.picture;
		if (!TYPES.includes(file.type)) return { wrong: say("notAPicture") };
		if (file.size <= limit) return file;
		const smaller = file.type !== "image/gif" && (await shrink(file));
		if (smaller && smaller.size <= limit) return smaller;
		return { wrong: say("pictureTooLarge", { limit: `${(limit / (1 << 20)).toFixed(limit < 1 << 20 ? 2 : 0)} MB` }) };
	}

	#show() {
		$("attached").hidden = this.empty;
		$("say").placeholder = this.empty ? (this.#app.placeholder?.() ?? "") : say("caption");
		$("attached").replaceChildren(...this.#waiting.map((one) => el("figure.attachment", {},
			el("img", { src: one.url, alt: one.name || say("pictureFrom", { name: say("you") }) }),
			el("button.icon.small-icon", { type: "button", title: say("removePicture"), "aria-label": say("removePicture"), onclick: () => {
				URL.revokeObjectURL(one.url);
				this.#waiting = this.#waiting.filter((other) => other !== one);
				this.#show();
				this.#app.focus();
			} }, icon("close")))));
	}
}

/** The same picture with fewer pixels, as JPEG; null if the browser cannot read it. */
async function shrink(file) {
	try {
		const whole = await createImageBitmap(file);
		const scale = Math.min(1, LONGER_SIDE / Math.max(whole.width, whole.height));
		const canvas = el("canvas", { width: Math.round(whole.width * scale), height: Math.round(whole.height * scale) });
		canvas.getContext("2d").drawImage(whole, 0, 0, canvas.width, canvas.height);
		return await new Promise((done) => canvas.toBlob(done, "image/jpeg", 0.85));
	} catch {
		return null;
	}
}

/** The whole picture, over everything; a click or Escape closes it. */
export function enlarge(image) {
	const dialog = el("dialog.lightbox", { "aria-label": image.alt },
		el("img", { src: image.src, alt: image.alt }),
		el("button.icon", { type: "button", autofocus: true, title: say("close"), "aria-label": say("close") }, icon("close")));
	dialog.addEventListener("click", () => dialog.close());
	dialog.addEventListener("close", () => dialog.remove());
	document.body.append(dialog);
	dialog.showModal();
}
