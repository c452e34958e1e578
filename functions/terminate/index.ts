/** Composition root of terminate: environment -> adapters -> handler. */
import { DynamoDBClient } from "@aws-sdk/client-dynamodb";
import { SQSClient } from "@aws-sdk/client-sqs";
import { dynamodbCells } from "../../shared/cells/store.dynamodb.ts";
import { terminateEnv } from "../../shared/config/env.ts";
import { sqsDeadLetters } from "../../shared/queues/dead-letters.sqs.ts";
import { sqsRedelivery } from "../../shared/queues/redelivery.sqs.ts";
import { telemetry } from "../telemetry.ts";
import { terminateHandler } from "./handler.ts";

const env = terminateEnv(process.env);
const { log, metrics, now } = telemetry("terminate", env);
const sqs = new SQSClient({});

export const handler = terminateHandler({
	cells: dynamodbCells(new DynamoDBClient({}), env.CELLS_TABLE, now),
	deadLetters: sqsDeadLetters(sqs, env.POD_DELETED_DLQ_URL),
	redelivery: sqsRedelivery(sqs, env.POD_DELETED_URL),
	now,
	log,
	metrics,
});
