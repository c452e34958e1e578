import { gzipSync } from "node:zlib";
import { describe, expect, it } from "vitest";
import snapshot from "../../shared/offerings/catalogue.json" with { type: "json" };
import { catalogueOf, packagedCatalogue } from "../../shared/offerings/catalogue.ts";
import { memoryForPodMib } from "../../shared/offerings/settings.ts";

const region = packagedCatalogue("us-east-1");
const typeNamed = (name: string) => region.types.find((type) => type.name === name);

describe("the packaged catalogue", () => {
	it("holds what AWS tells of a type", () => {
		expect(typeNamed("m5.large")).toEqual({
			name: "m5.large",
			architecture: "x86_64",
			vcpus: 2,
			memoryMib: 8_192,
			onDemandMicroUsd: 96_000,
			zoneIds: ["use1-az1", "use1-az2", "use1-az4", "use1-az5", "use1-az6"],
			spot: true,
			hypervisor: "nitro",
			networkInterfaces: 3,
			ipv4PerInterface: 10,
			networkBaselineMbps: 750,
			networkPeakMbps: 10_000,
			localStorageGb: 0,
			localStorage: null,
		});
	});

	it.each([
		["t3.nano", 5_200, { baselineMillis: 100, surchargeMicroUsd: 50 }],
		["t4g.nano", 4_200, { baselineMillis: 100, surchargeMicroUsd: 40 }],
		["c5.large", 85_000, undefined],
	])("prices %s", (name, onDemandMicroUsd, burstable) => {
		const type = typeNamed(name);
		expect(type?.onDemandMicroUsd).toBe(onDemandMicroUsd);
		expect(type?.burstable).toEqual(burstable);
	});

	it("knows whole GPUs from slices", () => {
		expect(typeNamed("g4dn.12xlarge")?.device).toMatchObject({ count: 4, slices: 0, name: "T4" });
		expect(typeNamed("g6f.large")?.device).toMatchObject({ count: 0, slices: 1, memoryMib: 2_861 });
	});

	it("keeps mainstream families that AWS no longer calls current, and no t1", () => {
		const families = new Set(region.types.map(({ name }) => name.split(".")[0]));
		for (const family of ["c5", "m5", "r5", "m6i", "g5", "m1"]) expect(families).toContain(family);
		expect(families).not.toContain("t1");
	});

	it("has two addresses, a price and a zone for every type", () => {
		expect(region.types.length).toBeGreaterThan(1_000);
		for (const type of region.types) {
			expect(type.ipv4PerInterface, type.name).toBeGreaterThanOrEqual(2);
			expect(type.onDemandMicroUsd, type.name).toBeGreaterThan(0);
			expect(type.zoneIds?.length, type.name).toBeGreaterThan(0);
		}
	});

	it("is at most 40 KB packed, as it ships in a Lambda", () => {
		expect(gzipSync(JSON.stringify(snapshot)).length).toBeLessThan(40 * 1_024);
	});

	it("states its source and date, and is approximate elsewhere", () => {
		expect(region).toMatchObject({ region: "us-east-1", date: "2026-07-20", approximate: false });
		expect(region.source).toContain("AWS");
		const elsewhere = packagedCatalogue("eu-west-1");
		expect(elsewhere).toMatchObject({ region: "eu-west-1", approximate: true });
		expect(elsewhere.types.every(({ zoneIds }) => zoneIds === undefined)).toBe(true);
	});
});

describe("catalogueOf", () => {
	const broken = (columns: object) => () =>
		catalogueOf({ ...snapshot, columns: { ...snapshot.columns, ...columns } }, "us-east-1");
	it.each([
		["no snapshot", () => catalogueOf({}, "us-east-1"), /columns/],
		["a vCPU count of 0", broken({ vcpus: snapshot.columns.vcpus.with(5, 0) }), /vcpus/],
		["a price of 0", broken({ hourlyUsd: snapshot.columns.hourlyUsd.with(5, 0) }), /hourlyUsd/],
		["half a MiB", broken({ memoryMib: snapshot.columns.memoryMib.with(5, 0.5) }), /memoryMib/],
		[
			"an unknown architecture",
			broken({ architecture: snapshot.columns.architecture.with(5, "riscv64") }),
			/architecture/,
		],
		["a short column", broken({ spot: snapshot.columns.spot.slice(1) }), /1329 and 1328/],
		["a name twice", broken({ name: snapshot.columns.name.with(5, "m5.large") }), /twice/],
		[
			"a set of zones that isn't there",
			broken({ zoneSet: snapshot.columns.zoneSet.with(0, 99) }),
			/set of zones/,
		],
	])("refuses %s, saying where", (_, load, problem) => {
		expect(load).toThrow(problem);
	});
});

describe("memoryForPodMib", () => {
	it.each([
		[512, 7.5, 64, 409],
		[8_192, 7.5, 64, 7_513],
		[33_554_432, 7.5, 64, 31_037_785],
		[8_192, 0, 0, 8_192],
		[1_000, 7.001, 0, 929],
		[512, 100, 64, 0],
	])("of %i MiB less %d %% and %i MiB: %i", (nominal, percent, agent, expected) => {
		expect(
			memoryForPodMib(nominal, { vmMemoryOverheadPercent: percent, agentMemoryMib: agent }),
		).toBe(expected);
	});
});
