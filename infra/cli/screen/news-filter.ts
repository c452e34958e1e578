/**
 * Tells news from what was said last of the same thing: a record also changes in what a line doesn't show.
 *
 * @returns whether this is news about it.
 */
export function newsFilter(): (about: string, said: string) => boolean {
	const last = new Map<string, string>();
	return (about, said) => {
		if (last.get(about) === said) return false;
		last.set(about, said);
		return true;
	};
}
