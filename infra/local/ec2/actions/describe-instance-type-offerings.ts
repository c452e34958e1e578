import * as z from "zod";
import { dryRun } from "../fault.ts";
import { Filter, matches } from "../filters.ts";
import { regionName, type Sold, soldInRegion } from "../market.ts";
import { page, paging } from "../pages.ts";
import { common, list, type Parameters, read } from "../query.ts";
import type { Region } from "../region.ts";
import type { Xml } from "../xml.ts";

const LocationType = z.enum(["region", "availability-zone", "availability-zone-id"]);
type LocationType = z.infer<typeof LocationType>;

const Input = z.strictObject({
	...common,
	...paging,
	LocationType: LocationType.default("region"),
	Filter: list(Filter),
});

type TypeOffering = Readonly<{ instanceType: string; location: string }>;

/** @see https://docs.aws.amazon.com/AWSEC2/latest/APIReference/API_DescribeInstanceTypeOfferings.html */
export function describeInstanceTypeOfferings(region: Region, parameters: Parameters): Xml {
	const input = read(Input, parameters);
	if (input.DryRun) throw dryRun();
	const locationType = input.LocationType;
	const found = soldInRegion(region)
		.flatMap((sold) => offeringsOf(region, sold, locationType))
		.filter(({ instanceType, location }) =>
			matches(input.Filter, { "instance-type": [instanceType], location: [location] }, new Map()),
		);
	const idOf = ({ instanceType, location }: TypeOffering) => `${instanceType} in ${location}`;
	const { shown, nextToken } = page(found, idOf, input, false, { most: 1000, always: true });
	return {
		instanceTypeOfferingSet: shown.map((offering) => ({ ...offering, locationType })),
		nextToken,
	};
}

const offeringsOf = (
	region: Region,
	{ name, zones }: Sold,
	locationType: LocationType,
): readonly TypeOffering[] => {
	if (locationType === "region") return [{ instanceType: name, location: regionName(region) }];
	return zones.map(({ zone, zoneId }) => ({
		instanceType: name,
		location: locationType === "availability-zone" ? zone : zoneId,
	}));
};
