/**
 * Makes the packaged catalogue from files of AWS's answers:
 * `node infra/catalogue/snapshot.ts <folder> <out>`, where the folder holds instance-types.json,
 * prices.json, offerings.json and zones.json.
 */
import { readFileSync, writeFileSync } from "node:fs";
import { join } from "node:path";
import * as z from "zod";
import { Architecture } from "../../shared/offerings/model.ts";
import { type Device, Snapshot } from "../../shared/offerings/snapshot.ts";

const region = "us-east-1";
const pricesDate = "2026-07-20";
const source =
	"AWS's own answers for us-east-1, gathered by public projects: DescribeInstanceTypes (2026-08-02) and DescribeInstanceTypeOfferings (2026-08-01) from getmoto/moto, Price List API (2026-07-20) from aws/karpenter-provider-aws, both Apache-2.0; burstable baselines and surcharges from AWS's documentation";

/** A cell's interface carries the agent's address and the pod's. */
const addressesPerCell = 2;

const Gpu = z.object({
	count: z.int(),
	manufacturer: z.string(),
	name: z.string(),
	memoryMiB: z.int(),
	logicalCount: z.int().optional(),
});
const Accelerator = z.object({
	kind: z.enum(["neuron", "inference", "fpga", "media"]),
	count: z.int(),
	manufacturer: z.string(),
	name: z.string(),
	memoryMiB: z.int(),
});
const TypeRecord = z.object({
	name: z.string(),
	vcpus: z.int(),
	memoryMiB: z.int(),
	architectures: z.array(z.string()),
	gpus: z.array(Gpu).max(1).default([]),
	accelerators: z.array(Accelerator).max(1).default([]),
	burstable: z.boolean(),
	baselineVcpus: z.number().optional(),
	unlimitedUsdPerVcpuHour: z.number().optional(),
	hypervisor: z.enum(["nitro", "xen"]).nullable(),
	usageClasses: z.array(z.string()),
	maxNetworkInterfaces: z.int(),
	ipv4PerInterface: z.int(),
	networkBaselineGbps: z.number(),
	networkPeakGbps: z.number(),
	localStorageGB: z.int(),
	localStorageType: z.enum(["ssd", "hdd"]).optional(),
	localStorageNvme: z.boolean().optional(),
});
type TypeRecord = z.infer<typeof TypeRecord>;

type Answers = Readonly<{
	records: readonly TypeRecord[];
	/** USD per hour. */
	prices: Readonly<Record<string, number>>;
	/** Zone ids. */
	offerings: Readonly<Record<string, readonly string[]>>;
	zones: Readonly<Record<string, string>>;
}>;

function snapshotOf({ records, prices, offerings, zones }: Answers): Snapshot {
	const sold = records
		.filter(canBeACell)
		.filter(({ name }) => (prices[name] ?? 0) > 0 && (offerings[name] ?? []).length > 0)
		.sort((a, b) => (a.name < b.name ? -1 : a.name > b.name ? 1 : 0));
	const zonesOf = ({ name }: TypeRecord): string => [...(offerings[name] ?? [])].sort().join(" ");
	const zoneSets = [...new Set(sold.map(zonesOf))].sort();
	for (const zoneId of zoneSets.flatMap((set) => set.split(" "))) {
		if (!(zoneId in zones)) throw new Error(`offerings.json names ${zoneId}, zones.json doesn't`);
	}
	return {
		source,
		date: pricesDate,
		region,
		zoneSets: zoneSets.map((set) => set.split(" ")),
		columns: {
			name: sold.map(({ name }) => name),
			architecture: sold.map(({ architectures }) =>
				architectures.includes("arm64") ? "arm64" : "x86_64",
			),
			vcpus: sold.map(({ vcpus }) => vcpus),
			memoryMib: sold.map(({ memoryMiB }) => memoryMiB),
			hourlyUsd: sold.map(({ name }) => prices[name] ?? 0),
			zoneSet: sold.map((type) => zoneSets.indexOf(zonesOf(type))),
			spot: sold.map(({ usageClasses }) => usageClasses.includes("spot")),
			hypervisor: sold.map(({ hypervisor }) => hypervisor),
			networkInterfaces: sold.map(({ maxNetworkInterfaces }) => maxNetworkInterfaces),
			ipv4PerInterface: sold.map(({ ipv4PerInterface }) => ipv4PerInterface),
			networkBaselineMbps: sold.map((type) => Math.round(type.networkBaselineGbps * 1_000)),
			networkPeakMbps: sold.map((type) => Math.round(type.networkPeakGbps * 1_000)),
			localStorageGb: sold.map(({ localStorageGB }) => localStorageGB),
			localStorage: sold.map(localStorageOf),
		},
		burstable: Object.fromEntries(
			sold.filter(({ burstable }) => burstable).map((type) => [type.name, burstableOf(type)]),
		),
		devices: Object.fromEntries(
			sold.flatMap((type) => deviceOf(type).map((device) => [type.name, device])),
		),
	};
}

