/** A few of the signs that one cannot type everywhere. */

import { $, button } from "./dom.js";

const EMOJI = "😀😄😁😅😂🤣😊🙂😉😍😘😜🤪🤔🤨😐😏😬🙄😎🤓🥳😴😷🤒🤯😢😭😤😡😱😳🥺😇🤗🤫🤝👍👎👌" +
	"✌️🤞👏🙌🙏💪👋👀🧠🎉🎂🎁🎈🏆⚽🎵🎮📷💡📌📎⏰✅❌❓❗⚠️🔥✨⭐🌙☀️🌈☔❄️🌊❤️🧡💛💚" +
	"💙💜💔💯🍵☕🍺🍷🍜🍕🍚🥟🍎🐱🐶🐼🐟🐢🦊🌸🍀🌳🚀🚗🏠";

// `insert(sign)`: somebody has chosen one.
export function mount(insert) {
	const make = (sign) => button("", { onclick: () => choose(sign, insert) }, sign);
	$("emoji").append(...EMOJI.match(/\p{Extended_Pictographic}\ufe0f?/gu).map(make));
	$("emoji").addEventListener("keydown", ({ key }) => key === "Escape" && toggle(false));
}

export function toggle(open = $("emoji").hidden) {
	if (open !== $("emoji").hidden) return;
	$("emoji").hidden = !open;
	$("emoji-button").setAttribute("aria-expanded", open);
	if (open) $("emoji").firstChild.focus();
	else $("say").focus({ preventScroll: true });
}

// Without a word: somebody clicked elsewhere.
export function hide() {
	$("emoji").hidden = true;
	$("emoji-button").setAttribute("aria-expanded", false);
}

function choose(sign, insert) {
	insert(sign);
	toggle(false);
}
