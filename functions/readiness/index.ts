/** Composition root of readiness. It runs inside the VPC, and reaches DynamoDB and cells alone. */
import { setTimeout } from "node:timers/promises";
import { DynamoDBClient } from "@aws-sdk/client-dynamodb";
import { httpsAgent } from "../../shared/agent/client.https.ts";
import { dynamodbCells } from "../../shared/cells/store.dynamodb.ts";
import { readinessEnv } from "../../shared/config/env.ts";
import { dynamodbBootTimes } from "../../shared/images/boot-times.dynamodb.ts";
import { dynamodbClientCredentials } from "../../shared/pki/client-credentials.dynamodb.ts";
import { telemetry } from "../telemetry.ts";
import { readinessHandler } from "./handler.ts";

const env = readinessEnv(process.env);
const { log, metrics, now } = telemetry("readiness", env);
const dynamodb = new DynamoDBClient({});

export const handler = readinessHandler({
	cells: dynamodbCells(dynamodb, env.CELLS_TABLE, now),
	agent: httpsAgent(),
	bootTimes: dynamodbBootTimes(dynamodb, env.IMAGES_TABLE, now),
	clientCredentials: dynamodbClientCredentials(dynamodb, env.CREDENTIALS_TABLE),
	bootTimeoutSeconds: env.BOOT_TIMEOUT_SECONDS,
	launchTimeoutSeconds: env.LAUNCH_TIMEOUT_SECONDS,
	rules: {
		bootAttempts: env.BOOT_ATTEMPTS,
		replaceLost: env.REPLACE_LOST,
		lossesPerHour: env.LOSSES_PER_HOUR,
		capacityTimeoutSeconds: env.CAPACITY_TIMEOUT_SECONDS,
	},
	pause: async (ms, signal) => setTimeout(ms, undefined, { signal }),
	now,
	log,
	metrics,
});
