/** The ones people use; all others come from the keyboard of their device. */
export const EMOJI = [..."😀😂🤣😊😉😍😘😜🤔😎🥳😴😢😭😡😱🙄😅🤗🤝👍👎👌👏🙏💪👋🎉❤💔🔥✨⭐☀🌙🌧☕🍵🍺🍜🍎🎂🎁🎵📷💡✅❌❓❗🐱🐶🐼🐟🌸🍀"]
	// A few are drawn in black unless this asks for their colours.
	.map((sign) => ("❤⭐☀☕❗❓".includes(sign) ? `${sign}\ufe0f` : sign));
