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
// `refused`: why this server lets nobody in from here, in its own word. `mediaType`: of what came with it.
export function causeOfStatus({ ok, status }, retryAfter, refused, mediaType) {
	if (refused === "banned") return ["banned", 60_000];
	const wait = Number(retryAfter) * 1_000 || 0;
	if (ok) return ["blocked", wait];
	const cause = STATUS[status] ?? "lost";
	// Where there are many, the chat says in plain text when to come again. Else it is a balancer without a chat.
	const isOfChat = retryAfter && !/html/i.test(mediaType ?? "");
	return [cause === "crowded" && !isOfChat ? "lost" : cause, wait];
}

// An address that only the server's own machine knows, as it is known here: by that of the WebSocket. Who runs the chat
// has named none for others.
export function reachable(address, socket) {
	const [url, here] = [new URL(address, socket.replace(/^ws/, "http")), new URL(socket.replace(/^ws/, "http"))];
	if (!/^(localhost|127\.[\d.]+|\[::1\])$/.test(url.hostname)) return url.href;
	Object.assign(url, { protocol: here.protocol, hostname: here.hostname, port: here.port });
	return url.href;
}
