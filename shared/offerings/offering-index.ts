import { ProvisionerError } from "../errors.ts";
import type { Catalogue, InstanceType } from "./catalogue.ts";
import { type Expression, labelFinder } from "./labels.ts";
import type { CapacityType, Subnet } from "./model.ts";
import { memoryForPodMib, type SelectionSettings } from "./settings.ts";
import { type TypeSet, typeSet } from "./type-set.ts";

/** One type at one price: an offering for each zone that has this price. */
export type Row = Readonly<{
	type: InstanceType;
	/** Of the type in the catalogue. */
	position: number;
	cpuMillis: number;
	/** What a pod can have of it. */
	memoryMib: number;
	/** Of an hour, before a burstable's surcharge. */
	microUsd: number;
	/** Bit n: it is sold in the nth zone of the index. */
	zones: number;
	/** The most that this or any cheaper row has: they only grow, so a search can skip what is too small. */
	mostCpuMillis: number;
	mostMemoryMib: number;
}>;

/** What is sold one way, cheapest first, equal prices by name. */
export type Lane = Readonly<{
	capacityType: CapacityType;
	/** The operator's limit, a surcharge included. */
	mostMicroUsd: number;
	/** Their price doesn't depend on the pod. */
	steady: readonly Row[];
	/** Theirs does, by the surcharge. */
	burstable: readonly Row[];
}>;

/** A catalogue ordered for choosing under one operator's settings. Made once, for many decisions. */
export type OfferingIndex = Readonly<{
	catalogue: Catalogue;
	settings: SelectionSettings;
	/** By id, each once. */
	zones: readonly Pick<Subnet, "zoneId" | "zone">[];
	lanes: Readonly<Record<CapacityType, Lane>>;
	/** Positions of the types with GPUs or accelerators. */
	accelerated: readonly number[];
	all: TypeSet;
	/** Types that a rule of the operator's lets through. */
	bootable: TypeSet;
	unaccelerated: TypeSet;
	unburstable: TypeSet;
	/** The types for which an expression over one of their labels holds. */
	labelled: (expression: Expression & { about: "type" }) => TypeSet;
}>;

/**
 * Where a spot price isn't known, as in the package, half of the price on demand ranks spot offerings
 * as the types rank on demand, and is dearer than what spot mostly costs: an estimate to compare by,
 * never one to promise.
 */
const spotShare = 0.5;

/** Zones are bits of a 32-bit integer. No region has half as many. */
const mostZones = 30;

/** @throws ProvisionerError `operator` for more than 30 zones. */
export function offeringIndex(catalogue: Catalogue, settings: SelectionSettings): OfferingIndex {
	const zones = zonesOf(settings);
	const positionsWhere = (holds: (type: InstanceType) => boolean): number[] =>
		catalogue.types.flatMap((type, position) => (holds(type) ? [position] : []));
	const setWhere = (holds: (type: InstanceType) => boolean): TypeSet =>
		typeSet(catalogue.types.length, positionsWhere(holds));
	const machines = machinesOf(catalogue, settings, zones);
	const lane = (capacityType: CapacityType): Lane =>
		laneOf(machines, settings, zones, capacityType);
	return {
		catalogue,
		settings,
		zones,
		lanes: { "on-demand": lane("on-demand"), spot: lane("spot") },
		accelerated: positionsWhere(({ device }) => device !== undefined),
		all: setWhere(() => true),
		bootable: setWhere(({ architecture }) => settings.architectures.includes(architecture)),
		unaccelerated: setWhere(({ device }) => device === undefined),
		unburstable: setWhere(({ burstable }) => burstable === undefined),
		labelled: labelFinder(catalogue),
	};
}

function zonesOf({ zones }: SelectionSettings): Pick<Subnet, "zoneId" | "zone">[] {
	const byId = new Map(zones.map(({ zoneId, zone }) => [zoneId, { zoneId, zone }]));
	if (byId.size > mostZones) {
		throw new ProvisionerError(
			"operator",
			"TooManyZones",
			`the configured subnets are in ${byId.size} zones; at most ${mostZones} can be told apart, remove some`,
		);
	}
	return [...byId.values()].sort((a, b) => (a.zoneId < b.zoneId ? -1 : 1));
}

/** A type that boots and is sold in the index's zones, whatever it costs. */
type Machine = Omit<Row, "microUsd" | "mostCpuMillis" | "mostMemoryMib">;

