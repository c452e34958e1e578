import type { CellLimits, Limits } from "../../shared/limits/model.ts";
import {
	giveBackShare,
	type Holders,
	heldBy,
	keepShares,
	takeShares,
} from "../../shared/limits/shares.ts";

/** Limits in memory; tests/contracts/cell-limits.ts holds them to DynamoDB's. */
export function memoryLimits(limits: Limits, now: () => Date): CellLimits {
	let holders: Holders = new Map();
	const isOff = limits.cells === undefined && limits.hourlyUsd === undefined;
	return {
		async take(shares) {
			if (isOff) return new Set(shares.map(({ podUid }) => podUid));
			const taken = takeShares(holders, shares, limits, now());
			holders = taken.holders;
			return taken.podUids;
		},
		async giveBack(podUid) {
			holders = giveBackShare(holders, podUid);
		},
		async keepOnly(podUids, takenBefore) {
			const before = holders.size;
			holders = keepShares(holders, podUids, takenBefore);
			return before - holders.size;
		},
		async held() {
			const { cells, hourlyMicroUsd } = heldBy(holders);
			return { cells, hourlyUsd: hourlyMicroUsd / 1_000_000 };
		},
	};
}
