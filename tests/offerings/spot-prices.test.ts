import { describe, expect, it } from "vitest";
import { type Catalogue, packagedCatalogue } from "../../shared/offerings/catalogue.ts";
import { explainChoice } from "../../shared/offerings/decision.ts";
import type { Offering, Requirements } from "../../shared/offerings/model.ts";
import { offeringIndex } from "../../shared/offerings/offering-index.ts";
import { rankOfferings, selectOffering } from "../../shared/offerings/select.ts";
import type { SelectionSettings } from "../../shared/offerings/settings.ts";
import { nominal, settings, sized } from "./pods.ts";

const region = packagedCatalogue("us-east-1");

/** Only these types, with these spot prices. Their prices on demand: 0.0765, 0.153 and 0.0416 USD. */
const selling = (
	prices: Readonly<
		Partial<Record<"c6a.large" | "c6a.xlarge" | "t3.medium", Readonly<Record<string, number>>>>
	>,
): Catalogue => ({
	...region,
	types: region.types.flatMap((type) =>
		Object.entries(prices)
			.filter(([name]) => name === type.name)
			.map(([, spotMicroUsd]) => ({ ...type, spotMicroUsd })),
	),
});

const pod = sized(2, 4, { capacityType: "spot" });
const indexed = (catalogue: Catalogue, under: Partial<SelectionSettings> = {}) =>
	offeringIndex(catalogue, settings({ ...nominal, ...under }));
const nothing = () => false;

/** `c6a.large use1-az2 0.02`, cheapest first. */
const ranking = (catalogue: Catalogue, under?: Partial<SelectionSettings>, asked = pod) =>
	[...rankOfferings(asked, indexed(catalogue, under), nothing, "pod")].map(
		({ instanceType, zoneId, capacityType, hourlyUsd }) =>
			[instanceType, zoneId, hourlyUsd, ...(capacityType === "spot" ? [] : [capacityType])].join(
				" ",
			),
	);

// The settings' zones are use1-az2, use1-az4 and use1-az6.
describe("known spot prices", () => {
	it("rank each zone at its own price, and the estimate where none is known", () => {
		const catalogue = selling({
			"c6a.large": { "use1-az2": 41_000, "use1-az6": 30_500, "use1-az1": 1 },
			"c6a.xlarge": { "use1-az4": 38_000, "use1-az2": 90_000, "use1-az6": 90_001 },
		});
		expect(ranking(catalogue)).toEqual([
			"c6a.large use1-az6 0.0305",
			"c6a.xlarge use1-az4 0.038",
			"c6a.large use1-az4 0.03825",
			"c6a.large use1-az2 0.041",
			"c6a.xlarge use1-az2 0.09",
			"c6a.xlarge use1-az6 0.090001",
		]);
	});

	it("make an offering exact, and leave the others approximate", () => {
		const index = indexed(selling({ "c6a.large": { "use1-az2": 30_000, "use1-az4": 38_250 } }));
		const approximate = [...rankOfferings(pod, index, nothing, "pod")].map(
			({ zoneId, approximate: isApproximate, onDemandHourlyUsd }) =>
				`${zoneId} ${isApproximate} ${onDemandHourlyUsd}`,
		);
		// One at exactly the price of the estimate shares its row, and is still exact.
		expect(approximate[0]).toBe("use1-az2 false 0.0765");
		expect(approximate.slice(1).sort()).toEqual(["use1-az4 false 0.0765", "use1-az6 true 0.0765"]);
	});

	it("count against the most that spot may cost, zone by zone", () => {
		const catalogue = selling({
			"c6a.large": { "use1-az2": 41_000, "use1-az4": 40_000, "use1-az6": 40_001 },
		});
		const under = { spot: { maxHourlyUsd: 0.04, fallback: "none" } } as const;
		expect(ranking(catalogue, under)).toEqual(["c6a.large use1-az4 0.04"]);
		const { removed, summary, chosen } = explainChoice(
			pod,
			indexed(catalogue, under),
			nothing,
			"pod",
		);
		expect(removed).toContainEqual({ rule: "spot-price", count: 2 });
		expect(chosen).toMatchObject({ zoneId: "use1-az4", approximate: false });
		expect(summary).not.toContain("approximate");
	});

	it("lose to on demand where they are dearer and it may take over", () => {
		const dear = { "use1-az2": 80_000, "use1-az4": 90_000, "use1-az6": 76_500 };
		expect(
			ranking(selling({ "c6a.large": dear }), { spot: { fallback: "on-demand" } }).slice(3),
		).toEqual(["c6a.large use1-az6 0.0765", "c6a.large use1-az2 0.08", "c6a.large use1-az4 0.09"]);
	});

	it("carry a burstable's surcharge on top", () => {
		const prices = { "use1-az2": 12_000, "use1-az4": 90_000, "use1-az6": 90_000 };
		// 2 vCPU over a baseline of 0.4, at 0.05 USD for an hour of one.
		expect(ranking(selling({ "t3.medium": prices }))[0]).toBe("t3.medium use1-az2 0.092");
	});

	it("lead to the next zone when EC2 refuses the cheapest", () => {
		const index = indexed(selling({ "c6a.large": { "use1-az2": 20_000, "use1-az4": 21_000 } }));
		const refused = ({ zoneId }: Offering) => zoneId === "use1-az2";
		expect(selectOffering(pod, index, refused, "pod")).toMatchObject({
			zoneId: "use1-az4",
			hourlyUsd: 0.021,
		});
		const { candidates } = explainChoice(pod, index, refused, "pod");
		expect(candidates.map(({ zoneId, verdict }) => `${zoneId}: ${verdict}`)).toEqual([
			"use1-az2: set aside: EC2 refused it lately",
			"use1-az4: chosen",
		]);
	});

	it("say by how much everything is too dear", () => {
		const catalogue = selling({
			"c6a.large": { "use1-az2": 41_000, "use1-az4": 40_000, "use1-az6": 50_000 },
		});
		const under = { spot: { maxHourlyUsd: 0.01, fallback: "none" } } as const;
		const asked: Requirements = { ...pod, instanceType: "c6a.large" };
		expect(explainChoice(asked, indexed(catalogue, under), nothing, "pod").summary).toContain(
			"c6a.large at 0.04 USD/h",
		);
	});
});
