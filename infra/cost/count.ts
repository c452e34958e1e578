/**
 * Counts what pods and an idle deployment use, in runs of the embedded stack, and prints what that costs.
 * `--write` keeps the figures for docs/cost.md. `--pods <count>` (default 60), `--boot-seconds <median>` (default 20).
 */
import { writeFile } from "node:fs/promises";
import { parseArgs } from "node:util";
import { type Figures, figuresFile } from "./figures.ts";
import { idleTable, podsTable } from "./page.ts";
import { countedRun } from "./run.ts";

const { values } = parseArgs({
	options: {
		pods: { type: "string", default: "60" },
		"boot-seconds": { type: "string", default: "20" },
		provider: { type: "string", default: "provider.yaml" },
		write: { type: "boolean", default: false },
	},
});
const pods = Number(values.pods);
const bootSecondsMedian = Number(values["boot-seconds"]);
if (!(Number.isInteger(pods) && pods > 0 && bootSecondsMedian > 0))
	throw new RangeError("--pods is a whole number above 0, --boot-seconds a number above 0");

const base = { providerFile: values.provider, pods, bootSecondsMedian };
const oneByOne = await countedRun({ ...base, everyMs: 1_000 });
const together = await countedRun({ ...base, everyMs: 0 });
const figures: Figures = {
	countedOn: new Date().toISOString().slice(0, 10),
	pods,
	bootSecondsMedian,
	oneByOne: oneByOne.tally,
	together: together.tally,
	byTheClock: oneByOne.byTheClock,
	metrics: oneByOne.metrics,
};
if (values.write) await writeFile(figuresFile, `${JSON.stringify(figures, undefined, "\t")}\n`);
process.stdout.write(`${podsTable(figures)}\n\n${idleTable(figures)}\n`);
