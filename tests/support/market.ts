import type { DescribedType } from "../../shared/offerings/market.ts";
import type { Snapshot } from "../../shared/offerings/snapshot.ts";
import { type MarketAnswers, snapshotOf } from "../../shared/offerings/snapshot-of.ts";

/** A plain machine, but for what the case is about. */
export const aType = (over: Partial<DescribedType> = {}): DescribedType => ({
	name: "m5.large",
	architectures: ["x86_64"],
	vcpus: 2,
	memoryMib: 8_192,
	burstable: false,
	spot: true,
	hypervisor: "nitro",
	networkInterfaces: 3,
	ipv4PerInterface: 10,
	networkBaselineMbps: 750,
	networkPeakMbps: 10_000,
	localStorageGb: 0,
	localStorage: null,
	...over,
});

/** These types, all sold in one zone at 0.1 USD an hour. */
export const answersFor = (types: readonly DescribedType[]): MarketAnswers => ({
	types,
	zones: new Map(types.map(({ name }) => [name, ["use1-az2"]])),
	hourlyUsd: new Map(types.map(({ name }) => [name, 0.1])),
});

/** Plain machines in any number, gathered at a time. */
export const aSnapshot = (date: string, types = 60, region = "us-east-1"): Snapshot =>
	snapshotOf({ ...answersFor(numbered(types)), spotPrices: [] }, { region, date, source: "a test" })
		.snapshot;

/** `m0.large`, `m1.large`, … */
export const numbered = (count: number): DescribedType[] =>
	Array.from({ length: count }, (_, at) => aType({ name: `m${at}.large` }));
