import type { InstanceType } from "./catalogue.ts";
import { CapacityType, SelectionRule } from "./model.ts";
import { isSold, microUsdOf, type OfferingIndex } from "./offering-index.ts";
import { allowedZones, type Query } from "./query.ts";
import { surchargeMicroUsd } from "./select.ts";
import { memoryForPodMib } from "./settings.ts";
import { has } from "./type-set.ts";

/** Rules as bits, in the order of `SelectionRule`: the lowest is told first. */
export type RuleSet = number;

const bits: ReadonlyMap<SelectionRule, RuleSet> = new Map(
	SelectionRule.options.map((rule, at) => [rule, 1 << at]),
);
const ruleBit = (rule: SelectionRule): RuleSet => bits.get(rule) ?? 0;

export const rulesIn = (rules: RuleSet): SelectionRule[] =>
	SelectionRule.options.filter((_, at) => (rules & (1 << at)) !== 0);

/** One offering of the region and every rule but `set-aside` that it breaks for this pod. */
export type Judged = Readonly<{
	type: InstanceType;
	zoneId: string;
	capacityType: CapacityType;
	/** Of an hour, a burstable's surcharge included. */
	microUsd: number;
	/** What a pod can have of it. */
	memoryMib: number;
	/** 0: it fits. */
	broken: RuleSet;
}>;

/** What the region sells that fits and what each rule removes, an offering counted for its first. */
export type Tally = Readonly<{ fitting: number; removed: ReadonlyMap<SelectionRule, number> }>;

/** Judges all that the region sells and keeps only the counts: most decisions need no more. */
export function tally(query: Query, index: OfferingIndex): Tally {
	let fitting = 0;
	const counts = SelectionRule.options.map(() => 0);
	eachJudged(query, index, (_type, _zoneId, _capacityType, broken) => {
		if (broken === 0) fitting++;
		else {
			const first = 31 - Math.clz32(broken & -broken);
			counts[first] = (counts[first] ?? 0) + 1;
		}
	});
	const removed = SelectionRule.options
		.map((rule, at) => [rule, counts[at] ?? 0] as const)
		.filter(([, count]) => count > 0);
	return { fitting, removed: new Map(removed) };
}

/** All that the region sells and doesn't fit. */
export function missesOf(query: Query, index: OfferingIndex): Judged[] {
	const misses: Judged[] = [];
	eachJudged(query, index, (type, zoneId, capacityType, broken) => {
		if (broken === 0) return;
		const microUsd = microUsdOf(type, capacityType, zoneId) + surchargeMicroUsd(type, query);
		const memoryMib = memoryForPodMib(type.memoryMib, index.settings);
		misses.push({ type, zoneId, capacityType, microUsd, memoryMib, broken });
	});
	return misses;
}

/** By the same sets and figures as the choice, but one by one. */
function eachJudged(
	query: Query,
	index: OfferingIndex,
	visit: (type: InstanceType, zoneId: string, capacityType: CapacityType, broken: RuleSet) => void,
): void {
	const zoneNumbers = new Map(index.zones.map(({ zoneId }, zone) => [zoneId, zone]));
	const everyZone = [...zoneNumbers.keys()];
	for (const [position, type] of index.catalogue.types.entries()) {
		const byType = brokenByType(query, type, position, index);
		for (const capacityType of CapacityType.options) {
			if (!isSold(type, capacityType)) continue;
			const byWay = byType | brokenByCapacityType(query, capacityType);
			const allowed = allowedZones(query, position, capacityType);
			for (const zoneId of type.zoneIds ?? everyZone) {
				const byZone = brokenByZone(allowed, zoneNumbers.get(zoneId));
				const byPrice = brokenByPrice(query, type, { capacityType, zoneId }, index);
				visit(type, zoneId, capacityType, byWay | byZone | byPrice);
			}
		}
	}
}

function brokenByType(
	query: Query,
	type: InstanceType,
	position: number,
	{ settings }: OfferingIndex,
): RuleSet {
	let broken = 0;
	for (const { rule, passes } of query.typeRules) {
		if (!has(passes, position)) broken |= ruleBit(rule);
	}
	if (type.vcpus * 1_000 < query.cpuMillis) broken |= ruleBit("cpu");
	if (memoryForPodMib(type.memoryMib, settings) < query.memoryMib) broken |= ruleBit("memory");
	return broken;
}

const brokenByCapacityType = (query: Query, capacityType: CapacityType): RuleSet =>
	query.lanes.some((lane) => lane.capacityType === capacityType) ? 0 : ruleBit("capacity-type");

function brokenByPrice(
	query: Query,
	type: InstanceType,
	{ capacityType, zoneId }: Pick<Judged, "capacityType" | "zoneId">,
	{ lanes }: OfferingIndex,
): RuleSet {
	const { mostMicroUsd } = lanes[capacityType];
	if (mostMicroUsd === Number.POSITIVE_INFINITY) return 0;
	const microUsd = microUsdOf(type, capacityType, zoneId) + surchargeMicroUsd(type, query);
	return microUsd > mostMicroUsd ? ruleBit("spot-price") : 0;
}

/** Where there is no subnet, the pod's labels are broken only if no configured zone would do either. */
function brokenByZone(allowed: number, zone: number | undefined): RuleSet {
	if (zone === undefined) return ruleBit("zone") | (allowed === 0 ? ruleBit("labels") : 0);
	return (allowed & (1 << zone)) === 0 ? ruleBit("labels") : 0;
}
