import { readFileSync } from "node:fs";
import * as z from "zod";
import { Tally } from "./tally.ts";

/** What was counted, as `node infra/cost/count.ts --write` leaves it. */
const Figures = z.object({
	/** ISO 8601 date. */
	countedOn: z.string(),
	/** Of each run. */
	pods: z.int().positive(),
	bootSecondsMedian: z.number(),
	/** Pods that come one after the other. */
	oneByOne: Tally,
	/** Replicas of one workload that come together. */
	together: Tally,
	/** One invocation of each function that runs by the clock, without a pod. */
	byTheClock: Tally,
	/** Custom metrics that these invocations write, and all that have been seen. */
	metrics: z.object({ idle: z.int(), busy: z.int() }),
});
export type Figures = Readonly<z.infer<typeof Figures>>;

export const figuresFile = new URL("figures.json", import.meta.url);

export const countedFigures = (): Figures =>
	Figures.parse(JSON.parse(readFileSync(figuresFile, "utf8")));
