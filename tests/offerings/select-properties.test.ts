import fc from "fast-check";
import { describe, expect, it } from "vitest";
import snapshot from "../../shared/offerings/catalogue.json" with { type: "json" };
import {
	type Catalogue,
	catalogueOf,
	packagedCatalogue,
} from "../../shared/offerings/catalogue.ts";
import type { Offering, Requirements } from "../../shared/offerings/model.ts";
import { offeringIndex } from "../../shared/offerings/offering-index.ts";
import { rankOfferings, selectOffering } from "../../shared/offerings/select.ts";
import { naiveOfferings, naiveRanking, type Priced } from "./naive.ts";
import { anyRequirements, anySettings } from "./random-pods.ts";
import { withSpotPrices } from "./spot-market.ts";

const region = packagedCatalogue("us-east-1");
const nothingSetAside = () => false;

/** The packaged snapshot with its types in another order. */
function shuffledSnapshot(salt: number) {
	const columns = Object.entries(snapshot.columns).map(([name, column]) => {
		const positions = [...column.keys()].sort(
			(a, b) => ((a * 7_919 + salt) % 1_327) - ((b * 7_919 + salt) % 1_327) || a - b,
		);
		return [name, positions.map((position) => column[position])];
	});
	return { ...snapshot, columns: Object.fromEntries(columns) };
}

/** A part of the region, so that many settings can be tried; every rule keeps types to bite on. */
const anyCatalogue: fc.Arbitrary<Catalogue> = fc
	.tuple(
		fc.integer({ min: 1, max: 40 }),
		fc.nat({ max: 39 }),
		fc.constantFrom(region, packagedCatalogue("eu-west-1"), withSpotPrices(region)),
	)
	.map(([step, first, catalogue]) => ({
		...catalogue,
		types: catalogue.types.filter(
			({ name, device, burstable }, position) =>
				position % step === first % step ||
				burstable !== undefined ||
				device !== undefined ||
				name.startsWith("m5."),
		),
	}));

const textOf = ({ instanceType, zoneId, capacityType, hourlyUsd }: Offering): string =>
	`${Math.round(hourlyUsd * 1e6)} ${instanceType} ${capacityType} ${zoneId}`;
const naiveText = ({ offering, microUsd }: Priced): string =>
	`${microUsd} ${offering.type.name} ${offering.capacityType} ${offering.zone.zoneId}`;

/** Zones at one price may come in any order, as the seed has it. */
const zonesSorted = (texts: readonly string[]): string[] => {
	const groups = Map.groupBy(texts, (text) => text.slice(0, text.lastIndexOf(" ")));
	return [...groups.values()].flatMap((group) => group.toSorted());
};

describe("rankOfferings", () => {
	it("equals filtering and sorting everything, for any pod, settings and catalogue", () => {
		fc.assert(
			fc.property(
				anyRequirements,
				anySettings,
				anyCatalogue,
				fc.string(),
				fc.array(fc.nat({ max: 6 })),
				(pod, settings, catalogue, seed, last) => {
					const lastZones = last.map((zone) => `use1-az${zone}`);
					const naive = naiveRanking(pod, naiveOfferings(catalogue, settings), settings);
					const index = offeringIndex(catalogue, settings);
					const ranking = rankOfferings(pod, index, nothingSetAside, seed, lastZones);
					const ranked = [...ranking].map(textOf);
					expect(zonesSorted(ranked)).toEqual(naive.map(naiveText));
				},
			),
			{ numRuns: 500 },
		);
	});

	it("leaves out exactly what is set aside, in the same order", () => {
		fc.assert(
			fc.property(anyRequirements, anySettings, fc.string(), (pod, settings, refused) => {
				const index = offeringIndex(region, settings);
				const isSetAside = (offering: Offering) =>
					[...textOf(offering), ...refused].reduce((sum, c) => sum + (c.codePointAt(0) ?? 0), 0) %
						3 ===
					0;
				const all = [...rankOfferings(pod, index, nothingSetAside, "pod")];
				expect([...rankOfferings(pod, index, isSetAside, "pod")]).toEqual(
					all.filter((offering) => !isSetAside(offering)),
				);
			}),
			{ numRuns: 60 },
		);
	});
});

describe("selectOffering", () => {
	it("doesn't depend on the order of the snapshot, the zones or the architectures", () => {
		fc.assert(
			fc.property(anyRequirements, anySettings, fc.nat(), (pod, settings, salt) => {
				const reversed = {
					...settings,
					zones: settings.zones.toReversed(),
					architectures: settings.architectures.toReversed(),
				};
				const choose = (catalogue: Catalogue, asSet: typeof settings) =>
					selectOffering(pod, offeringIndex(catalogue, asSet), nothingSetAside, "pod");
				const shuffled = catalogueOf(shuffledSnapshot(salt), "us-east-1");
				expect(choose(shuffled, reversed)).toEqual(choose(region, settings));
			}),
			{ numRuns: 40 },
		);
	});

	it("gives the same answer for the same input", () => {
		fc.assert(
			fc.property(anyRequirements, anySettings, fc.string(), (pod, settings, seed) => {
				const choose = () =>
					selectOffering(pod, offeringIndex(region, settings), nothingSetAside, seed);
				expect(choose()).toEqual(choose());
			}),
			{ numRuns: 30 },
		);
	});

	it("never gets cheaper when a pod asks for more", () => {
		fc.assert(
			fc.property(
				anyRequirements,
				anySettings,
				fc.nat({ max: 64_000 }),
				fc.nat({ max: 300_000 }),
				(pod, settings, moreCpuMillis, moreMemoryMib) => {
					// A pod that asks for nothing gets the default type, which may be dearer than what is enough.
					const small: Requirements = { ...pod, cpuMillis: pod.cpuMillis + 1 };
					const large = {
						...small,
						cpuMillis: small.cpuMillis + moreCpuMillis,
						memoryMib: small.memoryMib + moreMemoryMib,
						accelerators: small.accelerators.map((asked) => ({ ...asked, count: asked.count + 1 })),
					};
					const index = offeringIndex(region, settings);
					const usd = (asked: Requirements) =>
						selectOffering(asked, index, nothingSetAside, "pod")?.hourlyUsd ??
						Number.POSITIVE_INFINITY;
					expect(usd(large)).toBeGreaterThanOrEqual(usd(small));
				},
			),
			{ numRuns: 100 },
		);
	});
});
