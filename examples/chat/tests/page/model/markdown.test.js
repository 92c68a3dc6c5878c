/**
 * What is made of what somebody writes: links that end where the address ends, marks, quotes, lists; and never more
 * work than the message is long.
 */

import assert from "node:assert/strict";
import test from "node:test";

import { parse } from "../../../web/model/markdown.js";
import { Names } from "../../../web/model/mentions.js";

const OTHERS = ["bob", "O'Neil", "艾·伦", "Anna", "Anna Maria", "小明", "Müller"];
const NAMES = new Names([["alice", "me"], ...OTHERS.map((name) => [name, "other"])]);

const TAGS = {
	paragraph: "p", quote: "blockquote", points: "ul", numbers: "ol", item: "li", strong: "strong", em: "em", del: "del",
	code: "code", link: "a",
};

// What a message looks like, in short: `<p>see <a https://a.example/b>https://a.example/b</a></p>`.
const shown = (text) => parse(text, NAMES).map(show).join("");

function show(node) {
	if (typeof node === "string") return node;
	const inside = node.text ?? node.nodes.map(show).join("");
	if (node.kind === "block") return `<pre><code>${inside}</code></pre>`;
	if (node.kind === "mention") return node.me ? `<mark me>${inside}</mark>` : `<span>${inside}</span>`;
	const tag = TAGS[node.kind];
	return `<${tag}${node.href ? ` ${node.href}` : ""}>${inside}</${tag}>`;
}

// Each is the text around an address in brackets ⟦ ⟧, which are not part of it.
const LINKS = [
	"请看“⟦https://a.example/b⟧”这一页",
	"请看⟦https://a.example/b⟧这一页，⟦https://a.example/c⟧。",
	"「⟦https://a.example/b⟧」を見て ⟦https://例え.jp⟧を見て",
	"⟦https://www.例え.jp/x⟧ ⟦https://例え.テスト⟧ ⟦http://nic.中国/⟧",
	"⟦https://a.example⟧.下一页 ⟦https://a.example⟧에서 ⟦https://a.example/⟧ขอ",
	"⟦https://münchen.de/über?straße=1#größe⟧ ⟦https://ru.example/Чат⟧, ⟦https://a.example/é⟧؟",
	"(⟦https://a.example/x_(y)⟧) (see ⟦https://a.example/b⟧). [⟦https://a.example/b[1]⟧]",
	"((⟦https://a.example/b⟧)) {⟦https://a.example/users/{id}⟧}",
	"⟦https://a.example/b_⟧ ⟦https://a.example/snake_case_(name)_⟧ ⟦https://a.example/*⟧",
	"⟦HTTP://A.EXAMPLE/x⟧ ⟦hTTps://a.example⟧! ⟦https://a.example:8080⟧, ⟦https://a.example:8080/x⟧?? ⟦http://localhost:1/⟧",
	"⟦www.a.example⟧. ⟦WWW.a.example/b⟧, www.a wwww.a.example bob@www.a.example ftp://www.a.example/",
	"\"⟦https://a.example/b⟧\" '⟦https://a.example/b⟧' <⟦https://a.example/b⟧> `https://a.example/b`",
	"⟦https://a.example/b⟧... ⟦https://a.example/b⟧?! ⟦https://a.example/b⟧…",
	"⟦https://a.example/b⟧😀 ⟦https://a.example/b⟧\u{200b}c ⟦https://a.example/b⟧\u{202e}c ⟦https://a.example/b⟧１",
	"⟦http://[::1]:8080/x⟧ ⟦http://127.0.0.1/⟧ http:// https://. http://% http://a.example:99999/",
	"https://bank.example@evil.example/ https://bank.example:443@evil.example xhttp://a.example",
	"[x](⟦https://a.example/b⟧) mail@a.example javascript:alert(1) data:text/html,x JAVASCRIPT://a.example",
];

test("a link ends where the address ends", () => {
	for (const row of LINKS) {
		const links = [...row.matchAll(/⟦(.*?)⟧/g)].map(([, link]) => link);
		const found = [...shown(row.replace(/[⟦⟧]/g, "")).matchAll(/<a (.*?)>(.*?)<\/a>/g)];
		const expected = links.map((link) => [/^www\./i.test(link) ? `https://${link}` : link, link]);
		assert.deepEqual(found.map(([, href, text]) => [href, text]), expected, row);
	}
});

const FACES = ">_< (^_^) -_- T_T ^_^ hi ^_^ *_* o_o (*_*) >.< >:( snake_case_name 2*3*4 __init__ * a ** b";

