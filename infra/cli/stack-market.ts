import { DynamoDBClient } from "@aws-sdk/client-dynamodb";
import { EC2Client } from "@aws-sdk/client-ec2";
import type { ProviderConfig } from "../../shared/config/provider.ts";
import { type CatalogueInForce, catalogueSource } from "../../shared/offerings/catalogue-source.ts";
import { dynamodbCatalogue } from "../../shared/offerings/catalogue-store.dynamodb.ts";
import type { Subnet } from "../../shared/offerings/model.ts";
import { dynamodbSetAsideList } from "../../shared/offerings/set-aside.dynamodb.ts";
import { type SetAsideEntry, setAsideTimes } from "../../shared/offerings/set-aside.ts";
import { ec2Subnets } from "../../shared/offerings/subnets.ec2.ts";
import { laptopAws } from "../local/laptop-aws.ts";
import { names } from "../local/names.ts";
import { readStackFile, type StackFile } from "./stack-file.ts";

/** What launch would look up before it chooses; what is absent can't be had. */
type StackMarket = Readonly<{
	subnets?: readonly Subnet[];
	inForce: CatalogueInForce;
	/** What EC2 refused lately, whichever pod it was for. */
	setAside: readonly SetAsideEntry[];
}>;

const patienceMs = 5_000;

/** The market as the stack that runs in this folder knows it; without one, what ships in the package. */
export async function stackMarket(config: ProviderConfig, now: () => Date): Promise<StackMarket> {
	const { region } = config.aws;
	const stack = readStackFile();
	if (stack === undefined) {
		const nothing = { get: async () => undefined };
		return { inForce: await catalogueSource(nothing, region, now)(), setAside: [] };
	}
	const dynamodb = new DynamoDBClient({
		...laptopAws,
		endpoint: stack.endpoints.dynamodb,
		maxAttempts: 1,
	});
	try {
		const subnets = await subnetsOf(stack, config, now);
		return {
			...(subnets && { subnets }),
			inForce: await catalogueSource(dynamodbCatalogue(dynamodb, names.offerings), region, now)(),
			setAside: await dynamodbSetAsideList(dynamodb, names.offerings, setAsideTimes(), now)
				.standing(AbortSignal.timeout(patienceMs))
				.catch(() => []),
		};
	} finally {
		dynamodb.destroy();
	}
}

/** @returns undefined where its EC2 doesn't know the subnets: it runs with another configuration. */
async function subnetsOf(
	{ endpoints }: StackFile,
	{ aws: { subnetIds } }: ProviderConfig,
	now: () => Date,
): Promise<readonly Subnet[] | undefined> {
	if (endpoints.ec2 === undefined) return undefined;
	const ec2 = new EC2Client({ ...laptopAws, endpoint: endpoints.ec2, maxAttempts: 1 });
	try {
		return await ec2Subnets(ec2, subnetIds, now).list(AbortSignal.timeout(patienceMs));
	} catch {
		return undefined;
	} finally {
		ec2.destroy();
	}
}
