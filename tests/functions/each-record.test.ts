import type { Context, SQSEvent, SQSRecord } from "aws-lambda";
import { describe, expect, it } from "vitest";
import { eachRecord, sentAtOf } from "../../functions/each-record.ts";
import { ProvisionerError } from "../../shared/errors.ts";
import { aLog } from "../support/telemetry.ts";

const record = (messageId: string, body = messageId): SQSRecord => ({
	messageId,
	receiptHandle: `handle-${messageId}`,
	body,
	attributes: {
		ApproximateReceiveCount: "1",
		SentTimestamp: "1795426958743",
		SenderId: "me",
		ApproximateFirstReceiveTimestamp: "1795426958782",
	},
	messageAttributes: {},
	md5OfBody: "",
	eventSource: "aws:sqs",
	eventSourceARN: "arn:aws:sqs:us-east-1:000000000000:q",
	awsRegion: "us-east-1",
});
const batch = (...ids: string[]): SQSEvent => ({ Records: ids.map((id) => record(id)) });
const context = (remainingMs = 60_000) =>
	({ getRemainingTimeInMillis: () => remainingMs }) as Context;

describe("a batch of messages", () => {
	it("gives back exactly the messages that failed, whatever the others did", async () => {
		const handle = eachRecord(
			async ({ body }) => {
				if (body.startsWith("bad")) throw new Error(body);
			},
			{ log: aLog() },
		);
		expect(await handle(batch("a", "bad-1", "b", "bad-2"), context())).toEqual({
			batchItemFailures: [{ itemIdentifier: "bad-1" }, { itemIdentifier: "bad-2" }],
		});
	});

	it("gives back only the message that outlives the deadline", async () => {
		const handle = eachRecord(
			async ({ body }, signal) => {
				if (body !== "slow") return;
				await new Promise((_, reject) =>
					signal.addEventListener("abort", () => reject(signal.reason)),
				);
			},
			{ log: aLog() },
		);
		expect(await handle(batch("slow", "quick"), context(3_010))).toEqual({
			batchItemFailures: [{ itemIdentifier: "slow" }],
		});
	});

	it("lets a failure decide when its message comes again", async () => {
		const asked: unknown[] = [];
		const handle = eachRecord(
			async () => {
				throw new ProvisionerError("unavailable", "NoCapacity", "later", { retryAfterSeconds: 20 });
			},
			{
				log: aLog(),
				redelivery: { after: async (handle, seconds) => void asked.push([handle, seconds]) },
			},
		);
		await handle(batch("a"), context());
		expect(asked).toEqual([["handle-a", 20]]);
	});

	it("gives a message back all the same when SQS doesn't take the delay", async () => {
		const handle = eachRecord(
			async () => {
				throw new ProvisionerError("unavailable", "NoCapacity", "later", { retryAfterSeconds: 20 });
			},
			{
				log: aLog(),
				redelivery: {
					after: async () => {
						throw new Error("no network");
					},
				},
			},
		);
		expect(await handle(batch("a"), context())).toEqual({
			batchItemFailures: [{ itemIdentifier: "a" }],
		});
	});

	it("reads when a message was sent", () => {
		expect(sentAtOf(record("a"))).toEqual(new Date(1_795_426_958_743));
	});
});
