/** Emoji: the list itself, looking for one, and codes in what is said. */

import assert from "node:assert/strict";
import { readFileSync } from "node:fs";
import test from "node:test";

import { completions, mayHaveCodes, withSigns } from "../../../web/model/emoji/codes.js";
import { Emoji } from "../../../web/model/emoji/table.js";

const TEXT = readFileSync(new URL("../../../web/model/emoji/emoji.txt", import.meta.url), "utf8");
const table = new Emoji(TEXT);

test("every emoji is one sign with a code and a name, and none stands twice", () => {
	const all = table.kinds.flatMap(({ emoji }) => emoji);
	assert.ok(all.length >= 350, `${all.length} emoji`);
	const twice = (list) => list.filter((one, at) => list.indexOf(one) !== at);
	assert.deepEqual(twice(all.map(({ sign }) => sign)), []);
	assert.deepEqual(twice(all.flatMap(({ codes }) => codes)), []);
	assert.deepEqual(twice(all.flatMap(({ names }) => names)), []);
	for (const { sign, codes, names } of all) {
		assert.equal([...new Intl.Segmenter().segment(sign)].length, 1, sign);
		assert.match(sign, /^(?:\p{Extended_Pictographic}|\p{Regional_Indicator}{2})/u);
		for (const code of codes) assert.match(code, /^[a-z0-9_+-]{1,40}$/, sign);
		for (const name of names) assert.match(name, /^[^\s[\]]{1,6}$/u, sign);
	}
});

test("the first faces of QQ and WeChat all have a sign", () => {
	const names = "微笑 撇嘴 色 发呆 得意 流泪 害羞 闭嘴 睡 大哭 尴尬 发怒 调皮 呲牙 惊讶 难过 酷 冷汗 抓狂 吐 偷笑 愉快 " +
		"白眼 傲慢 饥饿 困 惊恐 流汗 憨笑 悠闲 奋斗 咒骂 疑问 嘘 晕 折磨 衰 骷髅 敲打 再见 擦汗 抠鼻 鼓掌 糗大了 坏笑 左哼哼 " +
		"右哼哼 哈欠 鄙视 委屈 快哭了 阴险 亲亲 吓 可怜 菜刀 西瓜 啤酒 篮球 乒乓 咖啡 饭 猪头 玫瑰 凋谢 嘴唇 爱心 心碎 蛋糕 闪电 " +
		"炸弹 刀 足球 瓢虫 便便 月亮 太阳 礼物 拥抱 强 弱 握手 胜利 抱拳 勾引 拳头 差劲 爱你 NO OK 爱情 飞吻 跳跳 发抖 怄火 转圈 " +
		"磕头 回头 跳绳 投降 捂脸 奸笑 机智 皱眉 耶 吃瓜 加油 汗 旺柴 好的 打脸 哇 doge 二哈 笑cry 允悲";
	for (const name of names.split(" ")) assert.ok(table.named(name), name);
});

test("one finds an emoji by a word in English or in Chinese", () => {
	const rows = [
		["smile", "😄"], ["heart", "❤️"], ["+1", "👍"], ["thumbs", "👍"], ["微笑", "🙂"], ["猫", "🐱"], ["rocket", "🚀"],
		[":tada:", "🎉"], ["[doge]", "🐶"], ["CAT", "🐱"], ["生日", "🎂"], ["birthday cake", "🎂"], ["火箭", "🚀"],
	];
	for (const [query, sign] of rows) assert.equal(table.find(query)[0]?.sign, sign, query);
	assert.ok(table.find("cat").length > 5);
	assert.equal(table.find("cat", 3).length, 3);
	for (const query of ["", "  ", "::", "xyzzy", "smile xyzzy"]) assert.deepEqual(table.find(query), [], query);
});

test("codes become signs where they are words", () => {
	const rows = [
		["hi :smile:", "hi 😄"], [":smile:", "😄"], [":SMILE:!", "😄!"], ["(:+1:)", "(👍)"], ["**:tada:**", "**🎉**"],
		[":joy::joy: :heart:", "😂😂 ❤️"], ["好:smile:的", "好😄的"], ["ok,:smile:", "ok,😄"], ["😀:smile:", "😀😄"],
		["[微笑]", "🙂"], ["你好[微笑][撇嘴]", "你好🙂😒"], ["hi[微笑]", "hi🙂"], ["[doge] [Emm]", "🐶 😑"],
		["one\n:smile:\n> :cry:", "one\n😄\n> 😢"],
	];
	for (const [text, said] of rows) assert.equal(withSigns(text, table), said, text);
});

test("what is no code, or stands in code or an address, stays as it is", () => {
	const rows = [
		"12:30:45", "at 12:100:", "http://a.example/:smile:/x", "https://a.example/[微笑]", "ftp://a/:smile:",
		"www.a.example/:key:", "std::key::x", "a:key:b", "\":key:\"", "{:key: 1}", "x = [:key:]", ":nothing:", "[没有这个]",
		"`:smile:`", "``a ` :smile:``", "`[微笑]`", "```\n:smile:\n[微笑]\n```", "```js\n:smile:```", "\t:smile:",
		"    :smile: [微笑]", "[OK] all is well", "see [666]", "![微笑](x)", "[微笑](x)", "list[doge]", "C:smile:",
		"key:value:smile", ":smile", "smile:", ": smile :",
	];
	for (const text of rows) assert.equal(withSigns(text, table), text, text);
	assert.equal(withSigns("`a` :smile: `:smile:`", table), "`a` 😄 `:smile:`");
	assert.equal(withSigns("```\n:cry:\n```\n:cry:", table), "```\n:cry:\n```\n😢");
	assert.equal(withSigns("` :smile:", table), "` 😄", "what nothing closes is no code");
});

test("only what may have a code needs the list", () => {
	for (const text of ["hello", "12:30", "a [b c] d", "::"]) assert.equal(mayHaveCodes(text), false, text);
	for (const text of ["x :smile:", "[微笑]", "12:30:45"]) assert.ok(mayHaveCodes(text), text);
});

test("a code is completed while it is typed", () => {
	const found = (before) => {
		const { typed, emoji } = completions(before, 3, () => table) ?? {};
		return typed && [typed, emoji[0]?.sign];
	};
	assert.deepEqual(found("hi :smi"), [":smi", "😄"]);
	assert.deepEqual(found("你好:tad"), [":tad", "🎉"]);
	assert.deepEqual(found("hi [微"), ["[微", "🙂"]);
	assert.deepEqual(found("【偷"), ["[偷", "🤭"]);
	for (const before of ["12:30", "http://x", "a :s", "a: b", "[a", "x:smile", "[", ":"]) {
		assert.equal(found(before), undefined, before);
	}
	assert.deepEqual(completions(":smi", 3, () => undefined), { typed: ":smi", emoji: [] });
});
