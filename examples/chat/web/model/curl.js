/** How a program uses a key: a line for a shell. Pure. */

const JSON_TYPE = "-H 'Content-Type: application/json'";

// A text as one word of a shell.
const quoted = (text) => `'${text.replaceAll("'", `'\\''`)}'`;

// `hello`: what it says. `home`: the address of the server, for a key that has none of its own.
export function curlOf({ kind, key, url, room }, hello, home) {
	if (kind === "hook") return `curl ${JSON_TYPE} -d ${quoted(JSON.stringify({ text: hello }))} ${quoted(url)}`;
	const bearer = quoted(`Authorization: Bearer ${key}`);
	const said = quoted(JSON.stringify({ room, msg: hello }));
	return `curl -H ${bearer} ${JSON_TYPE} -d ${said} ${new URL("/api/v1/messages", home)}`;
}
