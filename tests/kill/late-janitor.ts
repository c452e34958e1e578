import { DynamoDBClient } from "@aws-sdk/client-dynamodb";
import { EC2Client } from "@aws-sdk/client-ec2";
import { SQSClient } from "@aws-sdk/client-sqs";
import { SSMClient } from "@aws-sdk/client-ssm";
import { laptopAws } from "../../infra/local/laptop-aws.ts";
import { names } from "../../infra/local/names.ts";
import type { Stack } from "../../infra/local/stack.ts";
import { sqsReadinessChecks } from "../../shared/agent/checks.sqs.ts";
import { ssmCellParameters } from "../../shared/bootstrap/cell-parameters.ssm.ts";
import { dynamodbCellIndex } from "../../shared/cells/index.dynamodb.ts";
import { dynamodbCells } from "../../shared/cells/store.dynamodb.ts";
import { sweep } from "../../shared/flows/janitor/sweep.ts";
import { ec2Fleet } from "../../shared/instances/fleet.ec2.ts";
import { ec2Instances } from "../../shared/instances/instances.ec2.ts";
import { dynamodbCellLimits } from "../../shared/limits/limits.dynamodb.ts";
import { sqsWakeUps } from "../../shared/queues/wake-ups.sqs.ts";
import { dynamodbSightings } from "../../shared/sightings/sightings.dynamodb.ts";
import { aLog, someMetrics } from "../support/telemetry.ts";

/**
 * One run of the janitor over the stack, so many minutes from now by its own clock: it waits for minutes before it
 * calls anything lost, and nobody who runs this wants to.
 *
 * @returns its log.
 */
export async function janitorLater(stack: Stack, minutes: number): Promise<readonly string[]> {
	const lines: string[] = [];
	const { endpoints, provider, podScheduled, cellChecks } = stack;
	const dynamodb = new DynamoDBClient({ ...laptopAws, endpoint: endpoints.dynamodb });
	const ec2 = new EC2Client({ ...laptopAws, endpoint: endpoints.ec2 });
	const sqs = new SQSClient({ ...laptopAws, endpoint: endpoints.sqs });
	const ssm = new SSMClient({ ...laptopAws, endpoint: endpoints.ssm });
	const now = (): Date => new Date(Date.now() + minutes * 60_000);
	const { config } = provider;
	await sweep(
		{
			cells: dynamodbCells(dynamodb, names.cells, now),
			index: dynamodbCellIndex(dynamodb, names.cells),
			fleet: ec2Fleet(ec2, names.controllerId),
			instances: ec2Instances(ec2, ec2),
			cellParameters: ssmCellParameters(ssm),
			checks: sqsReadinessChecks(sqs, cellChecks.url),
			wakeUps: sqsWakeUps(sqs, podScheduled.url),
			limits: dynamodbCellLimits(dynamodb, names.ledger, config.limits, now),
			sightings: dynamodbSightings(dynamodb, names.ledger, now),
			config,
			controllerId: names.controllerId,
			now,
			log: aLog(lines),
			metrics: someMetrics(),
		},
		AbortSignal.timeout(60_000),
	);
	for (const client of [dynamodb, ec2, sqs, ssm]) client.destroy();
	return lines;
}