const MARKS = [
	[FACES, `<p>${FACES}</p>`],
	["**a** *b* _c_ ~~d~~ `e`", "<p><strong>a</strong> <em>b</em> <em>c</em> <del>d</del> <code>e</code></p>"],
	[
		"***a*** **_b_** **a *b** c*",
		"<p><strong><em>a</em></strong> <strong><em>b</em></strong> <strong>a *b</strong> c*</p>",
	],
	["这是**粗体**和*斜体*，_下_。", "<p>这是<strong>粗体</strong>和<em>斜体</em>，<em>下</em>。</p>"],
	["_see https://a.example/b_", "<p><em>see <a https://a.example/b>https://a.example/b</a></em></p>"],
	["_https://a.example/a_b_", "<p><em><a https://a.example/a_b>https://a.example/a_b</a></em></p>"],
	[
		"**_www.a.example_** snake_www.a.example",
		"<p><strong><em><a https://www.a.example>www.a.example</a></em></strong> snake_www.a.example</p>",
	],
	["**https://a.example/b**,", "<p><strong><a https://a.example/b>https://a.example/b</a></strong>,</p>"],
	["``a`b`` `*c*` `d", "<p><code>a`b</code> <code>*c*</code> `d</p>"],
	["~ a ~b~ ~~~", "<p>~ a ~b~ ~~~</p>"],
	["> a\n> **b**\nc", "<blockquote>a\n<strong>b</strong></blockquote><p>c</p>"],
	["> 😀", "<blockquote>😀</blockquote>"],
	[">_<", "<p>>_<</p>"],
	[">a\n> 3\n> 50%\n>> b\n> o <\n> _ <", "<p>>a\n> 3\n> 50%\n>> b\n> o <\n> _ <</p>"],
	["- a\n- *b*\nc", "<ul><li>a</li><li><em>b</em></li></ul><p>c</p>"],
	["3. a\n4) b", "<ol><li>a</li><li>b</li></ol>"],
	["-a\n-1\n- \n2024. year\n1.5 l", "<p>-a\n-1\n- \n2024. year\n1.5 l</p>"],
	["a\n```js\n  b *c*\n```\nd", "<p>a</p><pre><code>  b *c*</code></pre><p>d</p>"],
	["```\na\n\nb```", "<pre><code>a\n\nb</code></pre>"],
	["```\nnever closed", "<p>```\nnever closed</p>"],
	["[words](javascript:alert(1)) ![p](data:x)", "<p>[words](javascript:alert(1)) ![p](data:x)</p>"],
	["one\n\ntwo", "<p>one\n\ntwo</p>"],
];

test("marks, quotes and lists are what was meant", () => {
	for (const [text, expected] of MARKS) assert.equal(shown(text), expected, text);
	assert.equal(parse("3. a")[0].nodes[0].value, 3);
});

// As the server decides in `People::mentioned`.
const MENTIONS = [
	["@ALICE, @Bob: @ａｌｉｃｅ", "<p><mark me>@ALICE</mark>, <span>@Bob</span>: <mark me>@ａｌｉｃｅ</mark></p>"],
	["@O'Neil @o’neil.", "<p><span>@O'Neil</span> <span>@o’neil</span>.</p>"],
	["@艾·伦你好（@小明）", "<p><span>@艾·伦</span>你好（<span>@小明</span>）</p>"],
	["@anna maria! @Anna Marias @anna", "<p><span>@anna maria</span>! <span>@Anna</span> Marias <span>@anna</span></p>"],
	["@Mu\u{308}ller @MÜLLER", "<p><span>@Mu\u{308}ller</span> <span>@MÜLLER</span></p>"],
	["@bobby a@bob @ bob @@bob @", "<p>@bobby a@bob @ bob @<span>@bob</span> @</p>"],
	["**@bob** `@bob`", "<p><strong><span>@bob</span></strong> <code>@bob</code></p>"],
];

test("a mention is marked as the server has decided", () => {
	for (const [text, expected] of MENTIONS) assert.equal(shown(text), expected, text);
});

const PARTS = [
	"http://", "www.", "www.-", "http://a:", "http://a@", "https://a.example/.", "http://%", "*", "**a", "***a",
	"*a _b ", "_a", "a_ ", "~~a", "`", "`a`", "`a``b```", "```\n", "> > > ", ">", "@", "@a ", "@person1", "[](",
	"(", "- a\n", "1. a\n", "- ", "\n", " ", "h", "a\u{301}", "😀",
];
const MESSAGES = [
	...PARTS.map((part) => part.repeat(4000 / [...part].length)),
	"http://%".repeat(166) + ".".repeat(2671) + "a",
	`@${"a".repeat(3999)}`,
	`http://a/${"(".repeat(1995)}${")".repeat(1995)}`,
	`https://${"例".repeat(3990)}`,
	`https://${"a.".repeat(1995)}`,
	`http://a/${"_".repeat(3990)}a`,
	`-${" ".repeat(3999)}`,
];

test("no message costs more than it is long", () => {
	const names = new Names(Array.from({ length: 2000 }, (_, at) => [`person${at}`, "other"]));
	const nodesOf = (node) => node.nodes ?? [];
	const elements = (node) => (typeof node === "string" ? 0 : 1 + sum(nodesOf(node).map(elements)));
	const depth = (node) => 1 + Math.max(0, ...nodesOf(node).map(depth));
	const sum = (counts) => counts.reduce((total, count) => total + count, 0);
	for (const message of MESSAGES) {
		// The best of some, for others use this machine as well.
		let best = Infinity;
		let nodes;
		for (let round = 0; round < 5; round++) {
			const begun = performance.now();
			nodes = parse(message, names);
			best = Math.min(best, performance.now() - begun);
		}
		const figures = [best, sum(nodes.map(elements)), Math.max(...nodes.map(depth))];
		assert.ok(best < 50 && figures[1] <= 500 && figures[2] <= 12, `${message.slice(0, 12)}: ${figures}`);
	}
});
