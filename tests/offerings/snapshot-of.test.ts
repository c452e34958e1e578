import fc from "fast-check";
import { describe, expect, it } from "vitest";
import { catalogueOf } from "../../shared/offerings/catalogue.ts";
import { type MarketAnswers, snapshotOf } from "../../shared/offerings/snapshot-of.ts";
import { answersFor, aType } from "../support/market.ts";

const about = { region: "us-east-1", date: "2026-08-05", source: "a test" };

const made = (answers: MarketAnswers) => {
	const { snapshot, unrated } = snapshotOf(answers, about);
	return { types: catalogueOf(snapshot, "us-east-1").types, unrated };
};

describe("snapshotOf", () => {
	it("keeps what is sold, priced, boots and has two addresses", () => {
		const answers = answersFor([
			aType({ name: "z9.large" }),
			aType({ name: "m5.large", architectures: ["i386", "x86_64"] }),
			aType({ name: "m7g.large", architectures: ["arm64"] }),
			aType({ name: "t1.micro" }),
			aType({ name: "mac1.metal", architectures: ["x86_64_mac"] }),
			aType({ name: "one.address", ipv4PerInterface: 1 }),
			aType({ name: "no.price" }),
			aType({ name: "free.price" }),
			aType({ name: "no.zone" }),
		]);
		const hourlyUsd = new Map(answers.hourlyUsd).set("free.price", 0);
		const zones = new Map(answers.zones).set("no.zone", []);
		hourlyUsd.delete("no.price");
		const { types } = made({ ...answers, hourlyUsd, zones });
		expect(types.map(({ name, architecture }) => `${name} ${architecture}`)).toEqual([
			"m5.large x86_64",
			"m7g.large arm64",
			"z9.large x86_64",
		]);
	});

	it("rates the burstable types that it knows, and names the others", () => {
		const { types, unrated } = made(
			answersFor([
				aType({ name: "t4g.large", burstable: true, architectures: ["arm64"] }),
				aType({ name: "t9.nano", burstable: true }),
				aType({ name: "t3.16xlarge", burstable: true }),
			]),
		);
		expect(types.map(({ name, burstable }) => ({ name, burstable }))).toEqual([
			{ name: "t4g.large", burstable: { baselineMillis: 600, surchargeMicroUsd: 40 } },
		]);
		expect(unrated).toEqual(["t3.16xlarge", "t9.nano"]);
	});

	it("keeps the spot prices of the zones that sell a type, and knows which aren't known", () => {
		const answers = answersFor([
			aType({ name: "m5.large" }),
			aType({ name: "odm.only", spot: false }),
		]);
		const { types } = made({
			...answers,
			zones: new Map([
				["m5.large", ["use1-az2", "use1-az1"]],
				["odm.only", ["use1-az1"]],
			]),
			spotPrices: [
				{ instanceType: "m5.large", zoneId: "use1-az1", microUsd: 31_000 },
				{ instanceType: "m5.large", zoneId: "use1-az9", microUsd: 1 },
				{ instanceType: "odm.only", zoneId: "use1-az1", microUsd: 1 },
			],
		});
		expect(
			types.map(({ name, zoneIds, spotMicroUsd }) => ({ name, zoneIds, spotMicroUsd })),
		).toEqual([
			{ name: "m5.large", zoneIds: ["use1-az1", "use1-az2"], spotMicroUsd: { "use1-az1": 31_000 } },
			{ name: "odm.only", zoneIds: ["use1-az1"], spotMicroUsd: undefined },
		]);
	});

	it("doesn't depend on the order of the answers", () => {
		const types = Array.from({ length: 12 }, (_, at) => aType({ name: `m${at}.large` }));
		const zoneIds = ["use1-az1", "use1-az2", "use1-az4"];
		const zones = types.map(({ name }, at) => [name, zoneIds.slice(at % 3)] as const);
		const spot = types.flatMap(({ name }, at) =>
			zoneIds.map((zoneId) => ({ instanceType: name, zoneId, microUsd: 1_000 + at })),
		);
		const shuffled = <Item>(items: readonly Item[]) =>
			fc.shuffledSubarray([...items], { minLength: items.length });
		const snapshotFrom = (each: typeof types, sold: typeof zones, spotPrices: typeof spot) =>
			JSON.stringify(
				snapshotOf({ ...answersFor(each), zones: new Map(sold), spotPrices }, about).snapshot,
			);
		const expected = snapshotFrom(types, zones, spot);
		fc.assert(
			fc.property(shuffled(types), shuffled(zones), shuffled(spot), (...answers) => {
				expect(snapshotFrom(...answers)).toBe(expected);
			}),
			{ numRuns: 50 },
		);
	});
});
