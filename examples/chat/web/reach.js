/**
 * Why a server cannot be reached, as far as a page can know. A browser keeps to itself with which HTTP status a WebSocket
 * was refused, so a small file of the same server is asked for: what refuses one, often refuses the other.
 */

// By the code with which a connection was closed: the cause, and how long to wait at least, in milliseconds. After a
// restart (1001) everybody comes back, at different moments.
const CLOSED = { 1001: ["lost", 800], 1008: ["hasty", 6_000], 1013: ["crowded", 6_000] };

const STATUS = { 403: "refused", 421: "refused", 429: "crowded", 503: "crowded" };

export function causeOfClose(code, reason) {
	// Who was asleep while it was to say hello says it now.
	if (code === 1008 && /hello/.test(reason)) return ["lost", 0];
	return CLOSED[code] ?? ["lost", 0];
}

// The same for a connection that never was one. `url` is the address of the WebSocket.
export async function causeOfRefusal(url) {
	const file = new URL("/favicon.svg", url.replace(/^ws/, "http"));
	if (file.origin !== location.origin) return ["lost", 0]; // another server's files are none of this page's
	try {
		const { ok, status, headers } = await fetch(file, { method: "HEAD", cache: "no-store" });
		return [ok ? "blocked" : (STATUS[status] ?? "lost"), Number(headers.get("retry-after")) * 1_000 || 0];
	} catch {
		return ["lost", 0];
	}
}
