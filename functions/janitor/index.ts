/** Composition root of janitor: environment -> adapters -> handler. */
import { DynamoDBClient } from "@aws-sdk/client-dynamodb";
import { EC2Client } from "@aws-sdk/client-ec2";
import { SQSClient } from "@aws-sdk/client-sqs";
import { SSMClient } from "@aws-sdk/client-ssm";
import { sqsReadinessChecks } from "../../shared/agent/checks.sqs.ts";
import { ssmCellParameters } from "../../shared/bootstrap/cell-parameters.ssm.ts";
import { checkCloudInit } from "../../shared/bootstrap/check-cloud-init.ts";
import { dynamodbCellIndex } from "../../shared/cells/index.dynamodb.ts";
import { dynamodbCells } from "../../shared/cells/store.dynamodb.ts";
import { janitorEnv } from "../../shared/config/env.ts";
import { loadProvider } from "../../shared/config/load.ts";
import { ec2Fleet } from "../../shared/instances/fleet.ec2.ts";
import { ec2Instances } from "../../shared/instances/instances.ec2.ts";
import { dynamodbCellLimits } from "../../shared/limits/limits.dynamodb.ts";
import { sqsWakeUps } from "../../shared/queues/wake-ups.sqs.ts";
import { dynamodbSightings } from "../../shared/sightings/sightings.dynamodb.ts";
import { telemetry } from "../telemetry.ts";
import { janitorHandler } from "./handler.ts";

const env = janitorEnv(process.env);
const { log, metrics, now } = telemetry("janitor", env);
const dynamodb = new DynamoDBClient({});
const ec2 = new EC2Client({});
const sqs = new SQSClient({});
const { config } = await loadProvider(env.PROVIDER_FILE, checkCloudInit, {
	region: env.AWS_REGION,
});

export const handler = janitorHandler({
	cells: dynamodbCells(dynamodb, env.CELLS_TABLE, now),
	index: dynamodbCellIndex(dynamodb, env.CELLS_TABLE),
	fleet: ec2Fleet(ec2, env.CONTROLLER_ID),
	instances: ec2Instances(ec2, ec2),
	cellParameters: ssmCellParameters(new SSMClient({})),
	checks: sqsReadinessChecks(sqs, env.CHECKS_QUEUE_URL),
	wakeUps: sqsWakeUps(sqs, env.POD_SCHEDULED_URL),
	limits: dynamodbCellLimits(dynamodb, env.LEDGER_TABLE, config.limits, now),
	sightings: dynamodbSightings(dynamodb, env.LEDGER_TABLE, now),
	config,
	controllerId: env.CONTROLLER_ID,
	now,
	log,
	metrics,
});
