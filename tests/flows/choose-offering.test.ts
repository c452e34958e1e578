import { readFileSync } from "node:fs";
import { resolve } from "node:path";
import { describe, expect, it } from "vitest";
import { parseProvider } from "../../shared/config/provider.ts";
import { announcedCatalogue } from "../../shared/flows/announced-catalogue.ts";
import { offeringChooser } from "../../shared/flows/choose-offering.ts";
import { type Catalogue, packagedCatalogue } from "../../shared/offerings/catalogue.ts";
import type { CatalogueInForce } from "../../shared/offerings/catalogue-source.ts";
import { asking } from "../offerings/pods.ts";
import { aLog } from "../support/telemetry.ts";

const text = readFileSync(resolve(import.meta.dirname, "../../provider.yaml"), "utf8");
const { config } = parseProvider(text);
const region = packagedCatalogue("us-east-1");
const subnets = [
	{ subnetId: "subnet-a", zoneId: "use1-az2", zone: "us-east-1a", freeAddresses: 200 },
];

const request = {
	...{ securityGroupIds: [], cloudRoutes: [], restartPolicy: "Always" as const },
	requirements: asking({ cpuMillis: 2_000, memoryMib: 2_048 }),
};

describe("offeringChooser", () => {
	it("chooses from the catalogue that is in force at the time", async () => {
		let catalogue: Catalogue = region;
		const choose = offeringChooser(config, async () => catalogue);
		const chosen = async () =>
			(await choose(request, subnets, () => false, "pod")).offering?.instanceType;
		const first = await chosen();
		expect(await chosen()).toBe(first);
		catalogue = { ...region, types: region.types.filter(({ name }) => name !== first) };
		expect(await chosen()).toBeDefined();
		expect(await chosen()).not.toBe(first);
		catalogue = region;
		expect(await chosen()).toBe(first);
	});
});

describe("announcedCatalogue", () => {
	it("says once which catalogue is used, and each failure once", async () => {
		const lines: string[] = [];
		let inForce: CatalogueInForce = { catalogue: region, origin: "packaged", ageSeconds: 60 };
		const current = announcedCatalogue(async () => inForce, aLog(lines));
		await current();
		await current();
		expect(lines.map((line) => JSON.parse(line))).toEqual([
			expect.objectContaining({ message: "catalogue in use", origin: "packaged", ageSeconds: 60 }),
		]);
		inForce = { ...inForce, failure: new Error("no table") };
		await current();
		await current();
		expect(lines.map((line) => JSON.parse(line).message)).toEqual([
			"catalogue in use",
			"stored catalogue can't be read",
		]);
		inForce = { catalogue: { ...region }, origin: "stored", ageSeconds: 1 };
		expect(await current()).toBe(inForce.catalogue);
		expect(lines).toHaveLength(3);
	});
});
