import {
	ChangeMessageVisibilityCommand,
	DeleteMessageCommand,
	ReceiveMessageCommand,
	SendMessageCommand,
} from "@aws-sdk/client-sqs";
import { afterAll, describe } from "vitest";
import { startQueues } from "../../infra/local/queues.ts";
import { type ContractQueue, honoursQueue } from "../contracts/queue.ts";
import { simulatedQueue } from "./queue.ts";

describe("the queue of the simulation", () => {
	honoursQueue(async (settings): Promise<ContractQueue> => {
		let nowMs = 0;
		const queue = simulatedQueue(
			{ name: "q", ...settings },
			{ nowMs: () => nowMs, draw: () => 0, after: () => undefined },
		);
		return {
			send: async (body, delaySeconds) => queue.send(body, delaySeconds),
			async receive(withinSeconds) {
				nowMs += withinSeconds * 1000;
				return queue.receive().map(({ body, receiptHandle, attributes }) => ({
					body,
					receipt: receiptHandle,
					receives: Number(attributes.ApproximateReceiveCount),
				}));
			},
			settle: async (receipt) => queue.settle(receipt),
			changeVisibility: async (receipt, seconds) => queue.changeVisibility(receipt, seconds),
			dead: async () => queue.dead,
		};
	});
});

describe("SQS by its wire protocol", () => {
	const closers: (() => Promise<void>)[] = [];
	afterAll(async () => {
		for (const close of closers) await close();
	});
	honoursQueue(async (settings): Promise<ContractQueue> => {
		const server = await startQueues([{ name: "q", ...settings }]);
		closers.push(server.close);
		const [queue] = server.queues;
		if (queue === undefined) throw new Error("no queue");
		const QueueUrl = queue.url;
		const received = async (url: string, WaitTimeSeconds: number) => {
			const { Messages = [] } = await server.sqs.send(
				new ReceiveMessageCommand({
					QueueUrl: url,
					WaitTimeSeconds,
					MaxNumberOfMessages: 10,
					MessageSystemAttributeNames: ["All"],
				}),
			);
			return Messages.map(({ Body = "", ReceiptHandle = "", Attributes }) => ({
				body: Body,
				receipt: ReceiptHandle,
				receives: Number(Attributes?.ApproximateReceiveCount),
			}));
		};
		return {
			async send(MessageBody, DelaySeconds) {
				await server.sqs.send(new SendMessageCommand({ QueueUrl, MessageBody, DelaySeconds }));
			},
			receive: async (withinSeconds) => await received(QueueUrl, withinSeconds),
			async settle(ReceiptHandle) {
				await server.sqs.send(new DeleteMessageCommand({ QueueUrl, ReceiptHandle }));
			},
			async changeVisibility(ReceiptHandle, VisibilityTimeout) {
				await server.sqs.send(
					new ChangeMessageVisibilityCommand({ QueueUrl, ReceiptHandle, VisibilityTimeout }),
				);
			},
			dead: async () => (await received(queue.deadLettersUrl, 1)).map(({ body }) => body),
		};
	});
});
