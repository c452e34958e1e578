import type { ProviderConfig } from "../../shared/config/provider.ts";
import { packagedCatalogue } from "../../shared/offerings/catalogue.ts";
import type { BootTime } from "./cell/boot-time.ts";
import { type Ec2Options, type SimulatedEc2, startEc2 } from "./ec2/server.ts";

export type LaptopEc2Options = Readonly<{
	/** How long cells boot. */
	bootTime?: BootTime;
	/** EC2's request rates times this number; false: none. */
	throttling?: number | false;
	/** How each new machine misbehaves. */
	faultOf?: Ec2Options["faultOf"] & object;
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
	const { types } = packagedCatalogue(region);
	return await startEc2({
		...options,
		types: Object.fromEntries(
			types.map(({ name, architecture, vcpus, ipv4PerInterface, zoneIds }) => [
				name,
				{ architecture, vcpus, ipv4PerInterface, ...(zoneIds === undefined ? {} : { zoneIds }) },
			]),
		),
		zones: subnetIds.map((subnetId, index) => ({
			subnetId,
			zoneId: `${regionCode(region)}-az${zoneNumbers[index % zoneNumbers.length]}`,
			zone: `${region}${"abcdef"[index % zoneNumbers.length]}`,
		})),
	});
}

/** `us-east-1` -> `use1`, `ap-southeast-2` -> `apse2`: how zone ids begin. */
const regionCode = (region: string): string => {
	const [area, ...rest] = region.split("-");
	const letters = rest.join("").match(/north|south|east|west|central|gov|\d/g) ?? [];
	return `${area}${letters.map((word) => word[0]).join("")}`;
};
