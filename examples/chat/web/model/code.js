/** The code that brings another device in: `ABCD-EFGH`. Pure: no page. */

const LENGTH = 8;

// What somebody typed or pasted, as the server writes it: small letters, spaces and dashes do not matter. Nothing, if
// it cannot be a code.
export function codeOf(text) {
	const signs = text.normalize("NFKC").toUpperCase().replace(/[^\p{L}\p{N}]/gu, "");
	return /^[A-Z0-9]+$/.test(signs) && signs.length === LENGTH ? `${signs.slice(0, 4)}-${signs.slice(4)}` : "";
}

// Minutes and seconds that are left, `4:07`.
export function timeLeft(milliseconds) {
	const seconds = Math.max(0, Math.ceil(milliseconds / 1_000));
	return `${Math.floor(seconds / 60)}:${String(seconds % 60).padStart(2, "0")}`;
}
