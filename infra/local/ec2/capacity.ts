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

export const isOffering = (
	pattern: CapacityPattern,
	instanceType: string,
	zone: SimulatedZone,
	market: Market,
): boolean =>
	isLike(pattern.instanceType ?? "*", instanceType) &&
	[zone.zoneId, zone.zone].some((name) => isLike(pattern.zone ?? "*", name)) &&
	(pattern.market ?? market) === market;

/** What is taken; with `left`, only when so many more instances of all these offerings are launched. */
export type CapacityLoss = CapacityPattern & Readonly<{ left?: number }>;

/** How much of which offerings there is at the moment. */
export type Capacity = Readonly<{
	/** @returns gives it back. */
	take(loss: CapacityLoss): () => void;
	/** How many more instances there are. */
	room(instanceType: string, zone: SimulatedZone, market: Market): number;
	/** So many of them have been launched; what ends gives nothing back. */
	use(instanceType: string, zone: SimulatedZone, market: Market, count: number): void;
}>;

export function allCapacity(): Capacity {
	const losses = new Set<{ pattern: CapacityPattern; left: number }>();
	const of = (instanceType: string, zone: SimulatedZone, market: Market) =>
		[...losses].filter(({ pattern }) => isOffering(pattern, instanceType, zone, market));
	return {
		take({ left = 0, ...pattern }) {
			const own = { pattern, left };
			losses.add(own);
			return () => losses.delete(own);
		},
		room: (instanceType, zone, market) =>
			Math.min(Number.POSITIVE_INFINITY, ...of(instanceType, zone, market).map(({ left }) => left)),
		use(instanceType, zone, market, count) {
			for (const loss of of(instanceType, zone, market)) loss.left -= count;
		},
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