function machinesOf(
	{ types }: Catalogue,
	settings: SelectionSettings,
	zones: readonly Pick<Subnet, "zoneId">[],
): Machine[] {
	const machines: Machine[] = [];
	types.forEach((type, position) => {
		const sold = zoneBits(type, zones);
		if (sold === 0 || !settings.architectures.includes(type.architecture)) return;
		const memoryMib = memoryForPodMib(type.memoryMib, settings);
		machines.push({ type, position, cpuMillis: type.vcpus * 1_000, memoryMib, zones: sold });
	});
	return machines;
}

function laneOf(
	machines: readonly Machine[],
	settings: SelectionSettings,
	zones: readonly Pick<Subnet, "zoneId">[],
	capacityType: CapacityType,
): Lane {
	const mostMicroUsd = mostMicroUsdOf(settings, capacityType);
	const rows: (Machine & Pick<Row, "microUsd">)[] = [];
	for (const machine of machines) {
		if (!isSold(machine.type, capacityType)) continue;
		eachPrice(machine, capacityType, zones, (microUsd, sold) => {
			if (microUsd <= mostMicroUsd) rows.push({ ...machine, microUsd, zones: sold });
		});
	}
	rows.sort((a, b) => a.microUsd - b.microUsd || a.position - b.position);
	return {
		capacityType,
		mostMicroUsd,
		steady: withMost(rows.filter(({ type }) => type.burstable === undefined)),
		burstable: withMost(rows.filter(({ type }) => type.burstable !== undefined)),
	};
}

export const isSold = (type: InstanceType, capacityType: CapacityType): boolean =>
	capacityType === "on-demand" || type.spot;

/** Price of an hour in a zone, in millionths of a USD, before a burstable's surcharge. */
export const microUsdOf = (
	type: InstanceType,
	capacityType: CapacityType,
	zoneId: string,
): number =>
	capacityType === "spot"
		? (type.spotMicroUsd?.[zoneId] ?? uniformMicroUsd(type, capacityType))
		: type.onDemandMicroUsd;

/** What costs the same in every zone: on demand, and spot where its price isn't known. */
const uniformMicroUsd = ({ onDemandMicroUsd }: InstanceType, capacityType: CapacityType) =>
	capacityType === "spot" ? Math.ceil(onDemandMicroUsd * spotShare) : onDemandMicroUsd;

const mostMicroUsdOf = ({ spot }: SelectionSettings, capacityType: CapacityType): number =>
	capacityType === "spot" && spot.maxHourlyUsd !== undefined
		? Math.round(spot.maxHourlyUsd * 1e6)
		: Number.POSITIVE_INFINITY;

/** Each price of a machine once, and the zones that sell it at that price, as bits. */
function eachPrice(
	{ type, zones: sold }: Machine,
	capacityType: CapacityType,
	zones: readonly Pick<Subnet, "zoneId">[],
	visit: (microUsd: number, zones: number) => void,
): void {
	if (capacityType === "on-demand" || type.spotMicroUsd === undefined) {
		visit(uniformMicroUsd(type, capacityType), sold);
		return;
	}
	const byPrice = new Map<number, number>();
	zones.forEach(({ zoneId }, zone) => {
		if ((sold & (1 << zone)) === 0) return;
		const microUsd = microUsdOf(type, capacityType, zoneId);
		byPrice.set(microUsd, (byPrice.get(microUsd) ?? 0) | (1 << zone));
	});
	byPrice.forEach((at, microUsd) => {
		visit(microUsd, at);
	});
}

/** Where zones aren't known, a type counts as sold in all of them: EC2 will say so if it isn't. */
const zoneBits = ({ zoneIds }: InstanceType, zones: readonly Pick<Subnet, "zoneId">[]): number =>
	zones.reduce(
		(bits, { zoneId }, zone) =>
			zoneIds === undefined || zoneIds.includes(zoneId) ? bits | (1 << zone) : bits,
		0,
	);

function withMost(rows: readonly Omit<Row, "mostCpuMillis" | "mostMemoryMib">[]): Row[] {
	let mostCpuMillis = 0;
	let mostMemoryMib = 0;
	return rows.map((row) => {
		mostCpuMillis = Math.max(mostCpuMillis, row.cpuMillis);
		mostMemoryMib = Math.max(mostMemoryMib, row.memoryMib);
		return { ...row, mostCpuMillis, mostMemoryMib };
	});
}
