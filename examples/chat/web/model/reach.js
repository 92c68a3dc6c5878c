/** Why a server cannot be reached, as far as a page can know. Pure. */

// By the code with which a connection was closed: the cause, and how long to wait at least, in milliseconds. After a
// restart (1001) everybody comes back, at different moments.
const CLOSED = { 1001: ["lost", 800], 1008: ["hasty", 6_000], 1013: ["crowded", 6_000] };

const STATUS = { 403: "refused", 421: "refused", 429: "crowded", 503: "crowded" };

export function causeOfClose(code, reason) {
	// A page that was asleep while it was to say hello says it now.
	if (code === 1008 && /hello/.test(reason)) return ["lost", 0];
	return CLOSED[code] ?? ["lost", 0];
}

// The same by the answer to a plain request, when no WebSocket came to be. `retryAfter`: in seconds, as text.
export function causeOfStatus({ ok, status }, retryAfter) {
	return [ok ? "blocked" : (STATUS[status] ?? "lost"), Number(retryAfter) * 1_000 || 0];
}
