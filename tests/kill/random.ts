/** Numbers that look random, the same for the same seed (mulberry32). */
export function randomFrom(seed: number) {
	let state = seed >>> 0;
	/** In [0, 1). */
	const next = (): number => {
		state = (state + 0x6d2b79f5) >>> 0;
		let mixed = Math.imul(state ^ (state >>> 15), state | 1);
		mixed ^= mixed + Math.imul(mixed ^ (mixed >>> 7), mixed | 61);
		return ((mixed ^ (mixed >>> 14)) >>> 0) / 2 ** 32;
	};
	return {
		chance: (probability: number): boolean => next() < probability,
		between: (least: number, most: number): number => least + next() * (most - least),
		/** @throws RangeError for an empty list. */
		oneOf<T>(choices: readonly T[]): T {
			const choice = choices[Math.floor(next() * choices.length)];
			if (choice === undefined) throw new RangeError("nothing to choose from");
			return choice;
		},
	};
}

export type Random = ReturnType<typeof randomFrom>;
