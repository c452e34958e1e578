import type { CellIn, Loss } from "./model.ts";
import { again, failed, type Why } from "./transitions.ts";

/** What the operator allows a pod that lost its instance; provider.yaml's `cells`. */
export type LossRules = Readonly<{
	/** Machines in a row that never become ready, before the pod fails. */
	bootAttempts: number;
	/** Whether a pod that lost its ready cell gets another one. */
	replaceLost: boolean;
	/** Losses within an hour, of cells that had been ready or not, before the pod fails. */
	lossesPerHour: number;
	/** How long the pod waits for its next instance. */
	capacityTimeoutSeconds: number;
}>;

/**
 * The record after its instance was lost, or never became ready: the pod waits for its next cell, or has failed.
 *
 * The instance itself is ended by reconcile, before the next one is asked for.
 */
export function afterLoss(
	cell: CellIn<"Booting" | "Ready">,
	why: Why,
	rules: LossRules,
	now: Date,
): CellIn<"Scheduled"> | CellIn<"Failed"> {
	const next = again(cell, why, new Date(now.getTime() + rules.capacityTimeoutSeconds * 1000), now);
	const obstacle = obstacleFor(cell, next.losses, rules, now);
	if (obstacle === undefined) return next;
	return failed(cell, { ...why, message: `${why.message}; ${obstacle}` }, now);
}

/** Why the pod gets no other cell, for people; undefined: it gets one. */
function obstacleFor(
	cell: CellIn<"Booting" | "Ready">,
	losses: readonly Loss[],
	{ bootAttempts, replaceLost, lossesPerHour }: LossRules,
	now: Date,
): string | undefined {
	if (cell.phase === "Ready" && cell.request.restartPolicy === "Never")
		return "its restartPolicy is Never: it gets no other cell";
	if (cell.phase === "Ready" && !replaceLost)
		return "cells.replaceLost is off: it gets no other cell";
	const inARow = neverReady(losses).length;
	if (inARow >= bootAttempts)
		return `that was instance ${inARow} of at most ${bootAttempts} in a row (cells.bootAttempts)`;
	const recent = losses.filter(({ at }) => now.getTime() - new Date(at).getTime() < hourMs).length;
	return recent >= lossesPerHour
		? `that was loss ${recent} within an hour, of at most ${lossesPerHour} (cells.lossesPerHour)`
		: undefined;
}

/** The losses since the pod last had a ready cell: machines that never became ready. */
export const neverReady = (losses: readonly Loss[]): readonly Loss[] =>
	losses.slice(losses.findLastIndex(({ readyAt }) => readyAt !== undefined) + 1);

const hourMs = 3_600_000;
