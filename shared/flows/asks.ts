import type { CellIn } from "../cells/model.ts";

/** A worker that asked less than this ago is probably at it: a function's longest run, and a little. */
const probablyMs = 35_000;

const othersSince = (
	{ asks }: CellIn<"Launching">,
	by: string,
	ageMs: number,
	now: Date,
): readonly Date[] =>
	asks
		.filter((ask) => ask.by !== by && now.getTime() - new Date(ask.at).getTime() < ageMs)
		.map(({ at }) => new Date(at));

/** Whether another worker is probably asking EC2 for this plan: to repeat it now is safe, and a waste. */
export const isBeingAsked = (cell: CellIn<"Launching">, by: string, now: Date): boolean =>
	othersSince(cell, by, probablyMs, now).length > 0;

/**
 * Until when another worker's request for this plan may still be on its way to EC2, by clocks that may be wrong.
 *
 * @param asksLiveSeconds longer than a function runs, and than clocks differ.
 * @returns undefined when there is none: another plan can make no second instance.
 */
export const askedUntil = (
	cell: CellIn<"Launching">,
	by: string,
	asksLiveSeconds: number,
	now: Date,
): Date | undefined => {
	const latest = othersSince(cell, by, asksLiveSeconds * 1000, now)
		.map((at) => at.getTime())
		.toSorted((a, b) => a - b)
		.at(-1);
	return latest === undefined ? undefined : new Date(latest + asksLiveSeconds * 1000);
};
