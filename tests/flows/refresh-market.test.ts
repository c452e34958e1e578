import { describe, expect, it } from "vitest";
import { ProvisionerError } from "../../shared/errors.ts";
import { type MarketPorts, refreshMarket } from "../../shared/flows/refresh-market.ts";
import type { Snapshot } from "../../shared/offerings/snapshot.ts";
import { answersFor, aSnapshot, aType, numbered } from "../support/market.ts";
import { aLog, someMetrics } from "../support/telemetry.ts";

const { signal } = new AbortController();
const noon = new Date("2026-08-05T12:00:00.000Z");
const hourAgo = "2026-08-05T11:00:00.000Z";

const failing = async () => {
	throw new ProvisionerError("unavailable", "MarketUnavailable", "throttled");
};

/** A region of 80 types, a store with what it holds, and what a refresh of them has said. */
function refresh(stored: Snapshot | undefined, over: Partial<MarketPorts["market"]> = {}) {
	const lines: string[] = [];
	const kept: Snapshot[] = stored === undefined ? [] : [stored];
	const answers = answersFor(numbered(80));
	const ports: MarketPorts = {
		market: {
			types: async () => answers.types,
			zones: async () => answers.zones,
			spotPrices: async () => [{ instanceType: "m7.large", zoneId: "use1-az2", microUsd: 40_000 }],
			...over,
		},
		prices: { onDemand: async () => answers.hourlyUsd },
		catalogues: {
			get: async () => kept.at(-1),
			put: async (snapshot) => void kept.push(snapshot),
		},
		region: "us-east-1",
		now: () => noon,
		log: aLog(lines),
		metrics: someMetrics(lines),
	};
	const metric = (name: string): unknown =>
		lines.map((line): Record<string, unknown> => JSON.parse(line)).find((line) => name in line)?.[
			name
		];
	return {
		ports,
		kept,
		lines,
		measured: () => ({ age: metric("CatalogueAgeSeconds"), types: metric("CatalogueTypes") }),
	};
}

describe("refreshMarket", () => {
	it("keeps what AWS answered, dated, and measures a fresh catalogue", async () => {
		const { ports, kept, measured, lines } = refresh(undefined);
		await refreshMarket(ports, signal);
		expect(kept).toHaveLength(1);
		expect(kept[0]).toMatchObject({ region: "us-east-1", date: noon.toISOString() });
		expect(kept[0]?.spotMicroUsd?.["use1-az2"]?.filter((price) => price > 0)).toEqual([40_000]);
		expect(measured()).toEqual({ age: 0, types: 80 });
		expect(lines.join()).toContain('"message":"catalogue refreshed"');
	});

	it.each(["types", "zones", "spotPrices"] as const)(
		"changes nothing when %s fail, fails itself, and tells the old data's age",
		async (call) => {
			const old = aSnapshot(hourAgo);
			const { ports, kept, measured } = refresh(old, { [call]: failing });
			await expect(refreshMarket(ports, signal)).rejects.toMatchObject({
				reason: "MarketUnavailable",
			});
			expect(kept).toEqual([old]);
			expect(measured()).toEqual({ age: 3_600, types: 60 });
		},
	);

	it("changes nothing when prices fail, and tells the packaged catalogue's age before any refresh", async () => {
		const { ports, kept, measured } = refresh(undefined);
		const refused = { ...ports, prices: { onDemand: failing } };
		await expect(refreshMarket(refused, signal)).rejects.toThrow("throttled");
		expect(kept).toEqual([]);
		expect(measured()).toEqual({ age: 16.5 * 86_400, types: 1_329 });
	});

	it.each([
		{ stored: 160, kept: true },
		{ stored: 161, kept: false },
	])("of $stored stored types, takes 80 as plausible: $kept", async ({ stored, kept }) => {
		const old = aSnapshot(hourAgo, stored);
		const { ports, kept: snapshots, measured } = refresh(old);
		const outcome = await refreshMarket(ports, signal).then(
			() => "kept",
			(error: unknown) => error,
		);
		if (kept) expect(outcome).toBe("kept");
		else expect(outcome).toMatchObject({ kind: "operator", reason: "CatalogueImplausible" });
		expect(snapshots).toHaveLength(kept ? 2 : 1);
		expect(measured()).toEqual(kept ? { age: 0, types: 80 } : { age: 3_600, types: stored });
	});

	it("refuses a handful of types even as the first catalogue", async () => {
		const { ports, kept } = refresh(undefined, { types: async () => numbered(49) });
		await expect(refreshMarket(ports, signal)).rejects.toMatchObject({
			reason: "CatalogueImplausible",
		});
		expect(kept).toEqual([]);
	});

	it("mends a stored catalogue that can't be read", async () => {
		const { ports, kept, lines } = refresh(undefined);
		const catalogues = {
			...ports.catalogues,
			get: async () => {
				throw new ProvisionerError("operator", "CatalogueUnreadable", "torn");
			},
		};
		await refreshMarket({ ...ports, catalogues }, signal);
		expect(kept).toHaveLength(1);
		expect(lines.join()).toContain("stored catalogue can't be read");
	});

	it("asks AWS nothing when the table can't be reached", async () => {
		const { ports, measured } = refresh(undefined, {
			types: async () => {
				throw new Error("asked");
			},
		});
		const catalogues = {
			...ports.catalogues,
			get: async () => {
				throw new Error("no table");
			},
		};
		await expect(refreshMarket({ ...ports, catalogues }, signal)).rejects.toThrow("no table");
		expect(measured()).toMatchObject({ types: 1_329 });
	});

	it("warns about burstable types that nobody can rate, and leaves them out", async () => {
		const types = [...numbered(60), aType({ name: "t9.nano", burstable: true })];
		const { ports, kept, lines } = refresh(undefined, {
			types: async () => types,
			zones: async () => answersFor(types).zones,
		});
		const priced = { ...ports, prices: { onDemand: async () => answersFor(types).hourlyUsd } };
		await refreshMarket(priced, signal);
		expect(kept[0]?.columns.name).not.toContain("t9.nano");
		expect(lines.find((line) => line.includes('"level":"warn"'))).toContain('["t9.nano"]');
	});
});
