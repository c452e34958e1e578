import * as z from "zod";
import { dryRun, Ec2Fault } from "../fault.ts";
import { Filter, matches } from "../filters.ts";
import { regionName, zonesOfRegion } from "../market.ts";
import type { ZoneNames } from "../model.ts";
import { common, flag, list, type Parameters, read } from "../query.ts";
import type { Region } from "../region.ts";
import type { Xml } from "../xml.ts";

const Input = z.strictObject({
	...common,
	ZoneName: list(z.string()),
	ZoneId: list(z.string()),
	AllAvailabilityZones: flag.default(false),
	Filter: list(Filter),
});
type Input = z.infer<typeof Input>;

/** @see https://docs.aws.amazon.com/AWSEC2/latest/APIReference/API_DescribeAvailabilityZones.html */
export function describeAvailabilityZones(region: Region, parameters: Parameters): Xml {
	const input = read(Input, parameters);
	if (input.DryRun) throw dryRun();
	const zones = zonesOfRegion(region);
	checkNames(zones, input);
	const found = zones
		.filter(({ zone }) => input.ZoneName.length === 0 || input.ZoneName.includes(zone))
		.filter(({ zoneId }) => input.ZoneId.length === 0 || input.ZoneId.includes(zoneId))
		.filter(({ zone, zoneId }) =>
			matches(
				input.Filter,
				{
					"group-name": [`${regionName(region)}-zg-1`],
					"opt-in-status": ["opt-in-not-required"],
					"region-name": [regionName(region)],
					state: ["available"],
					"zone-id": [zoneId],
					"zone-name": [zone],
					"zone-type": ["availability-zone"],
				},
				new Map(),
			),
		);
	return { availabilityZoneInfo: found.map((zone) => zoneXml(region, zone)) };
}

function checkNames(zones: readonly ZoneNames[], { ZoneName, ZoneId }: Input): void {
	const unknown =
		ZoneName.find((name) => !zones.some(({ zone }) => zone === name)) ??
		ZoneId.find((id) => !zones.some(({ zoneId }) => zoneId === id));
	if (unknown === undefined) return;
	throw new Ec2Fault("InvalidParameterValue", `Invalid availability zone: [${unknown}]`);
}

const zoneXml = (region: Region, { zone, zoneId }: ZoneNames): Xml => ({
	optInStatus: "opt-in-not-required",
	messageSet: [],
	regionName: regionName(region),
	zoneName: zone,
	zoneId,
	groupName: `${regionName(region)}-zg-1`,
	networkBorderGroup: regionName(region),
	zoneType: "availability-zone",
	zoneState: "available",
});
