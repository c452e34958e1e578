/** Composition root of interruptions: environment -> adapters -> handler. */
import { DynamoDBClient } from "@aws-sdk/client-dynamodb";
import { EC2Client } from "@aws-sdk/client-ec2";
import { checkCloudInit } from "../../shared/bootstrap/check-cloud-init.ts";
import { dynamodbCellIndex } from "../../shared/cells/index.dynamodb.ts";
import { dynamodbCells } from "../../shared/cells/store.dynamodb.ts";
import { interruptionsEnv } from "../../shared/config/env.ts";
import { loadProvider } from "../../shared/config/load.ts";
import { ec2Fleet } from "../../shared/instances/fleet.ec2.ts";
import { dynamodbSetAsideList } from "../../shared/offerings/set-aside.dynamodb.ts";
import { setAsideTimes } from "../../shared/offerings/set-aside.ts";
import { ec2Subnets } from "../../shared/offerings/subnets.ec2.ts";
import { telemetry } from "../telemetry.ts";
import { interruptionsHandler } from "./handler.ts";

const env = interruptionsEnv(process.env);
const { log, metrics, now } = telemetry("interruptions", env);
const dynamodb = new DynamoDBClient({});
const ec2 = new EC2Client({});
const { config } = await loadProvider(env.PROVIDER_FILE, checkCloudInit, {
	region: env.AWS_REGION,
});

export const handler = interruptionsHandler({
	index: dynamodbCellIndex(dynamodb, env.CELLS_TABLE),
	cells: dynamodbCells(dynamodb, env.CELLS_TABLE, now),
	fleet: ec2Fleet(ec2, env.CONTROLLER_ID),
	subnets: ec2Subnets(ec2, config.aws.subnetIds, now),
	setAside: dynamodbSetAsideList(
		dynamodb,
		env.OFFERINGS_TABLE,
		setAsideTimes(env.CAPACITY_SET_ASIDE_SECONDS),
		now,
	),
	rules: config.cells,
	now,
	log,
	metrics,
});
