import type { ProviderConfig } from "../../shared/config/provider.ts";
import { type InstanceType, packagedCatalogue } from "../../shared/offerings/catalogue.ts";
import type { BootTime } from "./cell/boot-time.ts";
import type { SimulatedType, SimulatedZone, ZoneNames } from "./ec2/model.ts";
import { type Ec2Options, type SimulatedEc2, startEc2 } from "./ec2/server.ts";

export type LaptopEc2Options = Readonly<{
	/** How long cells boot. */
	bootTime?: BootTime;
	/** EC2's request rates times this number; false: none. */
	throttling?: number | false;
	/** How each new machine misbehaves. */
	faultOf?: Ec2Options["faultOf"] & object;
	/** The parameter store that cells' launchers ask before they look at user data. */
	parametersUrl?: string;
	/** What EventBridge delivers about the instances. Runs within the change: it must not throw. */
	onEventBridgeEvent?: Ec2Options["onEventBridgeEvent"] & object;
	/** EC2's own; it need not agree with anybody's. */
	clock?: Ec2Options["clock"] & object;
	/** Equal seeds give equal boot times. */
	seed?: string;
}>;

/** Zones in an order in which the first have nearly every type: us-east-1's third is an old one. */
const zoneNumbers = [1, 2, 4, 6, 5, 3];

/** A simulated EC2 that has the operator's own subnets, a zone each, and sells what the catalogue lists. */
export async function startLaptopEc2(
	{ aws: { region, subnetIds } }: ProviderConfig,
	options: LaptopEc2Options,
): Promise<SimulatedEc2> {
	const { types, approximate } = packagedCatalogue(region);
	const zones = laptopZones(region, subnetIds);
	return await startEc2({
		...options,
		types: Object.fromEntries(types.map((type) => [type.name, simulatedType(type)])),
		zones,
		// Where zones aren't known, there are only those that a subnet needs.
		otherZones: approximate ? [] : zoneNumbers.map((_, index) => zoneAt(region, index)),
	});
}

/** The zones that the operator's subnets get: one each, from the seventh on again from the first. */
export const laptopZones = (
	region: string,
	subnetIds: readonly string[],
): readonly SimulatedZone[] =>
	subnetIds.map((subnetId, index) => ({ subnetId, ...zoneAt(region, index) }));

const zoneAt = (region: string, index: number): ZoneNames => ({
	zoneId: `${regionCode(region)}-az${zoneNumbers[index % zoneNumbers.length]}`,
	zone: `${region}${"abcdef"[index % zoneNumbers.length]}`,
});

const simulatedType = ({ onDemandMicroUsd, burstable, ...type }: InstanceType): SimulatedType => ({
	...type,
	onDemandHourlyUsd: onDemandMicroUsd / 1e6,
	burstable: burstable !== undefined,
});

/** `us-east-1` -> `use1`, `ap-southeast-2` -> `apse2`: how zone ids begin. */
const regionCode = (region: string): string => {
	const [area, ...rest] = region.split("-");
	const letters = rest.join("").match(/north|south|east|west|central|gov|\d/g) ?? [];
	return `${area}${letters.map((word) => word[0]).join("")}`;
};
