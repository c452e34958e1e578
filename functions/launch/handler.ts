import middy from "@middy/core";
import type { SQSEvent } from "aws-lambda";
import { gathering } from "../../shared/flows/gathering.ts";
import { type ReceivePorts, receive } from "../../shared/flows/receive.ts";
import type { Redelivery } from "../../shared/queues/model.ts";
import { eachRecord, sentAtOf } from "../each-record.ts";
import { invocation } from "../invocation.ts";

/** Who works is known with each message. */
type Ports = Omit<ReceivePorts, "by"> & Readonly<{ redelivery: Redelivery }>;

/** pod-scheduled messages (SQS) in; the ids of those that must come again out. */
export const launchHandler = (ports: Ports) =>
	middy<SQSEvent>()
		.use(invocation(ports.log, ports.now))
		.handler(async (event, context) => {
			const join = gathering(event.Records.length);
			const received = eachRecord(
				async (record, signal) => {
					const member = join();
					const by = `${context.awsRequestId} ${record.messageId}`;
					try {
						await receive(record.body, sentAtOf(record), { ...ports, by }, signal, member);
					} finally {
						member.leave();
					}
				},
				{
					log: ports.log,
					redelivery: ports.redelivery,
					onReturned: (Reason) => ports.metrics.add("PodsWaiting", 1, { Reason }),
				},
			);
			return await received(event, context);
		});
