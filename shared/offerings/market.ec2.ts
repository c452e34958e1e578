import {
	DescribeAvailabilityZonesCommand,
	type EC2Client,
	EC2ServiceException,
	type SpotPrice as PriceRecord,
	paginateDescribeInstanceTypeOfferings,
	paginateDescribeInstanceTypes,
	paginateDescribeSpotPriceHistory,
} from "@aws-sdk/client-ec2";
import { describedType } from "./described-type.ec2.ts";
import type { DescribedType, Market, SpotPrice } from "./market.ts";
import { marketFailure } from "./market-failure.ts";

/** EC2's largest pages. */
const typesPerPage = 100;
const othersPerPage = 1_000;

/** Both names that EC2 has had for plain Linux. */
const linux = ["Linux/UNIX", "Linux/UNIX (Amazon VPC)"];

/**
 * What a region sells, by EC2's own answers, all pages of them.
 *
 * @throws ProvisionerError `operator` `MarketRefused` where a human must act, `unavailable`
 *   `MarketUnavailable` where asking again may help; anything else as it came.
 */
export const ec2Market = (client: EC2Client, now: () => Date): Market => ({
	types: async (signal) =>
		await asked("ec2:DescribeInstanceTypes", async () => typesOf(client, signal)),

	zones: async (signal) =>
		await asked("ec2:DescribeInstanceTypeOfferings", async () => zonesOf(client, signal)),

	async spotPrices(signal) {
		const records = await asked("ec2:DescribeSpotPriceHistory", async () =>
			pricesFrom(client, now(), signal),
		);
		const unplaced = records.some(({ AvailabilityZoneId }) => AvailabilityZoneId === undefined);
		const zoneIds = unplaced
			? await asked("ec2:DescribeAvailabilityZones", async () => zoneIdsByName(client, signal))
			: new Map<string, string>();
		return newestOf(records, zoneIds);
	},
});

async function asked<Answer>(permission: string, ask: () => Promise<Answer>): Promise<Answer> {
	try {
		return await ask();
	} catch (error) {
		throw error instanceof EC2ServiceException ? marketFailure(error, permission) : error;
	}
}

async function typesOf(client: EC2Client, signal: AbortSignal): Promise<DescribedType[]> {
	const paging = { client, pageSize: typesPerPage, stopOnSameToken: true };
	const types: DescribedType[] = [];
	for await (const page of paginateDescribeInstanceTypes(paging, {}, { abortSignal: signal })) {
		types.push(...(page.InstanceTypes ?? []).flatMap(describedType));
	}
	return types;
}

async function zonesOf(client: EC2Client, signal: AbortSignal) {
	const paging = { client, pageSize: othersPerPage, stopOnSameToken: true };
	const input = { LocationType: "availability-zone-id" as const };
	const pages = paginateDescribeInstanceTypeOfferings(paging, input, { abortSignal: signal });
	const zones = new Map<string, string[]>();
	for await (const { InstanceTypeOfferings = [] } of pages) {
		for (const { InstanceType = "", Location } of InstanceTypeOfferings) {
			if (Location !== undefined)
				zones.set(InstanceType, [...(zones.get(InstanceType) ?? []), Location]);
		}
	}
	return zones;
}

/** From now on is what is in force now, and no history. */
async function pricesFrom(
	client: EC2Client,
	StartTime: Date,
	signal: AbortSignal,
): Promise<PriceRecord[]> {
	const paging = { client, pageSize: othersPerPage, stopOnSameToken: true };
	const input = { StartTime, ProductDescriptions: linux };
	const pages = paginateDescribeSpotPriceHistory(paging, input, { abortSignal: signal });
	const found: PriceRecord[] = [];
	for await (const { SpotPriceHistory = [] } of pages) found.push(...SpotPriceHistory);
	return found;
}

/** A zone's name means another place in each account; EC2 prices spot by name, at times without the id. */
async function zoneIdsByName(
	client: EC2Client,
	signal: AbortSignal,
): Promise<ReadonlyMap<string, string>> {
	const command = new DescribeAvailabilityZonesCommand({});
	const { AvailabilityZones = [] } = await client.send(command, { abortSignal: signal });
	return new Map(
		AvailabilityZones.flatMap(({ ZoneName, ZoneId }): [string, string][] =>
			ZoneName === undefined || ZoneId === undefined ? [] : [[ZoneName, ZoneId]],
		),
	);
}

/** One price for each type and zone, the newest; what has no price or no known zone is left out. */
function newestOf(
	records: readonly PriceRecord[],
	zoneIds: ReadonlyMap<string, string>,
): SpotPrice[] {
	const newest = new Map<string, SpotPrice & { atMs: number }>();
	for (const record of records) {
		const { InstanceType: instanceType, AvailabilityZone = "", Timestamp } = record;
		const zoneId = record.AvailabilityZoneId ?? zoneIds.get(AvailabilityZone);
		const microUsd = Math.round(Number(record.SpotPrice) * 1e6);
		if (instanceType === undefined || zoneId === undefined || !(microUsd > 0)) continue;
		const key = `${instanceType} ${zoneId}`;
		const atMs = Timestamp?.getTime() ?? 0;
		const known = newest.get(key);
		if (known === undefined || atMs > known.atMs)
			newest.set(key, { instanceType, zoneId, microUsd, atMs });
	}
	return [...newest.values()].map(({ instanceType, zoneId, microUsd }) => ({
		instanceType,
		zoneId,
		microUsd,
	}));
}
