/** Where the Price List API of each partition or part of the world is; each knows the prices of all regions. */
const nearest: readonly (readonly [prefix: string, region: string])[] = [
	["cn-", "cn-northwest-1"],
	["eusc-", "eusc-de-east-1"],
	["eu-", "eu-central-1"],
	["af-", "eu-central-1"],
	["il-", "eu-central-1"],
	["me-", "ap-south-1"],
	["ap-", "ap-south-1"],
];

/**
 * The region whose Price List API to ask about a region. GovCloud has none: its prices are at us-east-1's,
 * for credentials of the public partition.
 *
 * @see https://docs.aws.amazon.com/awsaccountbilling/latest/aboutv2/using-price-list-query-api.html
 */
export const pricingRegionOf = (region: string): string =>
	nearest.find(([prefix]) => region.startsWith(prefix))?.[1] ?? "us-east-1";
