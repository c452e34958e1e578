import middy from "@middy/core";
import type { SQSEvent } from "aws-lambda";
import { type ReceivePorts, receive } from "../../shared/flows/receive.ts";
import type { Redelivery } from "../../shared/queues/model.ts";
import { eachRecord, sentAtOf } from "../each-record.ts";
import { invocation } from "../invocation.ts";

/** pod-scheduled messages (SQS) in; the ids of those that must come again out. */
export const launchHandler = (ports: ReceivePorts & Readonly<{ redelivery: Redelivery }>) =>
	middy<SQSEvent>()
		.use(invocation(ports.log, ports.now))
		.handler(
			eachRecord(async (record, signal) => receive(record.body, sentAtOf(record), ports, signal), {
				log: ports.log,
				redelivery: ports.redelivery,
				onReturned: (Reason) => ports.metrics.add("PodsWaiting", 1, { Reason }),
			}),
		);
