/** The addresses to which something goes out: to one's own phone, what calls one while one is away; of a room, all. */

import { DISCLOSURES, exampleOf, nameOfShape, secretOf, shapesFor } from "../model/targets.js";
import { copyField } from "./copying.js";
import { attempting, open, status, sure } from "./dialog.js";
import { button, el } from "./dom.js";
import { choose } from "./govern.js";
import { replace } from "./list.js";
import { say, signedName } from "./words.js";

// `room`: its targets, or one's own. `made`: one that was added by a command.
export async function targets(app, room, made) {
	const { state } = app;
	const { store } = state;
	const isFree = store.may.includes("targets");
	const note = status();
	const told = el("div", { role: "status" });
	const list = el("div.govern");
	const show = async () => replace(list, await app.do.targets(room?.name), JSON.stringify, card);
	const attempt = attempting(note, show);

	// A secret is told once.
	const tell = ({ secret }) =>
		told.replaceChildren(...(secret ? [el("p", {}, say("secretOnce")), copyField("targetSecret", secret)] : []));

	function card(target) {
		const { id, shape, host, text, fault, off } = target;
		const test = async () => {
			const answer = await attempt(() => app.do.testTarget(id));
			if (answer) note.textContent = answer.ok ? say("testOk") : say("testFailed", { why: answer.msg });
		};
		const drop = () => sure(say("targetRemoveSure", { name: title }), say("targetRemove"),
			() => attempt(() => app.do.dropTarget(id)));
		const title = `${nameOfShape(shape)} · ${host}`;
		const way = (word, onclick, looks = "") =>
			button(looks, { onclick, ariaLabel: `${say(word)}: ${title}` }, say(word));
		return el("article.govern-card", {},
			el("p", {}, el("strong", { dir: "auto" }, title), " ", el("span.quiet.small", {}, `#${id}`)),
			el("p.quiet.small", {},
				`${say("discloses")}: ${say(`discloses_${text}`)} · ${say("targetNumbers", target)}`),
			(off || fault) && el("p.error.small", {}, [off && say("targetOff"), fault].filter(Boolean).join(" ")),
			el("p.govern-buttons", {}, way("test", test), way("targetRemove", drop, ".danger")));
	}

	const shapes = shapesFor(isFree, store.push?.shapes).map((one) => [nameOfShape(one), one]);
	const shape = choose("targetShape", shapes, "ntfy", () => fit());
	const input = (word, properties) => el("input", {
		ariaLabel: say(word), dir: "ltr", spellcheck: false, autocapitalize: "off", autocomplete: "off", ...properties,
	});
	const url = input("targetUrl", { inputMode: "url", required: true });
	const secret = input("targetSecret");
	const text = choose("discloses", DISCLOSURES.map((one) => [say(`discloses_${one}`), one]), room ? "text" : "sender");
	function fit() {
		const has = secretOf(shape.select.value);
		url.placeholder = exampleOf(shape.select.value);
		secret.hidden = !has;
		secret.required = has === "must";
		secret.placeholder = say(has === "must" ? "targetSecret" : "targetSecretMay");
	}
	async function add(event) {
		event.preventDefault();
		const given = secret.hidden ? undefined : secret.value.trim() || undefined;
		const answer = await attempt(() => app.do.addTarget({
			shape: shape.select.value, url: url.value.trim(), secret: given, text: text.select.value, room: room?.name,
		}));
		if (!answer) return;
		tell(answer);
		url.value = secret.value = "";
	}

	fit();
	const hosts = !isFree && el("p.quiet.small", {}, say("pushHosts", { hosts: store.push?.hosts?.join(", ") }));
	const dialog = open(room ? say("targetsOf", { room: signedName(room) }) : say("myPhone"),
		el("p.quiet", {}, say(room ? "targetsText" : "myPhoneText")), list, told, note,
		el("form.govern", { onsubmit: add }, el("h2", {}, say("newTarget")), shape.label, url, secret, text.label, hosts,
			el("p.dialog-buttons", {}, el("button.primary", {}, say("addTarget")))));
	state.targets.refresh = () => show().catch(() => {});
	dialog.addEventListener("close", () => (state.targets.refresh = undefined));
	if (made) tell(made);
	await attempt();
}