/** Of an architecture that boots, with the addresses that a cell takes; no t1, as in Kip. */
const canBeACell = (type: TypeRecord): boolean =>
	type.architectures.some((name) => Architecture.safeParse(name).success) &&
	type.ipv4PerInterface >= addressesPerCell &&
	!type.name.startsWith("t1.");

function localStorageOf({
	localStorageType,
	localStorageNvme,
}: TypeRecord): Snapshot["columns"]["localStorage"][number] {
	if (localStorageType === undefined) return null;
	return localStorageNvme === true ? `nvme-${localStorageType}` : localStorageType;
}

function burstableOf(type: TypeRecord): Snapshot["burstable"][string] {
	const { name, baselineVcpus, unlimitedUsdPerVcpuHour } = type;
	if (baselineVcpus === undefined || unlimitedUsdPerVcpuHour === undefined) {
		throw new Error(`${name} is burstable, but has no baselineVcpus or unlimitedUsdPerVcpuHour`);
	}
	return {
		baselineMillis: Math.round(baselineVcpus * 1_000),
		surchargeUsdPerVcpuHour: unlimitedUsdPerVcpuHour,
	};
}

function deviceOf({ gpus, accelerators }: TypeRecord): Device[] {
	const found = [
		...gpus.map((gpu) => ({ kind: "gpu" as const, ...gpu })),
		...accelerators.map((accelerator) => ({ ...accelerator, logicalCount: 0 })),
	];
	return found.map(({ kind, count, logicalCount, manufacturer, name, memoryMiB }) => ({
		kind,
		count,
		slices: count === 0 ? (logicalCount ?? 0) : 0,
		manufacturer,
		name,
		memoryMib: memoryMiB,
	}));
}

/** One line per column: a refresh shows in a diff which figures have moved. */
function rendered({ columns, ...rest }: Snapshot): string {
	const lines = (entries: Record<string, unknown>): string =>
		Object.entries(entries)
			.map(([key, value]) => `${JSON.stringify(key)}:${JSON.stringify(value)}`)
			.join(",\n");
	return `{${lines(rest)},\n"columns":{\n${lines(columns)}}}\n`;
}

const [folder, out] = process.argv.slice(2);
if (folder === undefined || out === undefined) {
	throw new Error("usage: node infra/catalogue/snapshot.ts <folder of the data files> <out>");
}
const read = <Shape>(file: string, schema: z.ZodType<Shape>): Shape =>
	schema.parse(JSON.parse(readFileSync(join(folder, file), "utf8")));
const made = snapshotOf({
	records: read("instance-types.json", z.array(TypeRecord)),
	prices: read("prices.json", z.record(z.string(), z.number())),
	offerings: read("offerings.json", z.record(z.string(), z.array(z.string()))),
	zones: read("zones.json", z.record(z.string(), z.string())),
});
writeFileSync(out, rendered(Snapshot.parse(made)));
