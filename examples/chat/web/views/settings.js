/** Name, language, looks and calls; and the server, for those who want to know. */

import * as banner from "./banner.js";
import { onEnter, open } from "./dialog.js";
import { button, el } from "./dom.js";
import { ofMyself, PARTS } from "./myself.js";
import { askToForget } from "./questions.js";
import { targets } from "./targets.js";
import { language, say, sentence, translate, why } from "./words.js";

export function chooseLanguage(app, chosen) {
	app.state.kept.remember("language", chosen);
	document.documentElement.lang = chosen;
	translate();
	app.do.draw();
}

// `part` and `what`: a command asks for one part alone.
export function settings(app, part, what) {
	if (part in PARTS) return PARTS[part](app, what);
	const again = () => {
		dialog.close();
		settings(app);
	};
	const { picture, devices, words } = ofMyself(app, section);
	const parts = [
		picture, nameOf(app), languages(app, again), themes(app), calls(app), app.do.mayPush() && phone(app), devices, words,
		server(app),
	];
	const dialog = open(say("settings"), ...parts.filter(Boolean),
		button(".danger", { onclick: () => askToForget(app) }, say("forgetMe")));
	banner.update(app);
}

const section = (word, ...content) => el("fieldset.settings-part", {}, el("legend", {}, say(word)), content);
const error = () => el("p.error.small", { role: "alert" });
const labelled = (word, properties) =>
	el("input", { ariaLabel: say(word), spellcheck: false, autocapitalize: "off", ...properties });

function nameOf(app) {
	const wrong = error();
	const rename = async () => {
		try {
			await app.do.rename(name.value.trim());
			wrong.textContent = "";
		} catch (error) {
			wrong.textContent = sentence(why(error));
		}
	};
	const name = labelled("yourName", { value: app.state.store.me?.name ?? "", onkeydown: onEnter(rename) });
	return section("yourName", el("div.settings-row", {}, name, button("", { onclick: rename }, say("change"))), wrong);
}

function choice(word, choices, current, pick) {
	const options = choices.map(([value, text]) => el("option", { value, selected: value === current }, text));
	return section(word, el("select", { ariaLabel: say(word), onchange: ({ target }) => pick(target.value) }, options));
}

function languages(app, again) {
	return choice("language", [["en", "English"], ["zh", "中文"]], language(), (chosen) => {
		chooseLanguage(app, chosen);
		again();
	});
}

function themes({ state: { kept } }) {
	const all = [["", say("likeSystem")], ["light", say("light")], ["dark", say("dark")]];
	return choice("appearance", all, kept.recall("theme") ?? "", (theme) => {
		kept.remember("theme", theme);
		document.documentElement.dataset.theme = theme;
	});
}

// How one is called who looks elsewhere.
function calls(app) {
	const { soundOn, setSound, noticesOn, setNotices, shakingOn, setShaking } = app.do;
	const wrong = error();
	const checkbox = (checked, onchange) => el("input", { type: "checkbox", checked, onchange });
	const sound = checkbox(soundOn(), () => setSound(sound.checked));
	const notices = checkbox(noticesOn(), async () => {
		await setNotices(notices.checked);
		wrong.textContent = notices.checked && !noticesOn() ? say("noticesForbidden") : "";
		notices.checked = noticesOn();
	});
	const shaking = checkbox(shakingOn(), () => setShaking(shaking.checked));
	const labelled = (box, word) => el("label.settings-choice", {}, box, say(word));
	return section("whenCalled", labelled(sound, "playSound"), labelled(notices, "showNotice"), wrong,
		labelled(shaking, "shakeWindow"));
}

// And who is away.
const phone = (app) => section("myPhone", el("p.dialog-buttons", {},
	button("", { onclick: () => targets(app) }, say("showPhone"))));

function server(app) {
	const wrong = error();
	const connect = () => {
		const good = /^wss?:\/\/[^/\s]/.test(address.value);
		wrong.textContent = good ? "" : say("badAddress");
		if (good) app.do.connect(address.value);
	};
	const address = labelled("address", { value: app.state.url, dir: "ltr", onkeydown: onEnter(connect) });
	return section("server", el("p.quiet.small", { role: "status", id: "set-state" }), address, wrong,
		el("p.dialog-buttons", {}, button("", { onclick: connect }, say("connect")),
			button("", { onclick: () => app.state.connection.disconnect() }, say("disconnect"))));
}
