/** Composition root of reconcile: environment -> adapters -> handler. */
import { DynamoDBClient } from "@aws-sdk/client-dynamodb";
import { EC2Client } from "@aws-sdk/client-ec2";
import { EventBridgeClient } from "@aws-sdk/client-eventbridge";
import { SQSClient } from "@aws-sdk/client-sqs";
import { SSMClient } from "@aws-sdk/client-ssm";
import { ssmCellParameters } from "../../shared/bootstrap/cell-parameters.ssm.ts";
import { dynamodbCells } from "../../shared/cells/store.dynamodb.ts";
import { cellFromImage } from "../../shared/cells/stream.dynamodb.ts";
import { reconcileEnv } from "../../shared/config/env.ts";
import { ec2Fleet } from "../../shared/instances/fleet.ec2.ts";
import { ec2Instances } from "../../shared/instances/instances.ec2.ts";
import { dynamodbCellLimits } from "../../shared/limits/limits.dynamodb.ts";
import { sqsWakeUps } from "../../shared/queues/wake-ups.sqs.ts";
import { eventbridgeStatusBus } from "../../shared/status/bus.eventbridge.ts";
import { telemetry } from "../telemetry.ts";
import { reconcileHandler } from "./handler.ts";

const env = reconcileEnv(process.env);
const { log, metrics, now } = telemetry("reconcile", env);
const ec2 = new EC2Client({});
const dynamodb = new DynamoDBClient({});
/** It only gives back, whatever the limits are: it reads no provider.yaml. */
const anyLimits = { cells: Number.POSITIVE_INFINITY, hourlyUsd: undefined };

export const handler = reconcileHandler({
	cells: dynamodbCells(dynamodb, env.CELLS_TABLE, now),
	instances: ec2Instances(ec2, ec2),
	fleet: ec2Fleet(ec2, env.CONTROLLER_ID),
	limits: dynamodbCellLimits(dynamodb, env.LEDGER_TABLE, anyLimits, now),
	wakeUps: sqsWakeUps(new SQSClient({}), env.POD_SCHEDULED_URL),
	cellParameters: ssmCellParameters(new SSMClient({})),
	bus: eventbridgeStatusBus(new EventBridgeClient({}), env.EVENT_BUS),
	cellOf: ({ dynamodb }) => cellFromImage(dynamodb?.NewImage),
	now,
	log,
	metrics,
});
