import { Ec2Fault } from "./fault.ts";
import { isLike } from "./filters.ts";
import type { Market, SimulatedZone } from "./model.ts";

/** Offerings by pattern: `*` and `?` as in EC2's filters; what is absent means all. */
export type CapacityPattern = Readonly<{
	instanceType?: string;
	/** Zone id or zone name. */
	zone?: string;
	market?: Market;
}>;

/** Which offerings have no capacity at the moment. */
export type Capacity = Readonly<{
	/** @returns gives it back. */
	take(pattern: CapacityPattern): () => void;
	has(instanceType: string, zone: SimulatedZone, market: Market): boolean;
}>;

export function allCapacity(): Capacity {
	const taken = new Set<CapacityPattern>();
	return {
		take(pattern) {
			const own = { ...pattern };
			taken.add(own);
			return () => taken.delete(own);
		},
		has: (instanceType, zone, market) =>
			![...taken].some(
				(pattern) =>
					isLike(pattern.instanceType ?? "*", instanceType) &&
					[zone.zoneId, zone.zone].some((name) => isLike(pattern.zone ?? "*", name)) &&
					(pattern.market ?? market) === market,
			),
	};
}

/** EC2's words for "none left"; HTTP 500, which is why SDKs repeat the request. */
export function insufficientCapacity(
	instanceType: string,
	zone: SimulatedZone,
	market: Market,
	elsewhere: readonly SimulatedZone[],
): Ec2Fault {
	const code = "InsufficientInstanceCapacity";
	if (market === "spot") {
		return new Ec2Fault(
			code,
			"There is no Spot capacity available that matches your request.",
			500,
		);
	}
	const hint =
		elsewhere.length === 0
			? ""
			: ` You can currently get ${instanceType} capacity by not specifying an Availability Zone in your request or choosing ${names(elsewhere)}.`;
	return new Ec2Fault(
		code,
		`We currently do not have sufficient ${instanceType} capacity in the Availability Zone you requested (${zone.zone}). Our system will be working on provisioning additional capacity.${hint}`,
		500,
	);
}

/** The type isn't sold in this zone at all. */
export const notSoldHere = (
	instanceType: string,
	zone: SimulatedZone,
	elsewhere: readonly SimulatedZone[],
): Ec2Fault =>
	new Ec2Fault(
		"Unsupported",
		`Your requested instance type (${instanceType}) is not supported in your requested Availability Zone (${zone.zone}). Please retry your request by not specifying an Availability Zone or choosing ${names(elsewhere)}.`,
	);

const names = (zones: readonly SimulatedZone[]): string => zones.map(({ zone }) => zone).join(", ");
