import { execFileSync } from "node:child_process";
import fc from "fast-check";
import * as z from "zod";
import { type Catalogue, packagedCatalogue } from "../shared/offerings/catalogue.ts";
import { explainChoice } from "../shared/offerings/decision.ts";
import type { Offering, Requirements } from "../shared/offerings/model.ts";
import { type OfferingIndex, offeringIndex } from "../shared/offerings/offering-index.ts";
import { selectOffering } from "../shared/offerings/select.ts";
import { defaultSelectionSettings, type SelectionSettings } from "../shared/offerings/settings.ts";
import {
	type NaiveOffering,
	naiveCheapest,
	naiveOfferings,
	naiveRanking,
} from "../tests/offerings/naive.ts";
import { usEast1 } from "../tests/offerings/pods.ts";
import { anyRequirements } from "../tests/offerings/random-pods.ts";
import { withSpotPrices } from "../tests/offerings/spot-market.ts";
import { type BenchRow, inTurn, median, timed } from "./report.ts";

/** All that the region sells: both architectures, every zone, both ways to buy. */
const settings: SelectionSettings = {
	...defaultSelectionSettings,
	architectures: ["x86_64", "arm64"],
	zones: usEast1,
	spot: { fallback: "on-demand" },
};

const podsCompared = 100_000;
const podsTimed = 200;
const rounds = 9;
const nothingSetAside = () => false;

/** The catalogue, its index, and the same offerings as a plain list. */
type Offered = Readonly<{ index: OfferingIndex; offerings: readonly NaiveOffering[] }>;

/**
 * One decision over the whole region and over a thousand offerings, beside filtering and sorting
 * them all; both give the same answers, or this throws.
 */
export async function selectionBench(): Promise<BenchRow[]> {
	const started = freshProcess();
	const region = packagedCatalogue("us-east-1");
	const whole = offered(region);
	const priced = offered(withSpotPrices(region));
	const thousand = offered({ ...region, types: aboutAThousand(region, whole) });
	const pods = fc.sample(anyRequirements, { numRuns: podsCompared, seed: 1 });
	const comparedMs = timed(() => comparePods(pods, whole));
	const compared = `${pods.length.toLocaleString("en")} random pods, equal answers (${(comparedMs / 1_000).toFixed(1)} s)`;
	comparePods(pods, priced);
	const timedPods = pods.slice(0, podsTimed);
	return [
		{ ...decisionRow(timedPods, whole, { atMost: 30, stretch: 16 }, compared) },
		{
			...decisionRow(timedPods, priced, { atMost: 30, stretch: 16 }, "answers equal for all pods"),
			what: "the same, with a spot price in each zone",
		},
		{ ...decisionRow(timedPods, thousand, { atMost: 5, stretch: 3 }) },
		{
			what: "load and index the catalogue, once",
			measured: median(started.map(({ ms }) => ms)),
			unit: "ms",
			target: { atMost: 30 },
			note: "cold, in fresh processes",
		},
		{
			what: "memory of the loaded catalogue and its index",
			measured: median(started.map(({ bytes }) => bytes)) / 1_024,
			unit: "KB",
		},
		explanationRow(timedPods, whole),
	];
}

const offered = (catalogue: Catalogue): Offered => ({
	index: offeringIndex(catalogue, settings),
	offerings: naiveOfferings(catalogue, settings),
});

/** Every nth type, so that small and large, plain and special ones stay in proportion. */
function aboutAThousand({ types }: Catalogue, { offerings }: Offered): Catalogue["types"] {
	const step = Math.round(offerings.length / 1_000);
	return types.filter((_, position) => position % step === 0);
}

function decisionRow(
	pods: readonly Requirements[],
	{ index, offerings }: Offered,
	target: NonNullable<BenchRow["target"]>,
	compared?: string,
): BenchRow {
	const choose = (pod: Requirements) => selectOffering(pod, index, nothingSetAside, "pod");
	for (const pod of pods) for (let warm = 0; warm < 20; warm++) choose(pod);
	const single: number[] = [];
	const naive: number[] = [];
	inTurn(
		rounds,
		() => single.push(...pods.map((pod) => timed(() => choose(pod)) * 1_000)),
		() =>
			naive.push(...pods.map((pod) => timed(() => naiveRanking(pod, offerings, settings)) * 1_000)),
	);
	const mean = single.reduce((sum, us) => sum + us, 0) / single.length;
	return {
		what: `choose among ${offerings.length.toLocaleString("en")} offerings`,
		measured: median(single),
		unit: "µs",
		baseline: { name: "filter and sort", measured: median(naive) },
		target,
		note: [
			`median over ${pods.length} random pods, mean ${mean.toFixed(1)} µs`,
			...(compared === undefined ? [] : [compared]),
		].join("; "),
	};
}

function explanationRow(pods: readonly Requirements[], { index }: Offered): BenchRow {
	const each = pods.map((pod) => timed(() => explainChoice(pod, index, nothingSetAside, "pod")));
	return { what: "explain a choice, when asked", measured: median(each), unit: "ms" };
}

/** @throws Error for the first pod that gets another answer than the reference gives. */
function comparePods(pods: readonly Requirements[], { index, offerings }: Offered): void {
	for (const pod of pods) {
		const chosen = selectOffering(pod, index, nothingSetAside, "pod");
		const naive = naiveCheapest(pod, offerings, settings);
		// Zones at one price come in the pod's own order, so any of them is right.
		const expected = naive && [
			naive.offering.type.name,
			naive.offering.capacityType,
			naive.microUsd / 1e6,
		];
		if (JSON.stringify(bought(chosen)) !== JSON.stringify(expected)) {
			throw new Error(
				`chose ${JSON.stringify(chosen)}, and the reference ${JSON.stringify(expected)}, for ${JSON.stringify(pod)}`,
			);
		}
	}
}

const bought = (offering: Offering | undefined) =>
	offering && [offering.instanceType, offering.capacityType, offering.hourlyUsd];

const Started = z.object({ ms: z.number(), bytes: z.number() });

/** What a cold start pays: modules are loaded, the catalogue is not. */
function freshProcess(): z.infer<typeof Started>[] {
	const from = (file: string) => JSON.stringify(new URL(file, import.meta.url).href);
	const code = `
		import { packagedCatalogue } from ${from("../shared/offerings/catalogue.ts")};
		import { offeringIndex } from ${from("../shared/offerings/offering-index.ts")};
		globalThis.gc();
		const before = process.memoryUsage().heapUsed;
		const start = performance.now();
		const index = offeringIndex(packagedCatalogue("us-east-1"), ${JSON.stringify(settings)});
		const ms = performance.now() - start;
		globalThis.gc();
		const bytes = process.memoryUsage().heapUsed - before;
		process.stdout.write(JSON.stringify({ ms, bytes, types: index.catalogue.types.length }));`;
	const args = ["--expose-gc", "--input-type=module", "-e", code];
	return Array.from({ length: 5 }, () =>
		Started.parse(JSON.parse(execFileSync(process.execPath, args, { encoding: "utf8" }))),
	);
}
