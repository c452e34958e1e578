/** Instance types by their position in the catalogue, one bit each. */
export type TypeSet = Readonly<Uint32Array>;

/** The set of these positions, all below `size`. */
export function typeSet(size: number, positions: Iterable<number>): TypeSet {
	const words = new Uint32Array(Math.ceil(size / 32));
	for (const position of positions) {
		words[position >>> 5] = (words[position >>> 5] ?? 0) | (1 << (position & 31));
	}
	return words;
}

export const has = (set: TypeSet, position: number): boolean =>
	((set[position >>> 5] ?? 0) & (1 << (position & 31))) !== 0;

/** What is in all of the sets, which are of one size. */
export function inAll([first, ...others]: readonly [TypeSet, ...TypeSet[]]): TypeSet {
	const kept = first.slice();
	for (const set of others) {
		for (let at = 0; at < kept.length; at++) kept[at] = (kept[at] ?? 0) & (set[at] ?? 0);
	}
	return kept;
}

/** What is in any of the sets, which are of one size. */
export function inAny([first, ...others]: readonly [TypeSet, ...TypeSet[]]): TypeSet {
	const kept = first.slice();
	for (const set of others) {
		for (let at = 0; at < kept.length; at++) kept[at] = (kept[at] ?? 0) | (set[at] ?? 0);
	}
	return kept;
}
