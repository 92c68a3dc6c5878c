/** Pictures that are to be sent: chosen, pasted or dropped; looked at first. */

import { attempt } from "./browser.js";
import * as chat from "./chat.js";
import { focus, note } from "./composer.js";
import { $, el, iconButton } from "./dom.js";
import { say } from "./words.js";

const TYPES = ["image/png", "image/jpeg", "image/gif", "image/webp"];
// A photograph that is too large for the server is sent with so many pixels at its longer side; the long picture of a page, with
// so many at its shorter one, for its words are to be read. No side is longer than servers and browsers bear.
const LONGER_SIDE = 2560;
const SHORTER_SIDE = 1080;
const LONGEST_SIDE = 15_000;

let waiting = [];

export const none = () => waiting.length === 0;

export async function take(files) {
	for (const file of files) {
		const { blob, wrong } = await fit(file, chat.store.limits);
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
async function fit(file, { picture: bytes, pixels }) {
	if (!TYPES.includes(file.type)) return { wrong: say("notAPicture") };
	const { width, height } = await sizeOf(file);
	const isVast = width * height > pixels || Math.max(width, height) > LONGEST_SIDE;
	const wanted = (isVast || file.size > bytes) && file.type !== "image/gif";
	const blob = wanted ? await shrink(file).catch(() => file) : file;
	if (isVast && blob === file) return { wrong: say("pictureTooVast", { count: Math.floor(pixels / 1e6) }) };
	return blob.size > bytes ? { wrong: say("pictureTooLarge", { size: `${(bytes / 2 ** 20).toFixed(1)} MB` }) } : { blob };
}

// Its width and height, which stand in its first bytes; nothing, if this browser cannot tell.
async function sizeOf(file) {
	const image = new Image();
	image.src = URL.createObjectURL(file);
	await new Promise((known) => (image.onload = image.onerror = known));
	attempt(() => URL.revokeObjectURL(image.src));
	return { width: image.naturalWidth, height: image.naturalHeight };
}

// The same picture with fewer pixels, as JPEG, which has no transparency: on white, as on paper.
async function shrink(file) {
	const whole = await createImageBitmap(file);
	const [longer, shorter] = [Math.max(whole.width, whole.height), Math.min(whole.width, whole.height)];
	const scale = Math.min(1, Math.max(LONGER_SIDE / longer, SHORTER_SIDE / shorter), LONGEST_SIDE / longer);
	const side = (pixels) => Math.max(1, Math.round(pixels * scale));
	const canvas = new OffscreenCanvas(side(whole.width), side(whole.height));
	const paper = canvas.getContext("2d");
	paper.fillStyle = "#fff";
	paper.fillRect(0, 0, canvas.width, canvas.height);
	paper.drawImage(whole, 0, 0, canvas.width, canvas.height);
	whole.close();
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
