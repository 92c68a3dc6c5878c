/** What somebody looks for: `from:name` and `in:room` narrow it. Pure. */

// The words, of whom, and in which room. A name with spaces stands in quotes.
export function meaning(text) {
	const found = {};
	const query = text.replace(/(?:^|\s)(from|in):(?:"([^"]*)"|(\S+))/gi, (_, key, quoted, word) => {
		found[key.toLowerCase()] = (quoted ?? word).replace(/^[@#]/, "");
		return " ";
	});
	return { query: query.replace(/\s+/g, " ").trim(), from: found.from?.toLowerCase(), room: found.in };
}
