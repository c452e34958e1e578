import { setTimeout as delay } from "node:timers/promises";
import {
	DeleteMessageBatchCommand,
	type Message,
	ReceiveMessageCommand,
	type SQSClient,
} from "@aws-sdk/client-sqs";
import type { SQSEvent, SQSRecord } from "aws-lambda";
import type { LocalQueue } from "../queues.ts";
import type { LocalFunction } from "./function-process.ts";

/** As the deployed mapping: batches of up to ten, no window, partial responses. */
const batchSize = 10;
const retryMs = 500;

/**
 * An SQS event source mapping: takes batches from a queue, invokes the function with each, and deletes what
 * the answer doesn't name. What fails comes back when its visibility time-out is over.
 *
 * @param concurrency batches in flight at once.
 * @returns stops taking, and waits for what is in flight.
 */
export function queueSource(
	sqs: SQSClient,
	queue: LocalQueue,
	target: LocalFunction,
	concurrency: number,
): () => Promise<void> {
	const stopping = new AbortController();
	const inFlight = new Set<Promise<void>>();
	const taking = (async () => {
		while (!stopping.signal.aborted) {
			if (inFlight.size >= concurrency) {
				await Promise.race(inFlight);
				continue;
			}
			const messages = await received(sqs, queue, stopping.signal);
			if (messages.length === 0) continue;
			const batch = handled(sqs, queue, target, messages).finally(() => inFlight.delete(batch));
			inFlight.add(batch);
		}
	})();
	return async () => {
		stopping.abort();
		await taking;
		await Promise.allSettled(inFlight);
	};
}

async function received(
	sqs: SQSClient,
	{ url }: LocalQueue,
	signal: AbortSignal,
): Promise<readonly Message[]> {
	try {
		const { Messages = [] } = await sqs.send(
			new ReceiveMessageCommand({
				QueueUrl: url,
				MaxNumberOfMessages: batchSize,
				WaitTimeSeconds: 20,
				MessageSystemAttributeNames: ["All"],
				MessageAttributeNames: ["All"],
			}),
			{ abortSignal: signal },
		);
		return Messages;
	} catch {
		// As Lambda's pollers do, it goes on asking, whatever happens to the queue meanwhile.
		await delay(retryMs, undefined, { signal }).catch(() => undefined);
		return [];
	}
}

async function handled(
	sqs: SQSClient,
	queue: LocalQueue,
	target: LocalFunction,
	messages: readonly Message[],
): Promise<void> {
	const event: SQSEvent = { Records: messages.map((message) => recordOf(message, queue.arn)) };
	const failed = failedIds(
		await target.invoke(event).catch((error: unknown) => ({ error })),
		messages,
	);
	const done = messages.filter(({ MessageId }) => !failed.has(MessageId ?? ""));
	if (done.length === 0) return;
	await sqs.send(
		new DeleteMessageBatchCommand({
			QueueUrl: queue.url,
			Entries: done.map(({ MessageId, ReceiptHandle }) => ({ Id: MessageId, ReceiptHandle })),
		}),
	);
}

/** Which messages stay: those named, or all of them after an error or an answer that Lambda wouldn't understand. */
export const failedIds = (answer: unknown, messages: readonly Message[]): ReadonlySet<string> => {
	const ids = messages.map(({ MessageId }) => MessageId ?? "");
	if (answer === null || answer === undefined) return new Set();
	if (typeof answer !== "object" || "error" in answer) return new Set(ids);
	if (!("batchItemFailures" in answer) || answer.batchItemFailures === null) return new Set();
	if (!Array.isArray(answer.batchItemFailures)) return new Set(ids);
	const named: unknown[] = answer.batchItemFailures.map(
		(failure: { itemIdentifier?: unknown }) => failure?.itemIdentifier,
	);
	const known = named.filter((id) => typeof id === "string" && ids.includes(id));
	return new Set(known.length === named.length ? known.map(String) : ids);
};

const recordOf = (message: Message, arn: string): SQSRecord => ({
	messageId: message.MessageId ?? "",
	receiptHandle: message.ReceiptHandle ?? "",
	body: message.Body ?? "",
	attributes: {
		ApproximateReceiveCount: message.Attributes?.ApproximateReceiveCount ?? "1",
		SentTimestamp: message.Attributes?.SentTimestamp ?? "",
		SenderId: message.Attributes?.SenderId ?? "",
		ApproximateFirstReceiveTimestamp: message.Attributes?.ApproximateFirstReceiveTimestamp ?? "",
	},
	messageAttributes: Object.fromEntries(
		Object.entries(message.MessageAttributes ?? {}).map(([name, { DataType, StringValue }]) => [
			name,
			{
				dataType: DataType ?? "String",
				...(StringValue === undefined ? {} : { stringValue: StringValue }),
			},
		]),
	),
	md5OfBody: message.MD5OfBody ?? "",
	eventSource: "aws:sqs",
	eventSourceARN: arn,
	awsRegion: "us-east-1",
});
