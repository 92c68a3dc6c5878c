/** Pictures that are to be sent: chosen, pasted or dropped; looked at first. */

import { letGo } from "../browser/able.js";
import { attempt } from "../model/attempt.js";
import { $, el, iconButton } from "./dom.js";
import { say } from "./words.js";

const TYPES = ["image/png", "image/jpeg", "image/gif", "image/webp"];
// A photograph that is too large for the server is sent with so many pixels at its longer side; the long picture of a
// page, with so many at its shorter one, for its words are to be read. No side is longer than servers and browsers
// bear.
const LONGER_SIDE = 2560;
const SHORTER_SIDE = 1080;
const LONGEST_SIDE = 15_000;

// The composer lends two hands: `note(text)` says what is wrong, `focus()` goes back to the field.
export function mount(app, hands) {
	const act = (files) => take(app, files, hands);
	addEventListener("paste", (event) => paste(event, act));
	addEventListener("dragover", dragOver);
	addEventListener("drop", (event) => drop(event, act));
	addEventListener("dragleave", (event) => event.relatedTarget || ($("drop").hidden = true));
	$("file").addEventListener("change", async ({ target }) => {
		await act([...target.files]);
		target.value = "";
	});
}

export const none = ({ state }) => state.composer.pictures.length === 0;

export async function take(app, files, hands) {
	const { store, composer } = app.state;
	for (const file of files) {
		const { blob, wrong } = await fit(file, store.limits);
		if (blob) composer.pictures.push({ blob, url: URL.createObjectURL(blob) });
		else hands.note(wrong);
	}
	show(app, hands);
}

// Hands them over to be sent.
export function release(app, hands) {
	const blobs = app.state.composer.pictures.map(({ blob }) => blob);
	remove(app, hands, () => true);
	return blobs;
}

function remove(app, hands, which) {
	const { composer } = app.state;
	for (const { url } of composer.pictures.filter(which)) letGo(url);
	composer.pictures = composer.pictures.filter((one) => !which(one));
	show(app, hands);
}

function show(app, hands) {
	$("attached").replaceChildren(...app.state.composer.pictures.map((one) => el("figure", {},
		el("img", { src: one.url, alt: one.blob.name ?? "" }),
		iconButton("close", "removePicture", () => remove(app, hands, (other) => other === one), ".little"))));
	hands.focus();
}

// The picture as it can be sent, or what is wrong with it.
async function fit(file, { picture: bytes, pixels }) {
	if (!TYPES.includes(file.type)) return { wrong: say("notAPicture") };
	const { width, height } = await sizeOf(file);
	const isVast = width * height > pixels || Math.max(width, height) > LONGEST_SIDE;
	const wanted = (isVast || file.size > bytes) && file.type !== "image/gif";
	const blob = wanted ? await shrink(file).catch(() => file) : file;
	if (isVast && blob === file) return { wrong: say("pictureTooVast", { count: Math.floor(pixels / 1e6) }) };
	if (blob.size <= bytes) return { blob };
	return { wrong: say("pictureTooLarge", { size: `${(bytes / 2 ** 20).toFixed(1)} MB` }) };
}

// Its width and height, which stand in its first bytes; nothing, if this browser cannot tell.
async function sizeOf(file) {
	const image = new Image();
	image.src = URL.createObjectURL(file);
	await new Promise((known) => (image.onload = image.onerror = known));
	letGo(image.src);
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

// What is copied from a table or a letter is words, and a picture of these words. (With a file, or a picture of another
// page, comes its name or its address.)
function areWords(data) {
	const words = attempt(() => data.getData("text/plain").trim(), "");
	const names = [...data.files].map(({ name }) => name);
	const isName = words.split(/[\r\n]+/).every((line) => names.includes(line.split(/[/\\]/).at(-1)));
	const isAddress = /^https?:\/\/\S+$/.test(words) && data.getData("text/html").includes("<img");
	return words !== "" && !isName && !isAddress;
}

function paste(event, take) {
	const data = event.clipboardData;
	if (isBusy() || !data || data.files.length === 0 || areWords(data)) return;
	event.preventDefault();
	take([...data.files]);
}

// Words and links can be dropped into a field, as everywhere. Files are taken; and what falls beside the fields must
// not lead the browser to another page.
const hasFiles = ({ dataTransfer }) => Boolean(dataTransfer?.types.includes("Files"));
const isInField = ({ target }) => target.closest?.("textarea, input");

function dragOver(event) {
	const wanted = hasFiles(event) && !isBusy();
	$("drop").hidden = !wanted;
	if (!hasFiles(event) && isInField(event)) return;
	event.preventDefault();
	if (!wanted) event.dataTransfer.dropEffect = "none";
}

function drop(event, take) {
	$("drop").hidden = true;
	if (!hasFiles(event) && isInField(event)) return;
	event.preventDefault();
	if (hasFiles(event) && !isBusy()) take([...event.dataTransfer.files]);
}
