/** The addresses to which something goes out: of rooms all that is said, of people what concerns them while away. */

import { DISCLOSURES, exampleOf, nameOfShape, secretOf, shapesFor } from "../../model/targets.js";
import { button, el } from "../../views/dom.js";
import { say } from "../../views/words.js";
import { ask } from "./asking.js";
import { choose, copyBox, labelled, segments, text } from "./forms.js";
import { badge, card, doing, dotted, inWords, signedIn, trouble, who } from "./parts.js";
import { pages } from "./pages.js";
import { showPerson } from "./person.js";
import { roomChoice } from "./roomchoice.js";
import { sign } from "./signs.js";
import { timed } from "./traits.js";

export function make(app) {
	const secret = el("div.parts-stack", { role: "status" });
	// What was made or changed has a secret, which is told once.
	const tell = (answer) => {
		secret.replaceChildren(...(answer.secret ? [el("p", {}, say("secretOnce")), copyBox(answer.secret)] : []));
		secret.querySelector("code")?.focus();
	};
	const list = pages(app, "targets", {
		row: (target) => row(app, target, tell), nothing: () => ["noTargets", "noTargetsHint"], looks: ".parts-lines",
	});
	const form = newTarget(app, tell);

	function update() {
		list.update();
		form.update();
	}

	const mayAdd = app.do.may("targets");
	return { element: el("div.parts-stack", {}, mayAdd && form.element, secret, list.element), update };
}

function newTarget(app, tell) {
	const wish = { shape: "ntfy", text: "sender", serves: "room" };
	const error = trouble();
	const room = roomChoice(app, (one) => one.kind !== "private", (chosen) => (wish.room = chosen));
	const person = text({ ariaLabel: say("personName"), placeholder: say("personName"), dir: "auto" });
	const url = text({ inputMode: "url", dir: "ltr", ariaLabel: say("targetUrl") });
	const secret = text({ dir: "ltr", ariaLabel: say("targetSecret") });
	const shape = choose(shapesFor(true).map((one) => [one, nameOfShape(one)]), wish.shape, (one) => {
		wish.shape = one;
		fit();
	});
	const told = choose(DISCLOSURES.map((one) => [one, say(`discloses_${one}`)]), wish.text, (one) => (wish.text = one));
	const kinds = ["room", "person"].map((one) => [one, say(`targetOf_${one}`)]);
	const serves = segments(say("targetOf"), kinds, "room", (one) => {
		wish.serves = one;
		fit();
	});
	const [ofRoom, ofPerson, ofSecret] =
		[labelled("keyRoom", room.element), labelled("personName", person), labelled("targetSecret", secret)];
	function fit() {
		const has = secretOf(wish.shape);
		url.placeholder = exampleOf(wish.shape);
		ofSecret.hidden = !has;
		secret.placeholder = has === "may" ? say("targetSecretMay") : "";
		ofRoom.hidden = wish.serves !== "room";
		ofPerson.hidden = !ofRoom.hidden;
	}
	const add = doing(".primary.forms-main", say("addTarget"), error, async () => {
		const whom = wish.serves === "room" ? { room: wish.room } : { user: person.value.trim() };
		tell(await app.do.act({
			type: "add_target", shape: wish.shape, url: url.value.trim(), text: wish.text, ...whom,
			secret: (!ofSecret.hidden && secret.value.trim()) || undefined,
		}));
		url.value = secret.value = "";
	});
	fit();
	const element = card(say("newTarget"), serves,
		el("div.forms-fields", {}, ofRoom, ofPerson, labelled("targetShape", shape), labelled("discloses", told)),
		labelled("targetUrl", url), ofSecret, error, el("p.forms-buttons", {}, add));
	return { element, update: room.update };
}

function row(app, target, tell) {
	const { id, shape, host, room, user, text, free, fault, off, since } = target;
	const name = `${nameOfShape(shape)} · ${host}`;
	const result = el("p.small", { role: "status" });
	const test = async () => {
		result.textContent = say("loadingRows");
		try {
			const { ok, msg } = await app.do.act({ type: "test_target", target: id });
			result.textContent = ok ? say("testOk") : say("testFailed", { why: msg });
		} catch (error) {
			result.textContent = inWords(error);
		}
	};
	const rotate = () => ask({
		title: say("rotateTitle", { name }), words: say("rotateWords"), label: say("rotate"), looks: ".primary.forms-main",
		act: async () => tell(await app.do.act({ type: "rotate_target", target: id })),
	});
	const drop = () => ask({
		title: say("targetRemoveTitle", { name }), words: say("targetRemoveWords"), label: say("remove"),
		act: () => app.do.act({ type: "drop_target", target: id }),
	});
	const way = (word, onclick, looks = "") =>
		button(looks, { onclick, ariaLabel: `${say(word)}: ${name} #${id}` }, say(word));
	const whose = room ? el("bdi", {}, signedIn(app, { room })) : user && who(user, (id) => showPerson(app, id));
	return el("li.parts-line.targets-row", {}, el("span.parts-sign", { ariaHidden: "true" }, sign("targets")),
		el("div.grow.targets-about", {},
			el("p.parts-first", {}, el("span.cut", { dir: "auto" }, name), off && badge(".parts-red", say("targetOffShort")),
				free && badge("", say("targetFree"))),
			el("p.small", {}, dotted(whose, say(`discloses_${text}`))),
			el("p.quiet.small", {}, dotted(`#${id}`, say("targetNumbers", target), since && timed("since", since))),
			fault && el("p.error.small", {}, fault), result),
		el("p.forms-buttons", {}, way("test", test), shape === "webhook" && way("rotate", rotate),
			way("remove", drop, ".danger")));
}
