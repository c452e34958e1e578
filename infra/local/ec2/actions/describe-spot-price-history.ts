import * as z from "zod";
import { dryRun, Ec2Fault, invalidValue } from "../fault.ts";
import { type Facets, Filter, matches } from "../filters.ts";
import { type Sold, soldInRegion, spotPrice } from "../market.ts";
import type { ZoneNames } from "../model.ts";
import { page, paging } from "../pages.ts";
import { common, list, type Parameters, read } from "../query.ts";
import type { Region } from "../region.ts";
import type { Xml } from "../xml.ts";

const time = z.string().transform((text, context) => {
	const atMs = Date.parse(text);
	if (Number.isNaN(atMs)) context.addIssue("a time such as 2026-11-23T08:00:00Z is expected");
	return atMs;
});

const Input = z.strictObject({
	...common,
	...paging,
	AvailabilityZone: z.string().optional(),
	AvailabilityZoneId: z.string().optional(),
	StartTime: time.optional(),
	EndTime: time.optional(),
	InstanceType: list(z.string()),
	ProductDescription: list(z.string()),
	Filter: list(Filter),
});
type Input = z.infer<typeof Input>;

type Price = ZoneNames &
	Readonly<{ instanceType: string; product: string; spotUsd: string; sinceMs: number }>;

/** What a license adds: a caller that forgets to say which product it means gets both prices. */
const products = [
	{ product: "Linux/UNIX", factor: 1 },
	{ product: "Windows", factor: 1.8 },
] as const;

/**
 * The price in force of each type, zone and product. Prices hold still, so there is never an older one.
 *
 * @see https://docs.aws.amazon.com/AWSEC2/latest/APIReference/API_DescribeSpotPriceHistory.html
 */
export function describeSpotPriceHistory(region: Region, parameters: Parameters): Xml {
	const input = read(Input, parameters);
	if (input.DryRun) throw dryRun();
	check(region, input);
	const endMs = input.EndTime ?? region.clock.nowMs();
	const found = soldInRegion(region)
		.filter(({ name }) => includes(input.InstanceType, name))
		.flatMap((sold) => pricesOf(region, sold))
		.filter(({ product }) => includes(input.ProductDescription, product))
		.filter(({ zone }) => (input.AvailabilityZone ?? zone) === zone)
		.filter(({ zoneId }) => (input.AvailabilityZoneId ?? zoneId) === zoneId)
		.filter(({ sinceMs }) => sinceMs <= endMs)
		.filter((price) => matches(input.Filter, facets(price), new Map()));
	const idOf = ({ instanceType, zoneId, product }: Price) =>
		`${instanceType} in ${zoneId} with ${product}`;
	const { shown, nextToken } = page(found, idOf, input, false, { most: 1000, always: true });
	return {
		// Here, and nowhere else, EC2 ends with an empty token instead of none.
		nextToken: nextToken ?? "",
		spotPriceHistorySet: shown.map(priceXml),
	};
}

const includes = (wanted: readonly string[], value: string): boolean =>
	wanted.length === 0 || wanted.includes(value);

function check(region: Region, { AvailabilityZone, AvailabilityZoneId, InstanceType }: Input) {
	if (AvailabilityZone !== undefined && AvailabilityZoneId !== undefined) {
		throw new Ec2Fault(
			"InvalidParameterCombination",
			"Either AvailabilityZone or AvailabilityZoneId can be specified, but not both",
		);
	}
	const unknown = InstanceType.find((name) => !region.types.has(name));
	if (unknown !== undefined) throw invalidValue(`Invalid instance type: ${unknown}`);
}

function pricesOf(region: Region, { name, type, zones }: Sold): readonly Price[] {
	return zones.flatMap(({ zoneId, zone }) => {
		const price = spotPrice(region, name, type, zoneId);
		if (price === undefined) return [];
		const sinceMs = Math.floor((region.startedAtMs - price.ageMs) / 1000) * 1000;
		return products
			.filter(({ product }) => product !== "Windows" || type.architecture === "x86_64")
			.map(({ product, factor }) => ({
				instanceType: name,
				zoneId,
				zone,
				product,
				// At least a millionth: nothing is free.
				spotUsd: Math.max(1e-6, price.hourlyUsd * factor).toFixed(6),
				sinceMs,
			}));
	});
}

const facets = ({ instanceType, zone, zoneId, product, spotUsd, sinceMs }: Price): Facets => ({
	"availability-zone": [zone],
	"availability-zone-id": [zoneId],
	"instance-type": [instanceType],
	"product-description": [product, `${product} (Amazon VPC)`],
	"spot-price": [spotUsd],
	timestamp: [new Date(sinceMs).toISOString()],
});

const priceXml = ({ instanceType, zone, zoneId, product, spotUsd, sinceMs }: Price): Xml => ({
	instanceType,
	productDescription: product,
	spotPrice: spotUsd,
	timestamp: new Date(sinceMs).toISOString(),
	availabilityZone: zone,
	availabilityZoneId: zoneId,
});
