import middy from "@middy/core";
import type { SQSEvent } from "aws-lambda";
import { readCellCheck } from "../../shared/agent/model.ts";
import { type AwaitReadyPorts, awaitReady } from "../../shared/flows/await-ready.ts";
import { eachRecord } from "../each-record.ts";
import { invocation } from "../invocation.ts";

/**
 * cell-checks (SQS) in; the ids of the cells that are neither ready nor over. They come back after the
 * queue's visibility time-out: from inside the VPC this function reaches nothing but DynamoDB and cells.
 */
export const readinessHandler = (ports: AwaitReadyPorts) =>
	middy<SQSEvent>()
		.use(invocation(ports.log, ports.now))
		.handler(
			eachRecord(async ({ body }, signal) => awaitReady(readCellCheck(body), ports, signal), {
				log: ports.log,
			}),
		);
