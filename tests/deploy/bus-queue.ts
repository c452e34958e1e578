import { EventBridgeClient, PutRuleCommand, PutTargetsCommand } from "@aws-sdk/client-eventbridge";
import {
	CreateQueueCommand,
	DeleteMessageBatchCommand,
	type Message,
	ReceiveMessageCommand,
	SQSClient,
} from "@aws-sdk/client-sqs";
import * as z from "zod";
import { StatusEvent, statusDetailType } from "../../shared/status/model.ts";
import type { Emulator } from "./emulator.ts";

const BusEvent = z.object({
	source: z.literal("cellwright"),
	"detail-type": z.literal(statusDetailType),
	detail: StatusEvent,
});

/** What a consumer of status events has: a queue of its own behind a rule of its own on the bus. */
export async function queueBehind({ aws }: Emulator, busName: string) {
	const sqs = new SQSClient(aws);
	const events = new EventBridgeClient(aws);
	const accountId = aws.credentials.accessKeyId;
	const arn = `arn:aws:sqs:${aws.region}:${accountId}:consumer`;
	const rule = await events.send(
		new PutRuleCommand({
			Name: "consumer",
			EventBusName: busName,
			EventPattern: JSON.stringify({ "detail-type": [statusDetailType] }),
		}),
	);
	const { QueueUrl } = await sqs.send(
		new CreateQueueCommand({
			QueueName: "consumer",
			Attributes: { Policy: JSON.stringify(letsIn(arn, rule.RuleArn ?? "")) },
		}),
	);
	await events.send(
		new PutTargetsCommand({
			EventBusName: busName,
			Rule: "consumer",
			Targets: [{ Id: "queue", Arn: arn }],
		}),
	);
	const seen: StatusEvent[] = [];
	return {
		queueUrl: QueueUrl ?? "",
		/** Everything that has come so far, in the order in which it came. */
		seen: seen as readonly StatusEvent[],
		/** Takes what has come since. */
		async take(): Promise<readonly StatusEvent[]> {
			for (;;) {
				const messages = await drained(sqs, QueueUrl ?? "");
				if (messages.length === 0) return seen;
				for (const { Body } of messages) seen.push(BusEvent.parse(JSON.parse(Body ?? "")).detail);
			}
		},
		close() {
			sqs.destroy();
			events.destroy();
		},
	};
}

/** A queue's next messages, with their attributes, which are gone from it afterwards. */
export async function drained(sqs: SQSClient, QueueUrl: string): Promise<readonly Message[]> {
	const { Messages = [] } = await sqs.send(
		new ReceiveMessageCommand({
			QueueUrl,
			MaxNumberOfMessages: 10,
			MessageAttributeNames: ["All"],
		}),
	);
	if (Messages.length > 0)
		await sqs.send(
			new DeleteMessageBatchCommand({
				QueueUrl,
				Entries: Messages.map(({ ReceiptHandle }, index) => ({ Id: String(index), ReceiptHandle })),
			}),
		);
	return Messages;
}

const letsIn = (queueArn: string, ruleArn: string) => ({
	Version: "2012-10-17",
	Statement: [
		{
			Effect: "Allow",
			Principal: { Service: "events.amazonaws.com" },
			Action: "sqs:SendMessage",
			Resource: queueArn,
			Condition: { ArnEquals: { "aws:SourceArn": ruleArn } },
		},
	],
});
