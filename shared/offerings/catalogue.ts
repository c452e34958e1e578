import * as z from "zod";
import { ProvisionerError } from "../errors.ts";
import packaged from "./catalogue.json" with { type: "json" };
import type { Architecture } from "./model.ts";
import { type Device, Snapshot } from "./snapshot.ts";

/** What EC2 sells under one name. */
export type InstanceType = Readonly<{
	name: string;
	architecture: Architecture;
	vcpus: number;
	/** Nominal. */
	memoryMib: number;
	/** Millionths of a USD per hour, on demand: integers, so that equal prices are equal. */
	onDemandMicroUsd: number;
	/** Zones where it is sold; absent: not known for this region. */
	zoneIds?: readonly string[];
	spot: boolean;
	/** Millionths of a USD for an hour of spot, by zone id; absent, or without a zone: not known. */
	spotMicroUsd?: Readonly<Record<string, number>>;
	hypervisor: "nitro" | "xen" | null;
	networkInterfaces: number;
	ipv4PerInterface: number;
	networkBaselineMbps: number;
	networkPeakMbps: number;
	localStorageGb: number;
	localStorage: "nvme-ssd" | "nvme-hdd" | "ssd" | "hdd" | null;
	/** `surchargeMicroUsd` is for an hour of one thousandth of a vCPU above the baseline. */
	burstable?: Readonly<{ baselineMillis: number; surchargeMicroUsd: number }>;
	device?: Device;
}>;

/** What one region sells, as far as is known. One that changes is another object. */
export type Catalogue = Readonly<{
	region: string;
	source: string;
	date: string;
	/** True where prices are another region's and zones are unknown. */
	approximate: boolean;
	/** By name, in code unit order. */
	types: readonly InstanceType[];
}>;

/** The catalogue that ships in the package: us-east-1's, which serves every region until the first refresh. */
export const packagedCatalogue = (region: string): Catalogue => catalogueOf(packaged, region);

/**
 * A region's catalogue from a snapshot of that or of another region.
 *
 * @throws ProvisionerError `operator` when the snapshot isn't one.
 */
export function catalogueOf(snapshot: unknown, region: string): Catalogue {
	const parsed = Snapshot.safeParse(snapshot);
	if (!parsed.success) throw broken(z.prettifyError(parsed.error), parsed.error);
	return regionCatalogue(parsed.data, region);
}

/**
 * The same from what has the shape of a snapshot already.
 *
 * @throws ProvisionerError `operator` when its parts don't fit together.
 */
export function regionCatalogue(snapshot: Snapshot, region: string): Catalogue {
	const { columns, spotMicroUsd, source, date } = snapshot;
	const lengths = new Set(
		[...Object.values(columns), ...Object.values(spotMicroUsd ?? {})].map(
			(column) => column.length,
		),
	);
	if (lengths.size > 1) throw broken(`columns of ${[...lengths].join(" and ")} entries`);
	if (new Set(columns.name).size < columns.name.length) throw broken("a type is listed twice");
	const approximate = region !== snapshot.region;
	const types = columns.name
		.map((name, row) => typeAt(snapshot, name, row, approximate))
		.map((type, row) => (spotMicroUsd === undefined ? type : withSpot(type, row, spotMicroUsd)))
		.sort((a, b) => (a.name < b.name ? -1 : 1));
	return { region, source, date, approximate, types };
}

const broken = (problem: string, cause?: unknown): ProvisionerError =>
	new ProvisionerError(
		"operator",
		"BrokenCatalogue",
		`the catalogue of instance types can't be read (${problem}); make it anew`,
		{ cause },
	);

function typeAt(
	{ columns, zoneSets, burstable, devices }: Snapshot,
	name: string,
	row: number,
	approximate: boolean,
): InstanceType {
	const zoneIds = zoneSets[at(columns.zoneSet, row)];
	if (zoneIds === undefined) throw broken(`${name} names a set of zones that isn't there`);
	const credits = burstable[name];
	const device = devices[name];
	return {
		name,
		architecture: at(columns.architecture, row),
		vcpus: at(columns.vcpus, row),
		memoryMib: at(columns.memoryMib, row),
		onDemandMicroUsd: Math.round(at(columns.hourlyUsd, row) * 1e6),
		...(approximate ? {} : { zoneIds }),
		spot: at(columns.spot, row),
		hypervisor: at(columns.hypervisor, row),
		networkInterfaces: at(columns.networkInterfaces, row),
		ipv4PerInterface: at(columns.ipv4PerInterface, row),
		networkBaselineMbps: at(columns.networkBaselineMbps, row),
		networkPeakMbps: at(columns.networkPeakMbps, row),
		localStorageGb: at(columns.localStorageGb, row),
		localStorage: at(columns.localStorage, row),
		...(credits === undefined
			? {}
			: {
					burstable: {
						baselineMillis: credits.baselineMillis,
						surchargeMicroUsd: Math.round(credits.surchargeUsdPerVcpuHour * 1e3),
					},
				}),
		...(device === undefined ? {} : { device }),
	};
}

/** The same type with the spot prices that are known for it. */
function withSpot(type: InstanceType, row: number, prices: Snapshot["spotMicroUsd"] & object) {
	const known = (type.zoneIds ?? []).flatMap((zoneId): [string, number][] => {
		const microUsd = prices[zoneId]?.[row] ?? 0;
		return microUsd > 0 ? [[zoneId, microUsd]] : [];
	});
	return known.length === 0 ? type : { ...type, spotMicroUsd: Object.fromEntries(known) };
}

function at<Value>(column: readonly Value[], row: number): Value {
	const value = column[row];
	if (value === undefined) throw broken(`a column ends before row ${row}`);
	return value;
}
