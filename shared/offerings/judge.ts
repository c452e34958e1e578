import type { InstanceType } from "./catalogue.ts";
import { type CapacityType, SelectionRule } from "./model.ts";
import { isSold, microUsdOf, type OfferingIndex } from "./offering-index.ts";
import { allowedZones, type Query } from "./query.ts";
import { surchargeMicroUsd } from "./select.ts";
import { memoryForPodMib } from "./settings.ts";
import { has } from "./type-set.ts";

/** Rules as bits, in the order of `SelectionRule`: the lowest is told first. */
export type RuleSet = number;

const ruleBit = (rule: SelectionRule): RuleSet => 1 << SelectionRule.options.indexOf(rule);

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

/** Judges all that the region sells, by the same sets and figures as the choice, but one by one. */
export function judged(query: Query, index: OfferingIndex): Judged[] {
	const zoneNumbers = new Map(index.zones.map(({ zoneId }, zone) => [zoneId, zone]));
	return index.catalogue.types.flatMap((type, position) => {
		const memoryMib = memoryForPodMib(type.memoryMib, index.settings);
		const byType = brokenByType(query, type, position, memoryMib);
		return (["on-demand", "spot"] as const)
			.filter((capacityType) => isSold(type, capacityType))
			.flatMap((capacityType) => {
				const microUsd = microUsdOf(type, capacityType) + surchargeMicroUsd(type, query);
				const byMarket = byType | brokenByMarket(query, capacityType, microUsd, index);
				const allowed = allowedZones(query, position, capacityType);
				return (type.zoneIds ?? [...zoneNumbers.keys()]).map((zoneId) => ({
					type,
					zoneId,
					capacityType,
					microUsd,
					memoryMib,
					broken: byMarket | brokenByZone(allowed, zoneNumbers.get(zoneId)),
				}));
			});
	});
}

function brokenByType(
	query: Query,
	type: InstanceType,
	position: number,
	memoryMib: number,
): RuleSet {
	let broken = 0;
	for (const { rule, passes } of query.typeRules) {
		if (!has(passes, position)) broken |= ruleBit(rule);
	}
	if (type.vcpus * 1_000 < query.cpuMillis) broken |= ruleBit("cpu");
	if (memoryMib < query.memoryMib) broken |= ruleBit("memory");
	return broken;
}

function brokenByMarket(
	query: Query,
	capacityType: CapacityType,
	microUsd: number,
	{ lanes }: OfferingIndex,
): RuleSet {
	const isAskedFor = query.lanes.some((lane) => lane.capacityType === capacityType);
	const isTooDear = microUsd > lanes[capacityType].mostMicroUsd;
	return (isAskedFor ? 0 : ruleBit("capacity-type")) | (isTooDear ? ruleBit("spot-price") : 0);
}

/** Where there is no subnet, the pod's labels are broken only if no configured zone would do either. */
function brokenByZone(allowed: number, zone: number | undefined): RuleSet {
	if (zone === undefined) return ruleBit("zone") | (allowed === 0 ? ruleBit("labels") : 0);
	return (allowed & (1 << zone)) === 0 ? ruleBit("labels") : 0;
}
