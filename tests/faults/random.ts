/** Whole numbers from 0 to one less than `below`, the same for the same seed. */
export type Draw = (below: number) => number;

/** mulberry32: 32 bits of state are plenty for who comes next. */
export function numbersFrom(seed: number): Draw {
	let state = seed >>> 0;
	return (below) => {
		state = (state + 0x6d2b79f5) >>> 0;
		let mixed = Math.imul(state ^ (state >>> 15), state | 1);
		mixed ^= mixed + Math.imul(mixed ^ (mixed >>> 7), mixed | 61);
		return ((mixed ^ (mixed >>> 14)) >>> 0) % below;
	};
}
