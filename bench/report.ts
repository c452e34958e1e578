/** One measured figure beside what it is compared with, all from the same run. */
export type BenchRow = Readonly<{
	what: string;
	/** Median of the rounds; of a simulation, which is the same every time, its result. */
	measured: number;
	unit: "µs" | "ms" | "s" | "KB" | "MB" | "%";
	/** The same work done the other way, measured in turn with ours in the same rounds. */
	baseline?: Readonly<{ name: string; measured: number }>;
	/** What we want, in the same unit; `stretch` is what we hope for. */
	target?: Readonly<{ atMost: number; stretch?: number }>;
	/** Wanted ratio of baseline to ours. */
	targetRatio?: number;
	note?: string;
}>;

/** The middle one; of an even count, the lower middle, so that it is a value that was measured. */
export const median = (values: readonly number[]): number => {
	const sorted = values.toSorted((a, b) => a - b);
	const middle = sorted[Math.ceil(sorted.length / 2) - 1];
	if (middle === undefined) throw new RangeError("median of nothing");
	return middle;
};

/** Runs two ways of doing the same thing in turn, so that a machine that slows down slows both. */
export function inTurn(
	rounds: number,
	ours: () => void,
	theirs: () => void,
): { ours: number; theirs: number } {
	const ourMs: number[] = [];
	const theirMs: number[] = [];
	for (let round = 0; round < rounds; round++) {
		ourMs.push(timed(ours));
		theirMs.push(timed(theirs));
	}
	return { ours: median(ourMs), theirs: median(theirMs) };
}

/** Milliseconds that one call takes. */
export function timed(work: () => void): number {
	const start = performance.now();
	work();
	return performance.now() - start;
}
