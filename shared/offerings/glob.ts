/**
 * Tells whether a name matches a pattern in which `*` is any run of characters; case counts.
 *
 * Patterns come from pods. A regular expression would take exponential time for `*a*a*a*b`.
 */
export function globMatcher(pattern: string): (name: string) => boolean {
	const [first = "", ...middle] = pattern.split("*");
	const last = middle.pop();
	if (last === undefined) return (name) => name === pattern;
	return (name) => {
		if (!name.startsWith(first) || !name.endsWith(last)) return false;
		let from = first.length;
		for (const piece of middle) {
			const found = name.indexOf(piece, from);
			if (found < 0) return false;
			from = found + piece.length;
		}
		return from <= name.length - last.length;
	};
}
