import type { CapacityType, Offering, Requirements } from "./model.ts";
import type { Lane, OfferingIndex, Row } from "./offering-index.ts";
import { allowedZones, type Query, queryOf } from "./query.ts";
import { has } from "./type-set.ts";
import { zoneOrder } from "./zone-order.ts";

/** A row that fits a pod, at the price that it has for this pod. */
type Candidate = Readonly<{ row: Row; capacityType: CapacityType; microUsd: number }>;

/**
 * The cheapest offering that fits a pod and isn't set aside.
 *
 * Equal input gives equal output: equal prices go by type name, then on demand before spot, then
 * by the zones' order for this seed, which spreads pods over zones.
 *
 * @param isSetAside true for offerings that EC2 refused lately.
 * @param seed any text of the pod's own, such as its uid.
 * @param lastZones see `zoneOrder`. They never cost a pod anything: only zones at the same price have an order.
 * @returns undefined when there is none: nothing fits, or all that fits is set aside.
 * @throws ProvisionerError `invalid` for a label that nobody knows.
 */
export function selectOffering(
	requirements: Requirements,
	index: OfferingIndex,
	isSetAside: (offering: Offering) => boolean,
	seed: string,
	lastZones: readonly string[] = [],
): Offering | undefined {
	const ranked = rankOfferings(requirements, index, isSetAside, seed, lastZones);
	for (const offering of ranked) return offering;
	return undefined;
}

/**
 * The same choice and what comes after it, cheapest first. `isSetAside` is asked as each is reached,
 * so it may learn between one and the next.
 */
export function* rankOfferings(
	requirements: Requirements,
	index: OfferingIndex,
	isSetAside: (offering: Offering) => boolean,
	seed: string,
	lastZones: readonly string[] = [],
): Generator<Offering, void> {
	const query = effectiveQuery(requirements, index);
	const order = zoneOrder(index.zones, seed, lastZones);
	for (const candidate of candidatesOf(query)) {
		const zones = zonesOf(candidate, query);
		for (const zone of order) {
			const { zoneId } = index.zones[zone] ?? {};
			if (zoneId === undefined || (zones & (1 << zone)) === 0) continue;
			const offering = offeringOf(candidate, zoneId, query, index);
			if (!isSetAside(offering)) yield offering;
		}
	}
}

/**
 * What is searched for. A pod that asks for nothing gets the default type, unless that isn't to be
 * had within the pod's labels and the operator's zones and images: then the cheapest that is.
 */
export function effectiveQuery(requirements: Requirements, index: OfferingIndex): Query {
	if (!asksForNothing(requirements)) return queryOf(requirements, index);
	const instanceType = index.settings.defaultInstanceType;
	const ofDefaultType = queryOf({ ...requirements, instanceType }, index);
	for (const candidate of candidatesOf(ofDefaultType)) {
		if (zonesOf(candidate, ofDefaultType) !== 0) return ofDefaultType;
	}
	return queryOf(requirements, index);
}

const asksForNothing = ({ cpuMillis, memoryMib, accelerators, instanceType }: Requirements) =>
	cpuMillis === 0 && memoryMib === 0 && accelerators.length === 0 && instanceType === undefined;

const zonesOf = ({ row, capacityType }: Candidate, query: Query): number =>
	row.zones & allowedZones(query, row.position, capacityType);

/** Millionths of a USD per hour for what the pod uses above a burstable's baseline. */
export const surchargeMicroUsd = (
	{ burstable, vcpus }: Row["type"],
	{ usedCpuMillis }: Pick<Query, "usedCpuMillis">,
): number =>
	burstable === undefined
		? 0
		: Math.max(0, Math.min(usedCpuMillis, vcpus * 1_000) - burstable.baselineMillis) *
			burstable.surchargeMicroUsd;

function offeringOf(
	{ row: { type }, capacityType, microUsd }: Candidate,
	zoneId: string,
	query: Query,
	{ catalogue }: OfferingIndex,
): Offering {
	const surcharge = surchargeMicroUsd(type, query);
	return {
		instanceType: type.name,
		zoneId,
		capacityType,
		architecture: type.architecture,
		hourlyUsd: microUsd / 1e6,
		...(type.burstable && { cpuCredits: surcharge > 0 ? "unlimited" : "standard" }),
		approximate:
			catalogue.approximate ||
			(capacityType === "spot" && type.spotMicroUsd?.[zoneId] === undefined),
		...(capacityType === "spot" && {
			onDemandHourlyUsd: (type.onDemandMicroUsd + surcharge) / 1e6,
		}),
	};
}

/** Every row that fits, cheapest first. */
function candidatesOf(query: Query): Iterable<Candidate> {
	const [only, other] = query.lanes.map((lane) => candidatesIn(lane, query));
	if (only === undefined) return [];
	return other === undefined ? only : merged(only, other);
}

function* candidatesIn(lane: Lane, query: Query): Generator<Candidate> {
	const { steady, capacityType } = lane;
	const bursting = burstableCandidates(lane, query);
	let burst = bursting.shift();
	for (let at = firstLargeEnough(steady, query); at < steady.length; at++) {
		const row = steady[at];
		if (row === undefined) break;
		for (; burst !== undefined && comesBefore(burst, row); burst = bursting.shift()) yield burst;
		if (fits(row, query)) yield { row, capacityType, microUsd: row.microUsd };
	}
	for (; burst !== undefined; burst = bursting.shift()) yield burst;
}

const burstableCandidates = (lane: Lane, query: Query): Candidate[] =>
	lane.burstable
		.filter((row) => fits(row, query))
		.map((row) => ({
			row,
			capacityType: lane.capacityType,
			microUsd: row.microUsd + surchargeMicroUsd(row.type, query),
		}))
		.filter(({ microUsd }) => microUsd <= lane.mostMicroUsd)
		.sort(byPrice);

const fits = (row: Row, { cpuMillis, memoryMib, types }: Query): boolean =>
	row.memoryMib >= memoryMib && row.cpuMillis >= cpuMillis && has(types, row.position);

const comesBefore = (burst: Candidate, row: Row): boolean =>
	burst.microUsd < row.microUsd ||
	(burst.microUsd === row.microUsd && burst.row.position < row.position);

/** The first row at which enough CPU and enough memory have been seen, if not yet in one machine. */
function firstLargeEnough(rows: readonly Row[], { cpuMillis, memoryMib }: Query): number {
	let low = 0;
	let high = rows.length;
	while (low < high) {
		const middle = (low + high) >>> 1;
		const row = rows[middle];
		if (row && row.mostCpuMillis >= cpuMillis && row.mostMemoryMib >= memoryMib) high = middle;
		else low = middle + 1;
	}
	return low;
}

const byPrice = (a: Candidate, b: Candidate): number =>
	a.microUsd - b.microUsd ||
	a.row.position - b.row.position ||
	Number(a.capacityType === "spot") - Number(b.capacityType === "spot");

/** Two runs of candidates in order as one in order. */
function* merged(first: Iterable<Candidate>, second: Iterable<Candidate>): Generator<Candidate> {
	const [a, b] = [first[Symbol.iterator](), second[Symbol.iterator]()];
	let [nextA, nextB] = [a.next(), b.next()];
	while (!nextA.done && !nextB.done) {
		if (byPrice(nextA.value, nextB.value) <= 0) {
			yield nextA.value;
			nextA = a.next();
		} else {
			yield nextB.value;
			nextB = b.next();
		}
	}
	for (; !nextA.done; nextA = a.next()) yield nextA.value;
	for (; !nextB.done; nextB = b.next()) yield nextB.value;
}
