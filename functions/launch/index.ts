/** Composition root of launch: environment -> adapters -> handler. */
import { DynamoDBClient } from "@aws-sdk/client-dynamodb";
import { EC2Client } from "@aws-sdk/client-ec2";
import { SQSClient } from "@aws-sdk/client-sqs";
import { SSMClient } from "@aws-sdk/client-ssm";
import { sqsReadinessChecks } from "../../shared/agent/checks.sqs.ts";
import { checkCloudInit } from "../../shared/bootstrap/check-cloud-init.ts";
import { userDataRenderer } from "../../shared/bootstrap/user-data.ts";
import { dynamodbCells } from "../../shared/cells/store.dynamodb.ts";
import { launchEnv } from "../../shared/config/env.ts";
import { loadProvider } from "../../shared/config/load.ts";
import { dynamodbImageCache } from "../../shared/images/cache.dynamodb.ts";
import { imageFinder } from "../../shared/images/cache.ts";
import { ec2Images } from "../../shared/images/images.ec2.ts";
import { ec2Instances } from "../../shared/instances/instances.ec2.ts";
import { ec2Subnets } from "../../shared/offerings/subnets.ec2.ts";
import { forgeIssuer } from "../../shared/pki/issuer.forge.ts";
import { ssmVault } from "../../shared/pki/vault.ssm.ts";
import { sqsDeadLetters } from "../../shared/queues/dead-letters.sqs.ts";
import { sqsRedelivery } from "../../shared/queues/redelivery.sqs.ts";
import { telemetry } from "../telemetry.ts";
import { chooserFor } from "./chooser.ts";
import { launchHandler } from "./handler.ts";

const env = launchEnv(process.env);
const now = () => new Date();
const { config, settings, revision } = await loadProvider(env.PROVIDER_FILE, checkCloudInit, {
	region: env.AWS_REGION,
});

const dynamodb = new DynamoDBClient({});
const ec2 = new EC2Client({});
const sqs = new SQSClient({});
const authority = await ssmVault(new SSMClient({}), env.AUTHORITY_PARAMETER).authority(
	AbortSignal.timeout(5_000),
);
