import type { InstanceType } from "../../../shared/offerings/catalogue.ts";
import { globMatcher } from "../../../shared/offerings/glob.ts";
import type { Architecture } from "../../../shared/offerings/model.ts";

/** One line of the catalogue. */
export type OfferedType = Readonly<{
	instanceType: string;
	architecture: Architecture;
	vcpus: number;
	/** Nominal. */
	memoryMib: number;
	/** GPUs, or other accelerators. */
	devices?: Readonly<{ count: number; slices: number; kind: string; name: string }>;
	/** CPU credits apply above a share of the vCPUs. */
	burstable: boolean;
	onDemandHourlyUsd: number;
	/** The cheapest zone's, where it is known. */
	spotHourlyUsd?: number;
	spotZoneId?: string;
	/** Whether it is sold on spot at all. */
	spot: boolean;
	/** Zones where it is sold; absent: not known for this region. */
	zoneIds?: readonly string[];
}>;

export function offeredType(type: InstanceType): OfferedType {
	const { name, architecture, vcpus, memoryMib, onDemandMicroUsd, spot, zoneIds, device } = type;
	const [cheapest] = Object.entries(type.spotMicroUsd ?? {}).toSorted(([, a], [, b]) => a - b);
	return {
		instanceType: name,
		architecture,
		vcpus,
		memoryMib,
		...(device && {
			devices: {
				count: device.count,
				slices: device.slices,
				kind: device.kind,
				name: `${device.manufacturer} ${device.name}`,
			},
		}),
		burstable: type.burstable !== undefined,
		onDemandHourlyUsd: onDemandMicroUsd / 1e6,
		...(cheapest && { spotZoneId: cheapest[0], spotHourlyUsd: cheapest[1] / 1e6 }),
		spot,
		...(zoneIds && { zoneIds }),
	};
}

/** What is asked of a type; what is absent lets all through. */
export type TypeFilter = Readonly<{
	/** Globs, of which one must match. */
	names: readonly string[];
	architecture?: Architecture;
	minCpuMillis?: number;
	minMemoryMib?: number;
	gpu?: boolean;
	/** Only what is sold on spot. */
	spot?: boolean;
}>;

export function typesThat(
	types: readonly OfferedType[],
	{ names, architecture, minCpuMillis = 0, minMemoryMib = 0, gpu, spot }: TypeFilter,
): readonly OfferedType[] {
	const matchers = names.map(globMatcher);
	return types.filter(
		(type) =>
			(matchers.length === 0 || matchers.some((matches) => matches(type.instanceType))) &&
			(architecture === undefined || type.architecture === architecture) &&
			type.vcpus * 1_000 >= minCpuMillis &&
			type.memoryMib >= minMemoryMib &&
			(gpu !== true || type.devices?.kind === "gpu") &&
			(spot !== true || type.spot),
	);
}

export const typeSortKeys = ["price", "spot", "cpu", "memory", "name"] as const;
export type TypeSortKey = (typeof typeSortKeys)[number];

const comparisons: Readonly<Record<TypeSortKey, (a: OfferedType, b: OfferedType) => number>> = {
	price: (a, b) => a.onDemandHourlyUsd - b.onDemandHourlyUsd,
	// What isn't known comes last.
	spot: (a, b) => spotUsd(a) - spotUsd(b) || a.onDemandHourlyUsd - b.onDemandHourlyUsd,
	cpu: (a, b) => a.vcpus - b.vcpus || a.onDemandHourlyUsd - b.onDemandHourlyUsd,
	memory: (a, b) => a.memoryMib - b.memoryMib || a.onDemandHourlyUsd - b.onDemandHourlyUsd,
	name: () => 0,
};

const unknownUsd = 1e9;
const spotUsd = ({ spotHourlyUsd }: OfferedType): number => spotHourlyUsd ?? unknownUsd;

/** The cheapest or smallest first, equal ones by name. */
export const sortedTypes = (
	types: readonly OfferedType[],
	by: TypeSortKey,
): readonly OfferedType[] =>
	types.toSorted((a, b) => comparisons[by](a, b) || (a.instanceType < b.instanceType ? -1 : 1));
