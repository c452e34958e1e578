import * as z from "zod";
import { tagSet } from "../describe.ts";
import { dryRun, Ec2Fault } from "../fault.ts";
import { Filter, matches } from "../filters.ts";
import { page, paging } from "../pages.ts";
import { common, list, type Parameters, read } from "../query.ts";
import type { Region } from "../region.ts";
import type { Xml } from "../xml.ts";

const Input = z.strictObject({
	...common,
	...paging,
	SubnetId: list(z.string()),
	Filter: list(Filter),
});

/** @see https://docs.aws.amazon.com/AWSEC2/latest/APIReference/API_DescribeSubnets.html */
export function describeSubnets(region: Region, parameters: Parameters): Xml {
	const input = read(Input, parameters);
	if (input.DryRun) throw dryRun();
	const unknown = input.SubnetId.find((id) => !region.pools.has(id));
	if (unknown !== undefined) throw unknownSubnet(unknown);
	const found = region.zones
		.filter(({ subnetId }) => input.SubnetId.length === 0 || input.SubnetId.includes(subnetId))
		.filter(({ subnetId, zone, zoneId, tags = {} }) =>
			matches(
				input.Filter,
				{
					"availability-zone": [zone],
					"availability-zone-id": [zoneId],
					"subnet-id": [subnetId],
					"vpc-id": [region.vpcId],
					state: ["available"],
				},
				new Map(Object.entries(tags)),
			),
		);
	const byId = input.SubnetId.length > 0;
	const { shown, nextToken } = page(found, ({ subnetId }) => subnetId, input, byId);
	return {
		subnetSet: shown.map(({ subnetId, zone, zoneId, tags = {} }) => ({
			subnetId,
			state: "available",
			ownerId: region.accountId,
			vpcId: region.vpcId,
			cidrBlock: region.pools.get(subnetId)?.cidr,
			availableIpAddressCount: region.pools.get(subnetId)?.free(),
			availabilityZone: zone,
			availabilityZoneId: zoneId,
			defaultForAz: false,
			mapPublicIpOnLaunch: false,
			tagSet: tagSet(new Map(Object.entries(tags))),
		})),
		nextToken,
	};
}

export const unknownSubnet = (subnetId: string): Ec2Fault =>
	new Ec2Fault("InvalidSubnetID.NotFound", `The subnet ID '${subnetId}' does not exist`);
