/** The list of emoji, which is not part of the page: it is asked for when somebody wants one. */

// From the page's own server, whichever is in use.
export async function fetchEmoji() {
	const answer = await fetch("/model/emoji/emoji.txt");
	if (!answer.ok) throw new Error(answer.status);
	return answer.text();
}
