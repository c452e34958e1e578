/** What all cells together may take; absent: no limit. */
export type Limits = Readonly<{ cells: number | undefined; hourlyUsd: number | undefined }>;

/** One pod's share of the limits, for one attempt. */
export type Share = Readonly<{ podUid: string; attempt: number; hourlyUsd: number }>;

/**
 * Who holds how much of the limits. A set, not a counter: taking the same share twice takes it once, and giving
 * it back twice gives it back once.
 */
export type CellLimits = Readonly<{
	/**
	 * Takes shares before anything is launched, as many as fit, in their order, all in one conditional write.
	 *
	 * A pod that holds one already keeps one: of an earlier attempt, the new one replaces it; of the same attempt,
	 * the dearer one stands; of a later attempt, nothing changes, and the pod isn't in the answer.
	 *
	 * @returns the uids of the pods that hold what they wanted. Without a limit: all of them, and nothing is
	 *   written.
	 */
	take(shares: readonly Share[], signal: AbortSignal): Promise<ReadonlySet<string>>;
	/** Gives back what a pod holds, if it holds anything. */
	giveBack(podUid: string, signal: AbortSignal): Promise<void>;
	/** Gives back what pods hold that are not among these, and have held it since before `takenBefore`; returns how many. */
	keepOnly(podUids: ReadonlySet<string>, takenBefore: Date, signal: AbortSignal): Promise<number>;
	/** What is held now. */
	held(signal: AbortSignal): Promise<Readonly<{ cells: number; hourlyUsd: number }>>;
}>;
