import type { Cell, CellIn } from "../../cells/model.ts";
import { isSettled } from "../../cells/transitions.ts";

/** What is done about a record that should have moved on. */
export type Remedy =
	/** Launch is called to it. */
	| "wake"
	/** Readiness is asked to look, as it should have long ago. */
	| "check"
	/** Readiness is asked to look, once, in case its first message was lost. */
	| "check-once"
	/** Saved as it is, so that the stream brings it to reconcile again. */
	| "reconcile"
	/** A last look for an instance that its plan may have made; without one, the record is settled. */
	| "settle"
	/** EC2 is asked what became of its instance. */
	| "find-instance";

export type Finding = Readonly<{
	remedy: Remedy;
	/** Why nobody seems to look after the record; absent: it is in time, and the remedy belongs to its way. */
	unaccounted?: string;
}>;

/** What is known of a record besides itself. */
export type Circumstances = Readonly<{
	/** When it was last written, by the index. */
	changedAt: Date;
	/** Whether EC2 lists its instance among those that live. */
	instanceSeen: boolean;
	now: Date;
	bootTimeoutSeconds: number;
}>;

/** Launch's messages come back much sooner. */
const launchQuietSeconds = 600;
/** After a pod's turn its message may be a little late. */
const turnLateSeconds = 120;
/** Reconcile gets a change within seconds, and tries again for as long as it fails. */
export const reconcileQuietSeconds = 300;
/** EC2's list of instances may lack a new one for a while. */
const instanceHiddenSeconds = 300;
/** EC2 shows within seconds what a request has made, and no worker asks for longer than this. */
const planHauntsSeconds = 600;
/** A few runs of the janitor later, a record must be settled. */
const settledWithinSeconds = 1_800;
/** Readiness needs this at most to give up a cell that is late. */
const readinessLateSeconds = 120;
/** Nothing boots for so long that a second message isn't worth its price. */
const slowBootSeconds = 300;

/**
 * What is wrong with a record that isn't settled; undefined: all is as it should be.
 *
 * Clocks: times on records are of the workers that wrote them, `now` is the janitor's. A difference of minutes
 * makes a remedy come so much earlier or later, and every remedy is harmless to a record that needs none: a
 * message more, a version more, EC2 asked once more. Only `settle` decides by time alone that something is over.
 * Too early, it could miss an instance that EC2 doesn't show yet: that one is found as an orphan.
 */
export function findingOf(cell: Cell, about: Circumstances): Finding | undefined {
	switch (cell.phase) {
		case "Scheduled":
			return cell.leaving === undefined ? waitingFinding(cell, about) : endingFinding(cell, about);
		case "Launching":
			return waitingFinding(cell, about);
		case "Booting":
		case "Ready":
			return runningFinding(cell, about);
		case "Terminating":
			return endingFinding(cell, about);
		case "Failed":
		case "Terminated":
			return isSettled(cell) ? undefined : overFinding(cell, about);
	}
}

const waitingFinding = (
	{ phase, turnAt }: CellIn<"Scheduled" | "Launching">,
	about: Circumstances,
): Finding | undefined => {
	const quiet = quietSeconds(about);
	const isBeforeTurn = turnAt !== undefined && secondsSince(turnAt, about.now) <= turnLateSeconds;
	if (quiet < launchQuietSeconds || isBeforeTurn) return undefined;
	return {
		remedy: "wake",
		unaccounted: `${phase} for ${quiet} s, and launch hasn't looked at it`,
	};
};

const runningFinding = (
	{ phase, plan, instance, stages }: CellIn<"Booting" | "Ready">,
	{ instanceSeen, now, bootTimeoutSeconds }: Circumstances,
): Finding | undefined => {
	const launched = secondsSince(stages.launchedAt ?? instance.launchedAt, now);
	if (!instanceSeen && launched >= instanceHiddenSeconds)
		return {
			remedy: "find-instance",
			unaccounted: `${phase}, but EC2 doesn't list ${instance.instanceId} among the living`,
		};
	if (phase === "Ready") return undefined;
	if (launched >= bootTimeoutSeconds + readinessLateSeconds)
		return {
			remedy: "check",
			unaccounted: `Booting for ${launched} s, and readiness hasn't given it up`,
		};
	const slow = Math.max(slowBootSeconds, 2 * (plan.firstCheckSeconds ?? 0));
	return launched >= slow ? { remedy: "check-once" } : undefined;
};

const endingFinding = (
	{ phase }: CellIn<"Scheduled" | "Terminating" | "Failed">,
	about: Circumstances,
): Finding | undefined => {
	const quiet = quietSeconds(about);
	if (quiet < reconcileQuietSeconds) return undefined;
	return {
		remedy: "reconcile",
		unaccounted: `${phase} for ${quiet} s, and its instance hasn't been ended`,
	};
};

const overFinding = (
	cell: CellIn<"Failed" | "Terminated">,
	about: Circumstances,
): Finding | undefined => {
	const { stages, instance, phase } = cell;
	if (phase === "Failed" && instance !== undefined && stages.endedAt === undefined)
		return endingFinding(cell, about);
	const over = secondsSince(stages.endedAt ?? stages.failedAt ?? stages.acceptedAt, about.now);
	if (over < planHauntsSeconds) return undefined;
	if (over < settledWithinSeconds) return { remedy: "settle" };
	return { remedy: "settle", unaccounted: `${phase} for ${over} s, and not settled` };
};

/**
 * For how long nobody has written the record. A time in the future is of a clock that is wrong: it counts as
 * well, so that no record is left alone until that clock is right.
 */
export const quietSeconds = ({
	changedAt,
	now,
}: Pick<Circumstances, "changedAt" | "now">): number =>
	Math.abs(Math.floor((now.getTime() - changedAt.getTime()) / 1000));

const secondsSince = (time: string, now: Date): number =>
	Math.floor((now.getTime() - new Date(time).getTime()) / 1000);
