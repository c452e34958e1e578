import { createHash } from "node:crypto";
import type { Limits, Share } from "./model.ts";

/** One pod's share, as it is kept. */
export type Holding = Readonly<{
	attempt: number;
	/** Millionths, so that sums are exact. */
	hourlyMicroUsd: number;
	/** Since 1970, rounded up. */
	takenAtSeconds: number;
}>;

/** Who holds a share, by `holderOf` the pod. */
export type Holders = ReadonlyMap<string, Holding>;

/** Short enough for ten thousand in one item, and 80 bits, so that no two of a billion pods share one. */
export const holderOf = (podUid: string): string =>
	createHash("sha256").update(podUid).digest().subarray(0, 10).toString("base64url");

/** As many as one DynamoDB item takes, with its 400 KB; no limit in provider.yaml is above it. */
export const mostHolders = 10_000;

/** What shares come to. */
export type Held = Readonly<{ cells: number; hourlyMicroUsd: number }>;

export const heldBy = (holders: Holders): Held => ({
	cells: holders.size,
	hourlyMicroUsd: [...holders.values()].reduce(
		(sum, { hourlyMicroUsd }) => sum + hourlyMicroUsd,
		0,
	),
});

/**
 * Takes as many of these shares as fit, in their order; see CellLimits.
 *
 * @returns the same `holders` where nothing has changed.
 */
export function takeShares(
	holders: Holders,
	shares: readonly Share[],
	limits: Limits,
	now: Date,
): Readonly<{ holders: Holders; podUids: ReadonlySet<string> }> {
	const next = new Map(holders);
	let held = heldBy(holders);
	const podUids = new Set<string>();
	for (const { podUid, attempt, hourlyUsd } of shares) {
		const holder = holderOf(podUid);
		const before = next.get(holder);
		const wanted = { attempt, hourlyMicroUsd: microUsd(hourlyUsd), takenAtSeconds: secondsOf(now) };
		const after = exchanged(held, before, wanted);
		const stands = whatStands(before, wanted, fits(held, after, limits));
		if (stands === "another") continue;
		podUids.add(podUid);
		if (stands === "before") continue;
		next.set(holder, wanted);
		held = after;
	}
	const isChanged = [...next].some(([holder, holding]) => holders.get(holder) !== holding);
	return { holders: isChanged ? next : holders, podUids };
}

/** @returns the same `holders` where the pod holds nothing. */
export function giveBackShare(holders: Holders, podUid: string): Holders {
	const holder = holderOf(podUid);
	if (!holders.has(holder)) return holders;
	return new Map([...holders].filter(([each]) => each !== holder));
}

/** @returns the same `holders` where nobody else has held anything for so long. */
export function keepShares(
	holders: Holders,
	podUids: ReadonlySet<string>,
	takenBefore: Date,
): Holders {
	const kept = new Set([...podUids].map(holderOf));
	const left = [...holders].filter(
		([holder, { takenAtSeconds }]) =>
			kept.has(holder) || takenAtSeconds * 1000 >= takenBefore.getTime(),
	);
	return left.length === holders.size ? holders : new Map(left);
}

/** What a pod holds in the end: what it has held `before`, which is enough; what it has `wanted`; or `another`. */
function whatStands(
	before: Holding | undefined,
	wanted: Holding,
	hasRoom: boolean,
): "before" | "wanted" | "another" {
	if (before !== undefined && before.attempt > wanted.attempt) return "another";
	if (before?.attempt === wanted.attempt && before.hourlyMicroUsd >= wanted.hourlyMicroUsd)
		return "before";
	return hasRoom ? "wanted" : "another";
}

const exchanged = (held: Held, before: Holding | undefined, after: Holding): Held => ({
	cells: held.cells + (before === undefined ? 1 : 0),
	hourlyMicroUsd: held.hourlyMicroUsd - (before?.hourlyMicroUsd ?? 0) + after.hourlyMicroUsd,
});

/** What doesn't grow fits also where a limit has been lowered meanwhile: it was there before. */
const fits = (before: Held, after: Held, { cells = mostHolders, hourlyUsd }: Limits): boolean => {
	const mostMicroUsd = hourlyUsd === undefined ? Number.POSITIVE_INFINITY : microUsd(hourlyUsd);
	return (
		(after.cells <= before.cells || after.cells <= Math.min(cells, mostHolders)) &&
		(after.hourlyMicroUsd <= before.hourlyMicroUsd || after.hourlyMicroUsd <= mostMicroUsd)
	);
};

const microUsd = (usd: number): number => Math.round(usd * 1_000_000);

const secondsOf = (moment: Date): number => Math.ceil(moment.getTime() / 1000);
