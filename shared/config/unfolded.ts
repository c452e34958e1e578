/**
 * Whether a document has more values than this with every alias written out; also true of one that holds itself.
 * Counted without writing anything out.
 */
export function unfoldsBeyond(document: unknown, most: number): boolean {
	const left: unknown[] = [document];
	for (let count = 1; left.length > 0; count++) {
		const value = left.pop();
		const members: readonly unknown[] =
			typeof value === "object" && value !== null ? Object.values(value) : [];
		// Before they are put anywhere: an alias may stand for very many.
		if (count + left.length + members.length > most) return true;
		for (const member of members) left.push(member);
	}
	return false;
}
