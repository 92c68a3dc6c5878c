/**
 * While an input method composes, every key is its own, in every field: Enter chooses a word and Escape gives it up. So
 * no other part of the page hears of them.
 */

// Before any other part of the page listens.
export const mount = () => addEventListener("keydown", keep, { capture: true });

function keep(event) {
	if (!event.isComposing && event.keyCode !== 229) return;
	event.stopImmediatePropagation();
	// Safari ends the composition before its last Enter, which would send a form now.
	if (event.key === "Enter" && !event.isComposing) event.preventDefault();
}
