import { gunzipSync } from "node:zlib";
import { CreateQueueCommand, ReceiveMessageCommand, SendMessageCommand } from "@aws-sdk/client-sqs";
import { afterAll, beforeAll, beforeEach, describe, expect, it } from "vitest";
import { startQueues } from "../../infra/local/queues.ts";
import { sqsDeadLetters } from "../../shared/queues/dead-letters.sqs.ts";
import { sqsRedelivery } from "../../shared/queues/redelivery.sqs.ts";

const { signal } = new AbortController();
let server: Awaited<ReturnType<typeof startQueues>>;
let url = "";
let count = 0;

beforeAll(async () => {
	server = await startQueues([{ name: "unused", visibilitySeconds: 30, maxReceives: 3 }]);
});
beforeEach(async () => {
	count += 1;
	const created = await server.sqs.send(
		new CreateQueueCommand({ QueueName: `q-${count}`, Attributes: { VisibilityTimeout: "600" } }),
	);
	url = created.QueueUrl ?? "";
});
afterAll(async () => server.close());

const received = async () => {
	const { Messages = [] } = await server.sqs.send(
		new ReceiveMessageCommand({
			QueueUrl: url,
			MessageAttributeNames: ["All"],
			WaitTimeSeconds: 5,
		}),
	);
	return Messages[0];
};

describe("a dead letter", () => {
	const faults = [
		{ path: "pod.metadata.uid", problem: "is missing" },
		{ path: "apiVersion", value: "v7", problem: "is not known" },
	];

	it("keeps the body as it was, with the reason and every fault", async () => {
		await sqsDeadLetters(server.sqs, url).keep("{not json", "UnreadableMessage", faults, signal);
		const message = await received();
		expect(message?.Body).toBe("{not json");
		expect(message?.MessageAttributes?.["reason"]?.StringValue).toBe("UnreadableMessage");
		expect(message?.MessageAttributes?.["faults"]?.StringValue).toBe(
			"pod.metadata.uid: is missing\napiVersion: is not known (found: v7)",
		);
	});

	it("loses nothing of a body that leaves no room for its reason", async () => {
		const body = Array.from({ length: 80 * 1024 }, (_, i) => `line ${i} ....`)
			.join("\n")
			.slice(0, 1024 * 1024);
		expect(body).toHaveLength(1024 * 1024);
		await sqsDeadLetters(server.sqs, url).keep(body, "UnreadableMessage", faults, signal);
		const message = await received();
		const packed = message?.MessageAttributes?.["body"]?.BinaryValue;
		expect(gunzipSync(packed ?? new Uint8Array()).toString()).toBe(body);
		expect(message?.MessageAttributes?.["reason"]?.StringValue).toBe("UnreadableMessage");
	});

	it("is taken by SQS whatever characters the faults quote", async () => {
		const hostile = [{ path: "a\u0000b", value: "\u001b[31m", problem: "has control characters" }];
		await sqsDeadLetters(server.sqs, url).keep("x", "UnreadableMessage", hostile, signal);
		expect((await received())?.MessageAttributes?.["faults"]?.StringValue).not.toContain("\u0000");
	});
});

describe("redelivery", () => {
	it("brings a message back at once when asked to, whatever the queue's own delay", async () => {
		await server.sqs.send(new SendMessageCommand({ QueueUrl: url, MessageBody: "again" }));
		const first = await received();
		await sqsRedelivery(server.sqs, url).after(first?.ReceiptHandle ?? "", 0, signal);
		expect((await received())?.Body).toBe("again");
	});
});
