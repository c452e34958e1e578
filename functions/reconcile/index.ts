/** Composition root of reconcile: environment -> adapters -> handler. */
import { DynamoDBClient } from "@aws-sdk/client-dynamodb";
import { EC2Client } from "@aws-sdk/client-ec2";
import { EventBridgeClient } from "@aws-sdk/client-eventbridge";
import { SSMClient } from "@aws-sdk/client-ssm";
import { ssmCellParameters } from "../../shared/bootstrap/cell-parameters.ssm.ts";
import { dynamodbCells } from "../../shared/cells/store.dynamodb.ts";
import { cellFromImage } from "../../shared/cells/stream.dynamodb.ts";
import { reconcileEnv } from "../../shared/config/env.ts";
import { ec2Instances } from "../../shared/instances/instances.ec2.ts";
import { eventbridgeStatusBus } from "../../shared/status/bus.eventbridge.ts";
import { telemetry } from "../telemetry.ts";
import { reconcileHandler } from "./handler.ts";

const env = reconcileEnv(process.env);
const { log, metrics, now } = telemetry("reconcile", env);
const ec2 = new EC2Client({});

export const handler = reconcileHandler({
	cells: dynamodbCells(new DynamoDBClient({}), env.CELLS_TABLE, now),
	instances: ec2Instances(ec2, ec2),
	cellParameters: ssmCellParameters(new SSMClient({})),
	bus: eventbridgeStatusBus(new EventBridgeClient({}), env.EVENT_BUS),
	cellOf: ({ dynamodb }) => cellFromImage(dynamodb?.NewImage),
	now,
	log,
	metrics,
});
