import { DynamoDBClient } from "@aws-sdk/client-dynamodb";
import { EC2Client } from "@aws-sdk/client-ec2";
import { checkCloudInit } from "../../shared/bootstrap/check-cloud-init.ts";
import { loadProvider } from "../../shared/config/load.ts";
import type { ProviderConfig } from "../../shared/config/provider.ts";
import { offeringChooser } from "../../shared/flows/choose-offering.ts";
import type { Chooser } from "../../shared/flows/plan-attempt.ts";
import { type CatalogueInForce, catalogueSource } from "../../shared/offerings/catalogue-source.ts";
import { dynamodbCatalogue } from "../../shared/offerings/catalogue-store.dynamodb.ts";
import type { Subnet } from "../../shared/offerings/model.ts";
import { ec2Subnets } from "../../shared/offerings/subnets.ec2.ts";
import { laptopAws } from "../local/laptop-aws.ts";
import { laptopZones } from "../local/laptop-ec2.ts";
import { names } from "../local/names.ts";
import { readStackFile } from "./stack-file.ts";

/** What a choice rests on beside the pod. */
export type ChoiceBasis = Readonly<{
	providerFile: string;
	config: ProviderConfig;
	subnets: readonly Subnet[];
	/** For people: where the subnets' zones come from. */
	zonesFrom: string;
	/** For people: how old the catalogue is, and what it knows. */
	catalogue: string;
	choose: Chooser;
}>;

/**
 * The same configuration and catalogue as launch's.
 *
 * @throws ProvisionerError `invalid` with every fault of the operator's files.
 */
export async function choiceBasis(providerFile: string): Promise<ChoiceBasis> {
	const { config } = await loadProvider(providerFile, checkCloudInit);
	const { region } = config.aws;
	const { catalogue, origin } = await stackCatalogue(region);
	const known = await stackSubnets(config);
	return {
		providerFile,
		config,
		subnets: known ?? laptopSubnets(config),
		zonesFrom:
			known === undefined
				? "no stack runs in this folder that knows the subnets: one zone each, as the simulated EC2 gives them"
				: "of the running stack's subnets",
		catalogue: `${origin}, ${catalogue.types.length} types, prices of ${catalogue.date}${
			catalogue.approximate ? `; approximate for ${region}: another region's` : ""
		}`,
		choose: offeringChooser(config, async () => catalogue),
	};
}

/** The running stack's, if it has stored one; else the packaged one. */
async function stackCatalogue(region: string): Promise<CatalogueInForce> {
	const now = () => new Date();
	const endpoint = readStackFile()?.endpoints.dynamodb;
	if (endpoint === undefined) return await catalogueSource(emptyStore, region, now)();
	const dynamodb = new DynamoDBClient({ ...laptopAws, endpoint, maxAttempts: 1 });
	try {
		return await catalogueSource(dynamodbCatalogue(dynamodb, names.offerings), region, now)();
	} finally {
		dynamodb.destroy();
	}
}

const emptyStore = { get: async () => undefined };

/** The configured subnets as the running stack's EC2 knows them; undefined where it doesn't, or none runs. */
async function stackSubnets({ aws }: ProviderConfig): Promise<readonly Subnet[] | undefined> {
	const endpoint = readStackFile()?.endpoints.ec2;
	if (endpoint === undefined) return undefined;
	const ec2 = new EC2Client({ ...laptopAws, endpoint, maxAttempts: 1 });
	try {
		return await ec2Subnets(ec2, aws.subnetIds, () => new Date()).list(AbortSignal.timeout(5_000));
	} catch {
		// Another configuration's stack; the output says which zones were taken instead.
		return undefined;
	} finally {
		ec2.destroy();
	}
}

/** As many as a /20 has. */
const plentyOfAddresses = 4_091;

const laptopSubnets = ({ aws: { region, subnetIds } }: ProviderConfig): readonly Subnet[] =>
	laptopZones(region, subnetIds).map(({ subnetId, zoneId, zone }) => ({
		subnetId,
		zoneId,
		zone,
		freeAddresses: plentyOfAddresses,
	}));
