/**
 * The known key that was probably meant, if there is one.
 *
 * Upper and lower case count as equal, and about a third of the letters may be wrong.
 */
export function nearestKey(key: string, known: readonly string[]): string | undefined {
	const limit = Math.max(1, Math.floor(key.length / 3));
	const ranked = known
		.map((candidate) => ({
			candidate,
			distance: editDistance(key.toLowerCase(), candidate.toLowerCase()),
		}))
		.filter(({ distance }) => distance <= limit)
		.sort((a, b) => a.distance - b.distance);
	return ranked[0]?.candidate;
}

/** Levenshtein's: letters to insert, remove or replace. */
function editDistance(from: string, to: string): number {
	let previous = Array.from({ length: to.length + 1 }, (_, index) => index);
	for (const [row, letter] of [...from].entries()) {
		const current = [row + 1];
		for (const [column, other] of [...to].entries()) {
			const replaced = (previous[column] ?? 0) + (letter === other ? 0 : 1);
			const removed = (previous[column + 1] ?? 0) + 1;
			const inserted = (current[column] ?? 0) + 1;
			current.push(Math.min(replaced, removed, inserted));
		}
		previous = current;
	}
	return previous.at(-1) ?? 0;
}
