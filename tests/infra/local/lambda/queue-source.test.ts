import { ReceiveMessageCommand, SendMessageCommand } from "@aws-sdk/client-sqs";
import type { SQSEvent } from "aws-lambda";
import { afterEach, describe, expect, it } from "vitest";
import type { LocalFunction } from "../../../../infra/local/lambda/function-process.ts";
import { failedIds, queueSource } from "../../../../infra/local/lambda/queue-source.ts";
import { startQueues } from "../../../../infra/local/queues.ts";

const closers: (() => Promise<void>)[] = [];
afterEach(async () => {
	for (const close of closers.splice(0).reverse()) await close();
});

const mapped = async (
	answer: (event: SQSEvent, call: number) => unknown,
	settings = { visibilitySeconds: 30, maxReceives: 5 },
) => {
	const server = await startQueues([{ name: "q", ...settings }]);
	closers.push(server.close);
	const [queue] = server.queues;
	if (queue === undefined) throw new Error("no queue");
	const events: SQSEvent[] = [];
	const target: LocalFunction = {
		name: "f",
		async invoke(event) {
			events.push(event as SQSEvent);
			return await answer(event as SQSEvent, events.length);
		},
		kill: () => false,
		async stop() {},
	};
	const stop = queueSource(server.sqs, queue, target, 2);
	closers.push(stop);
	const send = async (MessageBody: string, reason?: string) => {
		const MessageAttributes = reason && { reason: { DataType: "String", StringValue: reason } };
		await server.sqs.send(
			new SendMessageCommand({
				QueueUrl: queue.url,
				MessageBody,
				...(MessageAttributes && { MessageAttributes }),
			}),
		);
	};
	return { server, queue, events, send, stop };
};

describe("a queue's mapping", () => {
	it("hands a message on as Lambda does, and deletes it when the function is done with it", async () => {
		const handled = Promise.withResolvers<void>();
		const { events, send, server, queue, stop } = await mapped(() => {
			handled.resolve();
			return { batchItemFailures: [] };
		});
		await send("hello", "Greeting");
		await handled.promise;
		await stop();
		expect(events[0]?.Records[0]).toMatchObject({
			body: "hello",
			eventSource: "aws:sqs",
			eventSourceARN: queue.arn,
			attributes: { ApproximateReceiveCount: "1" },
			messageAttributes: { reason: { stringValue: "Greeting", dataType: "String" } },
		});
		expect(Number(events[0]?.Records[0]?.attributes.SentTimestamp)).toBeGreaterThan(0);
		const left = await server.sqs.send(new ReceiveMessageCommand({ QueueUrl: queue.url }));
		expect(left.Messages).toBeUndefined();
	});

	it("brings a message back that the function names, and carries it to the dead letters in the end", async () => {
		const { send, server, queue, events } = await mapped(
			({ Records }) => ({
				batchItemFailures: Records.map(({ messageId }) => ({ itemIdentifier: messageId })),
			}),
			{ visibilitySeconds: 0, maxReceives: 2 },
		);
		await send("poison");
		const dead = await server.sqs.send(
			new ReceiveMessageCommand({ QueueUrl: queue.deadLettersUrl, WaitTimeSeconds: 10 }),
		);
		expect(dead.Messages?.[0]?.Body).toBe("poison");
		expect(events).toHaveLength(2);
	});
});

describe("a function's answer", () => {
	const messages = [{ MessageId: "a" }, { MessageId: "b" }];
	it.each([
		{ answer: undefined, failed: [] },
		{ answer: null, failed: [] },
		{ answer: {}, failed: [] },
		{ answer: { batchItemFailures: [] }, failed: [] },
		{ answer: { batchItemFailures: null }, failed: [] },
		{ answer: { batchItemFailures: [{ itemIdentifier: "b" }] }, failed: ["b"] },
		{ answer: { batchItemFailures: [{ itemIdentifier: "x" }] }, failed: ["a", "b"] },
		{ answer: { batchItemFailures: [{ itemIdentifier: "" }] }, failed: ["a", "b"] },
		{ answer: { batchItemFailures: [{}] }, failed: ["a", "b"] },
		{ answer: { batchItemFailures: "b" }, failed: ["a", "b"] },
		{ answer: { error: new Error("crashed") }, failed: ["a", "b"] },
		{ answer: "done", failed: ["a", "b"] },
	])("$answer fails $failed, as Lambda reads it", ({ answer, failed }) => {
		expect([...failedIds(answer, messages)]).toEqual(failed);
	});
});
