/** In the settings: the picture by which one is shown, one's devices, one's words. */

import { cropPicture } from "./crop.js";
import { devices, linkDevice } from "./devices.js";
import { button, el } from "./dom.js";
import { face } from "./face.js";
import { askToErase, exportWords } from "./mywords.js";
import { say, sentence, why } from "./words.js";

export function ofMyself(app, section) {
	if (app.state.scene !== "chat" || !app.state.store.me) return {};
	return { picture: myPicture(app, section), devices: myDevices(app, section), words: myWords(app, section) };
}

// What can be asked for by a command.
export const PARTS = { sessions: devices, link: linkDevice, erase: askToErase };

function myPicture(app, section) {
	const { store } = app.state;
	const wrong = el("p.error.small", { role: "alert" });
	const file = el("input", { type: "file", accept: "image/*", hidden: true, onchange: chosen });
	const remove = button("", { onclick: hide, hidden: !store.avatars.of(store.me.id) }, say("removeMyPicture"));

	async function chosen() {
		const [picture] = file.files;
		file.value = "";
		wrong.textContent = "";
		if (!picture) return;
		try {
			await cropPicture(picture, async (blob) => {
				await app.do.showMe(blob);
				remove.hidden = false;
			});
		} catch {
			wrong.textContent = say("notAPicture");
		}
	}

	async function hide() {
		wrong.textContent = "";
		try {
			await app.do.hideMe();
			remove.hidden = true;
			choose.focus();
		} catch (error) {
			wrong.textContent = sentence(why(error));
		}
	}

	const choose = button("", { onclick: () => file.click() }, say("chooseMyPicture"));
	return section("myPicture", el("div.settings-picture", {}, face(app, store.me, "huge"),
		el("p.dialog-buttons", {}, choose, remove)), file, wrong);
}

const myDevices = (app, section) => section("myDevices", el("p.dialog-buttons", {},
	button("", { onclick: () => devices(app) }, say("showDevices")),
	button("", { onclick: () => linkDevice(app) }, say("otherDevice"))));

const myWords = (app, section) => section("myWords", el("p.dialog-buttons", {},
	button("", { onclick: () => exportWords(app) }, say("exportWords")),
	button(".danger", { onclick: () => askToErase(app) }, say("eraseMeMore"))));
