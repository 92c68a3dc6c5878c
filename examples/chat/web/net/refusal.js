/**
 * Why a connection did not come to be. A browser keeps to itself with which HTTP status a WebSocket was refused, so a
 * small file of the same server is asked for: what refuses one, often refuses the other.
 */

import { causeOfStatus } from "../model/reach.js";

// `url` is the address of the WebSocket.
export async function causeOfRefusal(url) {
	const file = new URL("/favicon.svg", url.replace(/^ws/, "http"));
	if (file.origin !== location.origin) return ["lost", 0]; // another server's files are none of this page's
	try {
		const answer = await fetch(file, { method: "HEAD", cache: "no-store" });
		const fields = ["retry-after", "x-refused", "content-type"].map((name) => answer.headers.get(name));
		return causeOfStatus(answer, ...fields);
	} catch {
		return ["lost", 0];
	}
}
