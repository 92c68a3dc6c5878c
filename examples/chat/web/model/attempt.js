/**
 * What may throw: a part of the browser that is missing, forbidden, or refused at this moment. The page goes on
 * without.
 */

// What `work` gives, or `otherwise` if it throws.
export function attempt(work, otherwise) {
	try {
		return work();
	} catch {
		return otherwise;
	}
}
