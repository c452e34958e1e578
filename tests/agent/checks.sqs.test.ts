import {
	CreateQueueCommand,
	GetQueueAttributesCommand,
	ReceiveMessageCommand,
	SQSClient,
} from "@aws-sdk/client-sqs";
import { buildApp } from "fauxqs";
import { afterAll, beforeAll, describe, expect, it } from "vitest";
import { sqsReadinessChecks } from "../../shared/agent/checks.sqs.ts";
import { cellCheckBody, readCellCheck } from "../../shared/agent/model.ts";

const { signal } = new AbortController();
const app = buildApp({ logger: false });
let sqs: SQSClient;
let endpoint = "";
let queues = 0;

/** fauxqs names its queues by a host that not every system resolves. */
async function newQueue(): Promise<string> {
	const QueueName = `cell-checks-${queues++}`;
	const { QueueUrl = "" } = await sqs.send(new CreateQueueCommand({ QueueName }));
	return `${endpoint}${new URL(QueueUrl).pathname}`;
}

async function counts(QueueUrl: string): Promise<{ ready: number; delayed: number }> {
	const { Attributes = {} } = await sqs.send(
		new GetQueueAttributesCommand({ QueueUrl, AttributeNames: ["All"] }),
	);
	return {
		ready: Number(Attributes["ApproximateNumberOfMessages"]),
		delayed: Number(Attributes["ApproximateNumberOfMessagesDelayed"]),
	};
}

beforeAll(async () => {
	await app.listen({ port: 0, host: "127.0.0.1" });
	const address = app.server.address();
	if (address === null || typeof address === "string") throw new Error("not listening on a port");
	endpoint = `http://127.0.0.1:${address.port}`;
	sqs = new SQSClient({
		endpoint,
		region: "us-east-1",
		credentials: { accessKeyId: "local", secretAccessKey: "local" },
	});
});
afterAll(async () => {
	sqs.destroy();
	await app.close();
});

describe("sqsReadinessChecks", () => {
	it("asks for a check that readiness can read", async () => {
		const QueueUrl = await newQueue();
		await sqsReadinessChecks(sqs, QueueUrl).ask("pod-1", 1, 0, signal);
		const { Messages = [] } = await sqs.send(new ReceiveMessageCommand({ QueueUrl }));
		expect(Messages.map(({ Body = "" }) => readCellCheck(Body).podUid)).toEqual(["pod-1"]);
	});

	it.each([
		{ when: "it lies in the past", delaySeconds: -5, lies: { ready: 1, delayed: 0 } },
		{ when: "it is part of a second", delaySeconds: 30.2, lies: { ready: 0, delayed: 1 } },
		{ when: "SQS has none so long", delaySeconds: 86_400, lies: { ready: 0, delayed: 1 } },
	])("takes a delay also when $when", async ({ delaySeconds, lies }) => {
		const queue = await newQueue();
		await sqsReadinessChecks(sqs, queue).ask("pod-1", 1, delaySeconds, signal);
		expect(await counts(queue)).toEqual(lies);
	});
});

describe("readCellCheck", () => {
	it("reads what was written, byte for byte as agreed", () => {
		const body =
			'{"apiVersion":"cellwright.dev/v1","kind":"CellCheck","podUid":"pod-1","attempt":1}';
		expect(cellCheckBody("pod-1", 1)).toBe(body);
		expect(readCellCheck(body)).toEqual(JSON.parse(body));
	});

	it.each([
		{ when: "it is no JSON", body: "{", path: "(message body)" },
		{ when: "it is no object", body: "[]", path: "(message body)" },
		{
			when: "it is of another version",
			body: '{"apiVersion":"cellwright.dev/v2","kind":"CellCheck","podUid":"a","attempt":1}',
			path: "apiVersion",
		},
		{
			when: "it names no pod",
			body: '{"apiVersion":"cellwright.dev/v1","kind":"CellCheck","podUid":"","attempt":1}',
			path: "podUid",
		},
	])("refuses a message when $when", ({ body, path }) => {
		expect(() => readCellCheck(body)).toThrow(
			expect.objectContaining({
				kind: "invalid",
				reason: "InvalidCellCheck",
				faults: [expect.objectContaining({ path })],
			}),
		);
	});

	it("names every fault", () => {
		expect(() => readCellCheck("{}")).toThrow(/apiVersion.*\nkind.*\npodUid.*\nattempt/);
	});
});
