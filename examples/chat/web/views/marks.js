/**
 * The elements of a message: what `model/markdown.js` found in it. Elements and text nodes, never a string of HTML, so
 * nothing that anybody says can become more than that.
 */

import { parse } from "../model/markdown.js";
import { el } from "./dom.js";

// `names`: whom an `@` may call. `codeBlock`: what is made of a block of code.
export function render(text, names, codeBlock = plainBlock) {
	const element = (node) => MAKERS[node.kind](node, () => node.nodes.map(make));
	const make = (node) => {
		if (typeof node === "string") return node;
		return node.kind === "block" ? codeBlock(node.text) : element(node);
	};
	return parse(text, names).map(make);
}

export const plainBlock = (code) => el("pre", { dir: "ltr" }, el("code", {}, code));

const MAKERS = {
	paragraph: (_, nodes) => el("p", { dir: "auto" }, nodes()),
	quote: (_, nodes) => el("blockquote", { dir: "auto" }, nodes()),
	points: (_, nodes) => el("ul.marks-points", { dir: "auto" }, nodes()),
	numbers: (_, nodes) => el("ol.marks-points", { dir: "auto" }, nodes()),
	item: ({ deep, value }, nodes) => el(deep ? "li.marks-deep" : "li", { value }, nodes()),
	strong: (_, nodes) => el("strong", {}, nodes()),
	em: (_, nodes) => el("em", {}, nodes()),
	del: (_, nodes) => el("del", {}, nodes()),
	code: ({ text }) => el("code", { dir: "auto" }, text),
	link: ({ href, text }) => el("a", { href, target: "_blank", rel: "noopener noreferrer", tabIndex: -1 }, text),
	mention: ({ me, text }) => el(me ? "mark.marks-mention" : "span.marks-mention", {}, text),
};
