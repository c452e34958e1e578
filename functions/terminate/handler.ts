import middy from "@middy/core";
import type { SQSEvent } from "aws-lambda";
import { type ReleasePorts, release } from "../../shared/flows/release.ts";
import type { Redelivery } from "../../shared/queues/model.ts";
import { eachRecord, sentAtOf } from "../each-record.ts";
import { invocation } from "../invocation.ts";

/** pod-deleted messages (SQS) in; the ids of those that must come again out. */
export const terminateHandler = (ports: ReleasePorts & Readonly<{ redelivery: Redelivery }>) =>
	middy<SQSEvent>()
		.use(invocation(ports.log, ports.now))
		.handler(
			eachRecord(async (record, signal) => release(record.body, sentAtOf(record), ports, signal), {
				log: ports.log,
				redelivery: ports.redelivery,
			}),
		);
