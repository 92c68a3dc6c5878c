/** Pictures that are to be sent: chosen, pasted or dropped; looked at first. */

import { attempt } from "./browser.js";
import * as chat from "./chat.js";
import { focus, note } from "./composer.js";
import { $, el, iconButton } from "./dom.js";
import { say } from "./words.js";

const TYPES = ["image/png", "image/jpeg", "image/gif", "image/webp"];
// A photograph that is too large for the server is sent with so many pixels at its longer side.
const LONGER_SIDE = 2560;

let waiting = [];

export const none = () => waiting.length === 0;

export async function take(files) {
	for (const file of files) {
		const { blob, wrong } = await fit(file, chat.store.limits.picture);
		if (blob) waiting.push({ blob, url: URL.createObjectURL(blob) });
		else note(wrong);
	}
	show();
}

// Hands them over to be sent.
export function release() {
	const blobs = waiting.map(({ blob }) => blob);
	remove(() => true);
	return blobs;
}

function remove(which) {
	for (const { url } of waiting.filter(which)) attempt(() => URL.revokeObjectURL(url));
	waiting = waiting.filter((one) => !which(one));
	show();
}

function show() {
	$("attached").replaceChildren(...waiting.map((one) => el("figure", {}, el("img", { src: one.url, alt: one.blob.name ?? "" }),
		iconButton("close", "removePicture", () => remove((other) => other === one), ".little"))));
	focus();
}

// The picture as it can be sent, or what is wrong with it.
async function fit(file, limit) {
	if (!TYPES.includes(file.type)) return { wrong: say("notAPicture") };
	const blob = file.size > limit && file.type !== "image/gif" ? await shrink(file).catch(() => file) : file;
	return blob.size > limit ? { wrong: say("pictureTooLarge", { size: `${(limit / 2 ** 20).toFixed(1)} MB` }) } : { blob };
}

// The same picture with fewer pixels, as JPEG.
async function shrink(file) {
	const whole = await createImageBitmap(file);
	const scale = Math.min(1, LONGER_SIDE / Math.max(whole.width, whole.height));
	const canvas = new OffscreenCanvas(Math.round(whole.width * scale), Math.round(whole.height * scale));
	canvas.getContext("2d").drawImage(whole, 0, 0, canvas.width, canvas.height);
	return canvas.convertToBlob({ type: "image/jpeg", quality: 0.85 });
}

// Nothing is taken before one has arrived, nor behind a dialog.
const isBusy = () => $("app").hidden || document.querySelector("dialog");

// What is copied from a table or a letter is words, and a picture of these words. (With a file, or a picture of another page, comes
// its name or its address.)
function areWords(data) {
	const words = attempt(() => data.getData("text/plain").trim(), "");
	const names = [...data.files].map(({ name }) => name);
	const isName = words.split(/[\r\n]+/).every((line) => names.includes(line.split(/[/\\]/).at(-1)));
	const isAddress = /^https?:\/\/\S+$/.test(words) && data.getData("text/html").includes("<img");
	return words !== "" && !isName && !isAddress;
}

addEventListener("paste", (event) => {
	const data = event.clipboardData;
	if (isBusy() || !data || data.files.length === 0 || areWords(data)) return;
	event.preventDefault();
	take([...data.files]);
});

// Words and links can be dropped into a field, as everywhere. Files are taken; and what falls beside the fields must not
// lead the browser to another page.
const hasFiles = ({ dataTransfer }) => Boolean(dataTransfer?.types.includes("Files"));
const isInField = ({ target }) => target.closest?.("textarea, input");

addEventListener("dragover", (event) => {
	const wanted = hasFiles(event) && !isBusy();
	$("drop").hidden = !wanted;
	if (!hasFiles(event) && isInField(event)) return;
	event.preventDefault();
	if (!wanted) event.dataTransfer.dropEffect = "none";
});
addEventListener("drop", (event) => {
	$("drop").hidden = true;
	if (!hasFiles(event) && isInField(event)) return;
	event.preventDefault();
	if (hasFiles(event) && !isBusy()) take([...event.dataTransfer.files]);
});
addEventListener("dragleave", (event) => event.relatedTarget || ($("drop").hidden = true));
$("file").addEventListener("change", async ({ target }) => {
	await take([...target.files]);
	target.value = "";
});
