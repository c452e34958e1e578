import * as z from "zod";
import type { Pace } from "./model.ts";

/**
 * What all workers have taken of the pace, as two buckets; times are milliseconds since 1970.
 *
 * A bucket is the moment since when its tokens count: what has come since is there, up to the burst.
 */
export const TurnsState = z.object({
	/** The furthest clock of all that have taken a turn. */
	clock: z.number(),
	callsSince: z.number(),
	instancesSince: z.number(),
	/** Of the configured rates, when EC2 last refused. */
	factor: z.number().min(0).max(1),
	/** When EC2 last slowed us down; absent: never. */
	slowedAt: z.number().optional(),
});
export type TurnsState = Readonly<z.infer<typeof TurnsState>>;

/** Everything is free. */
export const allFree = (pace: Pace, now: Date): TurnsState => {
	const { calls, instances } = bucketsOf(pace);
	const clock = now.getTime();
	return {
		clock,
		callsSince: clock - calls.fullAfterMs,
		instancesSince: clock - instances.fullAfterMs,
		factor: 1,
	};
};

/**
 * The next free turn for one call that asks for so many instances; turns are handed out in the order of asking.
 *
 * Workers' clocks may differ. Time passes by the furthest of them, and each worker is told its turn by its own
 * clock: one that is behind never goes earlier than the pace allows, and one that is ahead doesn't move the
 * others' turns by what it is ahead. What it costs: at its first turn it may find the burst free that isn't yet;
 * and when it has gone silent, nothing comes in for the others until they have caught up with it, so that they
 * wait longer by at most what it was ahead. Beyond a quarter of an hour a clock is broken, and isn't followed.
 *
 * A call for more instances than the burst waits until as many would have come in.
 *
 * @returns `at`: `now`, where nobody need wait.
 */
export function takeTurn(
	state: TurnsState,
	pace: Pace,
	instances: number,
	now: Date,
): Readonly<{ state: TurnsState; at: Date }> {
	const seen = seenAt(state, now);
	const buckets = bucketsOf(pace);
	const ofCalls = wanting(seen, buckets.calls, seen.callsSince, 1);
	const ofInstances = wanting(seen, buckets.instances, seen.instancesSince, instances);
	const slot = Math.max(seen.clock, ofCalls.free, ofInstances.free);
	return {
		state: {
			...seen,
			callsSince: ofCalls.afterwards(slot),
			instancesSince: ofInstances.afterwards(slot),
		},
		// Rounded up: a turn that is a fraction early would be refused.
		at: new Date(now.getTime() + Math.ceil(slot - seen.clock)),
	};
}

/**
 * EC2 refused a call for its rate: its bucket was empty, whatever ours says, so that nobody new goes for the
 * time of one call; and everybody goes slower, down to a tenth. It grows back to the configured pace within two
 * minutes. Refusals within a second are one burst's, and count once.
 */
export function throttled(state: TurnsState, now: Date): TurnsState {
	const seen = seenAt(state, now);
	const emptied = { ...seen, callsSince: Math.max(seen.callsSince, seen.clock) };
	const { slowedAt } = seen;
	if (slowedAt !== undefined && seen.clock - slowedAt < onceMs) return emptied;
	const factor = Math.max(leastFactor, factorAt(seen, seen.clock) * slower);
	return { ...emptied, factor, slowedAt: seen.clock };
}

const onceMs = 1_000;
const slower = 0.7;
const leastFactor = 0.1;
/** From nothing to the whole pace. */
const recoveryMs = 120_000;
/** A worker whose clock is further off could not talk to AWS at all. */
const mostAheadMs = 15 * 60_000;

const factorAt = ({ factor, slowedAt }: TurnsState, atMs: number): number =>
	slowedAt === undefined ? 1 : Math.min(1, factor + Math.max(0, atMs - slowedAt) / recoveryMs);

/** The state when a worker looks at it. */
function seenAt(state: TurnsState, now: Date): TurnsState {
	const nowMs = now.getTime();
	const aheadMs = state.clock - nowMs;
	if (aheadMs <= mostAheadMs) return { ...state, clock: Math.max(state.clock, nowMs) };
	return {
		...state,
		clock: nowMs,
		callsSince: state.callsSince - aheadMs,
		instancesSince: state.instancesSince - aheadMs,
		...(state.slowedAt === undefined ? {} : { slowedAt: state.slowedAt - aheadMs }),
	};
}

type Bucket = Readonly<{ everyMs: number; fullAfterMs: number }>;

const bucketsOf = (pace: Pace): Readonly<{ calls: Bucket; instances: Bucket }> => ({
	calls: bucketOf(pace.callBurst, pace.callsPerSecond),
	instances: bucketOf(pace.instanceBurst, pace.instancesPerSecond),
});

/** The time to fill up stays as configured also while all go slower: slowing down frees no tokens. */
const bucketOf = (burst: number, perSecond: number): Bucket => ({
	everyMs: 1000 / perSecond,
	fullAfterMs: (burst * 1000) / perSecond,
});

/** When a bucket has so many tokens, and since when its tokens count once they are taken. */
function wanting(
	state: TurnsState,
	{ everyMs, fullAfterMs }: Bucket,
	since: number,
	tokens: number,
) {
	// A backlog's turns come when the pace has grown back: reckoned by what it is then, a little less at most.
	const costMs = (tokens * everyMs) / factorAt(state, Math.max(since, state.clock));
	return {
		free: since + costMs,
		afterwards: (slot: number): number =>
			Math.max(since, slot - Math.max(fullAfterMs, costMs)) + costMs,
	};
}
