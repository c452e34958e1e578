import type { CellIn } from "../cells/model.ts";
import type { BootTimes } from "../images/model.ts";
import type { Log } from "../telemetry/log.ts";

type LearnPorts = Readonly<{ bootTimes: Pick<BootTimes, "add">; log: Log }>;

/** An answer so soon after the first look came to one of the first two pings: nobody has seen the cell silent. */
const atOnceMs = 300;

/** A check that was given back returns later than this: somebody has looked at the cell before. */
const oneWatchMs = 20_000;

/**
 * Keeps how long this cell took from EC2's yes to its agent's answer, for the next one of its image and family.
 * Best effort: the cell is ready, whatever becomes of this.
 */
export async function learnBootTime(
	cell: CellIn<"Ready">,
	watchedSince: Date,
	{ bootTimes, log }: LearnPorts,
	signal: AbortSignal,
): Promise<void> {
	const bootMs = bootMsShownBy(cell, watchedSince);
	if (bootMs === undefined) return;
	const { image, offering } = cell.plan;
	try {
		await bootTimes.add(image.imageId, offering.instanceType, bootMs, signal);
	} catch (error) {
		log.warn("boot time not kept", { podUid: cell.podUid, error });
	}
}

/**
 * Whole milliseconds that a birth has shown.
 *
 * A cell that answers the first look may have been up long before: that it took so long is only known as a
 * limit. Half of it is kept, so that the next one is looked at sooner, until one is seen silent.
 *
 * @returns undefined where the times make no sense: two machines' clocks.
 */
export function bootMsShownBy(
	{ plan, stages }: CellIn<"Ready">,
	watchedSince: Date,
): number | undefined {
	const { plannedAt, launchedAt, answeredAt } = stages;
	if (plannedAt === undefined || launchedAt === undefined || answeredAt === undefined) return;
	const answered = Date.parse(answeredAt);
	const bootMs = answered - Date.parse(launchedAt);
	if (!(bootMs > 0)) return undefined;
	const firstLookMs = Date.parse(plannedAt) + (plan.firstCheckSeconds ?? 0) * 1_000;
	const isLimit =
		answered - watchedSince.getTime() < atOnceMs && answered - firstLookMs < oneWatchMs;
	return Math.round(isLimit ? bootMs / 2 : bootMs);
}
