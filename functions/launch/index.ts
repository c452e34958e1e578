/** Composition root of launch: environment -> adapters -> handler. */
import { DynamoDBClient } from "@aws-sdk/client-dynamodb";
import { EC2Client } from "@aws-sdk/client-ec2";
import { SQSClient } from "@aws-sdk/client-sqs";
import { SSMClient } from "@aws-sdk/client-ssm";
import { sqsReadinessChecks } from "../../shared/agent/checks.sqs.ts";
import { ssmCellParameters } from "../../shared/bootstrap/cell-parameters.ssm.ts";
import { cellParametersRenderer } from "../../shared/bootstrap/cell-parameters.ts";
import { checkCloudInit } from "../../shared/bootstrap/check-cloud-init.ts";
import { userDataRenderer } from "../../shared/bootstrap/user-data.ts";
import { dynamodbCells } from "../../shared/cells/store.dynamodb.ts";
import { launchEnv } from "../../shared/config/env.ts";
import { loadProvider } from "../../shared/config/load.ts";
import { announcedCatalogue } from "../../shared/flows/announced-catalogue.ts";
import { offeringChooser } from "../../shared/flows/choose-offering.ts";
import { dynamodbBootTimes } from "../../shared/images/boot-times.dynamodb.ts";
import { dynamodbImageCache } from "../../shared/images/cache.dynamodb.ts";
import { imageFinder } from "../../shared/images/cache.ts";
import { ec2Images } from "../../shared/images/images.ec2.ts";
import { ssmImageParameters } from "../../shared/images/parameters.ssm.ts";
import { resolvingImages } from "../../shared/images/resolve.ts";
import { ec2Instances } from "../../shared/instances/instances.ec2.ts";
import { dynamodbCellLimits } from "../../shared/limits/limits.dynamodb.ts";
import { catalogueSource } from "../../shared/offerings/catalogue-source.ts";
import { dynamodbCatalogue } from "../../shared/offerings/catalogue-store.dynamodb.ts";
import { dynamodbSetAsideList } from "../../shared/offerings/set-aside.dynamodb.ts";
import { setAsideTimes } from "../../shared/offerings/set-aside.ts";
import { rememberedSetAsideList } from "../../shared/offerings/set-aside-memory.ts";
import { ec2Subnets } from "../../shared/offerings/subnets.ec2.ts";
import { dynamodbLaunchTurns } from "../../shared/pace/turns.dynamodb.ts";
import { forgeIssuers } from "../../shared/pki/issuers.forge.ts";
import { ssmVault } from "../../shared/pki/vault.ssm.ts";
import { sqsDeadLetters } from "../../shared/queues/dead-letters.sqs.ts";
import { sqsRedelivery } from "../../shared/queues/redelivery.sqs.ts";
import { telemetry } from "../telemetry.ts";
import { launchHandler } from "./handler.ts";

const env = launchEnv(process.env);
const { log, metrics, now } = telemetry("launch", env);
const dynamodb = new DynamoDBClient({});
const sqs = new SQSClient({});
const ec2 = new EC2Client({});
// EC2 answers "no capacity" as HTTP 500, which the SDK would repeat; our flows decide what follows.
const launcher = new EC2Client({ maxAttempts: 1 });
const times = setAsideTimes(env.CAPACITY_SET_ASIDE_SECONDS);
const ssm = new SSMClient({});
const vault = ssmVault(ssm, env.AUTHORITY_PREFIX);
const issuers = forgeIssuers(vault, env.AUTHORITY_CACHE_SECONDS, now);
const [provider] = await Promise.all([
	loadProvider(env.PROVIDER_FILE, checkCloudInit, { region: env.AWS_REGION }),
	// Opened before the first message comes, and an error of the start if it can't be.
	issuers.current(AbortSignal.timeout(5_000)),
]);
const catalogues = catalogueSource(
	dynamodbCatalogue(dynamodb, env.OFFERINGS_TABLE),
	provider.config.aws.region,
	now,
);

export const handler = launchHandler({
	cells: dynamodbCells(dynamodb, env.CELLS_TABLE, now),
	checks: sqsReadinessChecks(sqs, env.CHECKS_QUEUE_URL),
	deadLetters: sqsDeadLetters(sqs, env.POD_SCHEDULED_DLQ_URL),
	redelivery: sqsRedelivery(sqs, env.POD_SCHEDULED_URL),
	instances: ec2Instances(launcher, ec2),
	subnets: ec2Subnets(ec2, provider.config.aws.subnetIds, now),
	setAside: rememberedSetAsideList(
		dynamodbSetAsideList(dynamodb, env.OFFERINGS_TABLE, times, now),
		now,
	),
	setAsideTimes: times,
	images: imageFinder({
		images: resolvingImages(ec2Images(ec2), ssmImageParameters(ssm)),
		imageCache: dynamodbImageCache(dynamodb, env.IMAGES_TABLE),
		now,
	}),
	bootTimes: dynamodbBootTimes(dynamodb, env.IMAGES_TABLE, now),
	choose: offeringChooser(provider.config, announcedCatalogue(catalogues, log)),
	issuers,
	userDataFor: userDataRenderer(provider.settings),
	parametersFor: cellParametersRenderer(provider.settings),
	cellParameters: ssmCellParameters(ssm),
	config: provider.config,
	configRevision: provider.revision,
	controllerId: env.CONTROLLER_ID,
	cellsSecurityGroup: env.CELLS_SECURITY_GROUP,
	turns: dynamodbLaunchTurns(dynamodb, env.LEDGER_TABLE, provider.config.launch, now),
	limits: dynamodbCellLimits(dynamodb, env.LEDGER_TABLE, provider.config.limits, now),
	asksLiveSeconds: env.ASKS_LIVE_SECONDS,
	firstCheckSeconds: env.FIRST_CHECK_SECONDS,
	now,
	log,
	metrics,
});
