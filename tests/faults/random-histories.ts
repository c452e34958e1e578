import fc from "fast-check";
import type { Plant } from "./deployment.ts";
import { type History, histories } from "./history.ts";
import type { Told } from "./lives.ts";
import { play } from "./play.ts";

/** A random history that went wrong, made as short as possible. */
export type Found = Readonly<{
	seed: number;
	/** Where fast-check finds it again. */
	path: string;
	history: History;
	violations: readonly string[];
	/** Histories until the first that went wrong. */
	after: number;
}>;

/** Plays histories of this seed until one goes wrong, and then looks for a shorter one. */
export async function randomHistories(
	seed: number,
	runs: number,
	tell: Told,
	plant?: () => Plant,
): Promise<Found | undefined> {
	let violations: readonly string[] = [];
	const right = fc.asyncProperty(histories, async (history) => {
		const last = await play(history, plant);
		tell(history, last);
		if (last.violations.length === 0) return true;
		// What goes wrong anyway says nothing about a bug that is planted.
		if (plant !== undefined && (await play(history)).violations.length > 0) return true;
		violations = last.violations;
		return false;
	});
	const result = await fc.check(right, {
		seed,
		numRuns: runs,
		// That a planted bug is found is enough.
		endOnFailure: plant !== undefined,
		// Shrinking has its limits; the seed and the path stay good.
		interruptAfterTimeLimit: 120_000,
	});
	const [history] = result.counterexample ?? [];
	if (history === undefined) return undefined;
	return {
		seed,
		path: result.counterexamplePath ?? "",
		history,
		violations,
		after: result.numRuns,
	};
}

/** The history that a seed and a path lead to. */
export async function historyAt(seed: number, path: string): Promise<History | undefined> {
	let first: History | undefined;
	await fc.check(
		fc.asyncProperty(histories, async (history) => {
			first ??= history;
			return true;
		}),
		{ seed, path, numRuns: 1, endOnFailure: true },
	);
	return first;
}
