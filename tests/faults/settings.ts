import { readFileSync } from "node:fs";
import { resolve } from "node:path";
import { type ProviderConfig, parseProvider } from "../../shared/config/provider.ts";
import { offeringChooser } from "../../shared/flows/choose-offering.ts";
import { regionCatalogue } from "../../shared/offerings/catalogue.ts";
import type { Subnet } from "../../shared/offerings/model.ts";
import { snapshotOf } from "../../shared/offerings/snapshot-of.ts";
import { aType, numbered } from "../support/market.ts";
import type { History } from "./history.ts";

const file = resolve(import.meta.dirname, "../../provider.yaml");
const { config: laptop } = parseProvider(readFileSync(file, "utf8"));

const subnets: readonly Subnet[] = [
	{ subnetId: "subnet-a", zoneId: "use1-az1", zone: "us-east-1a", freeAddresses: 200 },
	{ subnetId: "subnet-b", zoneId: "use1-az2", zone: "us-east-1b", freeAddresses: 100 },
];
export const twoSubnets = { list: async () => subnets };

/** Three types, ever dearer, in both zones. */
const types = numbered(3).map(({ name }) => aType({ name }));
const prices = new Map(types.map(({ name }, place) => [name, 0.1 + place / 100]));
const { snapshot } = snapshotOf(
	{
		types,
		zones: new Map(types.map(({ name }) => [name, subnets.map(({ zoneId }) => zoneId)])),
		hourlyUsd: prices,
	},
	{ region: "us-east-1", date: "2026-11-01", source: "a simulation" },
);
const catalogue = regionCatalogue(snapshot, "us-east-1");

/** As the chooser sees it: spot prices aren't known, and count half. */
export const hourlyUsdOf = (instanceType: string, capacityType: string): number =>
	(prices.get(instanceType) ?? 0) * (capacityType === "spot" ? 0.5 : 1);

/** Times are short, so that histories are: none of the promises depends on how long they are. */
export const settingsFor = ({
	limits,
	grouping,
	parameters,
}: Pick<History, "limits" | "grouping" | "parameters">): ProviderConfig => ({
	...laptop,
	cells: {
		...laptop.cells,
		bootTimeoutSeconds: 300,
		capacityTimeoutSeconds: 600,
		bootAttempts: 2,
		lossesPerHour: 4,
		replaceLost: true,
		useCloudParameterStore: parameters,
	},
	limits,
	launch: { ...laptop.launch, grouping },
});

export const chooser = offeringChooser(laptop, async () => catalogue);
