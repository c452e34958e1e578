import { DynamoDBClient } from "@aws-sdk/client-dynamodb";
import { EC2Client } from "@aws-sdk/client-ec2";
import type { ProviderConfig } from "../../../shared/config/provider.ts";
import {
	type CatalogueInForce,
	catalogueSource,
} from "../../../shared/offerings/catalogue-source.ts";
import { dynamodbCatalogue } from "../../../shared/offerings/catalogue-store.dynamodb.ts";
import type { Subnet } from "../../../shared/offerings/model.ts";
import { dynamodbSetAsideList } from "../../../shared/offerings/set-aside.dynamodb.ts";
import { type SetAsideEntry, setAsideTimes } from "../../../shared/offerings/set-aside.ts";
import { ec2Subnets } from "../../../shared/offerings/subnets.ec2.ts";
import { outOfReach } from "../place/out-of-reach.ts";
import type { Place } from "../place/place.ts";

/** What launch would look up before it chooses; what is absent can't be had. */
type Market = Readonly<{
	subnets?: readonly Subnet[];
	inForce: CatalogueInForce;
	/** What EC2 refused lately, whichever pod it was for. */
	setAside: readonly SetAsideEntry[];
}>;

const patienceMs = 5_000;

/**
 * The market as the running stack or a deployment that was named knows it; otherwise what ships in the package.
 *
 * @throws ProvisionerError `unavailable` where a deployment was named that can't be asked.
 */
export async function marketAt(
	place: Place,
	config: ProviderConfig,
	now: () => Date,
): Promise<Market> {
	const { region } = config.aws;
	const inForce = await catalogueAt(place, region, now);
	if (place.isAssumed) return { inForce, setAside: [] };
	const table = place.resource("offerings");
	const dynamodb = new DynamoDBClient({ region, ...place.client("dynamodb"), maxAttempts: 1 });
	try {
		const subnets = await subnetsOf(place, config, now);
		return {
			...(subnets && { subnets }),
			inForce,
			setAside: await dynamodbSetAsideList(dynamodb, table, setAsideTimes(), now)
				.standing(AbortSignal.timeout(patienceMs))
				.catch((cause: unknown) => {
					if (place.kind === "stack") return [];
					throw outOfReach(place, `the table ${table}`, cause);
				}),
		};
	} finally {
		dynamodb.destroy();
	}
}

/** The catalogue alone; the packaged one where the place's can't be read, with why. */
export async function catalogueAt(
	place: Place,
	region: string,
	now: () => Date,
): Promise<CatalogueInForce> {
	if (place.isAssumed) return await catalogueSource({ get: async () => undefined }, region, now)();
	const dynamodb = new DynamoDBClient({ region, ...place.client("dynamodb"), maxAttempts: 1 });
	const store = dynamodbCatalogue(dynamodb, place.resource("offerings"));
	try {
		return await catalogueSource(store, region, now)();
	} finally {
		dynamodb.destroy();
	}
}

/** @returns undefined where the running stack's EC2 doesn't know the subnets: its configuration is another. */
async function subnetsOf(
	place: Place,
	{ aws: { region, subnetIds } }: ProviderConfig,
	now: () => Date,
): Promise<readonly Subnet[] | undefined> {
	const ec2 = new EC2Client({ region, ...place.client("ec2"), maxAttempts: 1 });
	try {
		return await ec2Subnets(ec2, subnetIds, now).list(AbortSignal.timeout(patienceMs));
	} catch (cause) {
		if (place.kind === "stack") return undefined;
		throw outOfReach(place, `the subnets ${subnetIds.join(", ")}`, cause);
	} finally {
		ec2.destroy();
	}
}
