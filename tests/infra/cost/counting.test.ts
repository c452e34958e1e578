import { DynamoDBClient, GetItemCommand, PutItemCommand } from "@aws-sdk/client-dynamodb";
import { ReceiveMessageCommand, SendMessageCommand } from "@aws-sdk/client-sqs";
import { describe, expect, it, onTestFinished } from "vitest";
import { type Call, watchCalls } from "../../../infra/cost/calls.ts";
import { indexWrites } from "../../../infra/cost/index-writes.ts";
import { Tallier } from "../../../infra/cost/tally.ts";
import { cellIndexes } from "../../../infra/local/cell-indexes.ts";
import { startDynamodb } from "../../../infra/local/dynamodb.ts";
import { laptopAws } from "../../../infra/local/laptop-aws.ts";
import { names } from "../../../infra/local/names.ts";
import { startQueues } from "../../../infra/local/queues.ts";

/** Counts at these endpoints until the test is over. */
function counted(endpoints: Readonly<Record<string, string>>) {
	const tallier = new Tallier();
	const calls: Call[] = [];
	onTestFinished(
		watchCalls(endpoints, (call) => {
			calls.push(call);
			tallier.call(call);
		}),
	);
	return { tallier, calls };
}

async function table() {
	const server = await startDynamodb(
		[{ name: names.cells, key: "podUid", streamed: true, indexes: cellIndexes }],
		() => undefined,
	);
	onTestFinished(async () => await server.close());
	const client = new DynamoDBClient({ ...laptopAws, endpoint: server.endpoint });
	onTestFinished(() => client.destroy());
	return { client, ...counted({ dynamodb: server.endpoint }) };
}

const put = (text: string, more: object = {}) =>
	new PutItemCommand({
		TableName: names.cells,
		Item: { podUid: { S: "web" }, text: { S: text } },
		...more,
	});

describe("counting at the endpoints", () => {
	it("sees writes by their items' size, and the answers stay the same", async () => {
		const { client, tallier } = await table();
		await client.send(put("x".repeat(2_500)));
		expect(tallier.sums()).toEqual({ "dynamodb.writeUnits": 3 });
		const { Item } = await client.send(
			new GetItemCommand({ TableName: names.cells, Key: { podUid: { S: "web" } } }),
		);
		expect(Item?.["text"]?.S).toHaveLength(2_500);
		// Eventually consistent: half a unit.
		expect(tallier.sums()).toEqual({ "dynamodb.readUnits": 0.5, "dynamodb.writeUnits": 3 });
	});

	it("charges a refused write as much as the item that it met", async () => {
		const { client, tallier } = await table();
		await client.send(put("x".repeat(1_500)));
		const refused = put("y", { ConditionExpression: "attribute_not_exists(podUid)" });
		await expect(client.send(refused)).rejects.toThrow("conditional");
		expect(tallier.sums()).toEqual({ "dynamodb.writeUnits": 4, "dynamodb.refusedWrites": 1 });
	});

	it("adds what a write changes in the indexes", async () => {
		const { client, tallier } = await table();
		const Item = { podUid: { S: "web" }, instanceId: { S: "i-1" } };
		await client.send(new PutItemCommand({ TableName: names.cells, Item }));
		expect(tallier.sums()).toEqual({ "dynamodb.writeUnits": 2 });
		await client.send(new PutItemCommand({ TableName: names.cells, Item }));
		expect(tallier.sums()).toEqual({ "dynamodb.writeUnits": 3 });
	});

	it("tells requests of SQS from those that came back empty", async () => {
		const settings = { visibilitySeconds: 30, maxReceives: 10 };
		const { endpoint, sqs, queues, close } = await startQueues([{ name: "any", ...settings }]);
		onTestFinished(close);
		const { tallier, calls } = counted({ sqs: endpoint });
		const QueueUrl = queues[0]?.url;
		await sqs.send(new ReceiveMessageCommand({ QueueUrl }));
		await sqs.send(new SendMessageCommand({ QueueUrl, MessageBody: "hello" }));
		await sqs.send(new ReceiveMessageCommand({ QueueUrl }));
		expect(calls.map(({ action }) => action)).toEqual([
			"ReceiveMessage",
			"SendMessage",
			"ReceiveMessage",
		]);
		expect(tallier.sums()).toEqual({ "sqs.emptyReceives": 1, "sqs.requests": 2 });
	});
});

describe("index writes", () => {
	const unsettled = { unsettledShard: { S: "1" }, changedAt: { S: "a" }, phase: { S: "Booting" } };
	it.each([
		["an entry that comes", undefined, unsettled, 1],
		["one that goes", unsettled, { phase: { S: "Terminated" } }, 1],
		["one whose key changes", unsettled, { ...unsettled, changedAt: { S: "b" } }, 2],
		["one that carries something else", unsettled, { ...unsettled, phase: { S: "Ready" } }, 1],
		["nothing of it changes", unsettled, { ...unsettled, other: { S: "x" } }, 0],
		["both indexes", undefined, { ...unsettled, instanceId: { S: "i-1" } }, 2],
		["an item that is in none", undefined, { podUid: { S: "web" } }, 0],
	] as const)("%s", (_, before, after, writes) => {
		expect(indexWrites(cellIndexes, before, after)).toBe(writes);
	});
});

describe("a function's log", () => {
	it("is counted in bytes, and its metrics by name and dimensions", () => {
		const tallier = new Tallier();
		const metric = (Reason: string) =>
			JSON.stringify({
				_aws: {
					CloudWatchMetrics: [{ Dimensions: [["Reason"]], Metrics: [{ Name: "CellsLost" }] }],
				},
				Reason,
				CellsLost: 1,
			});
		for (const line of ["é", metric("a"), metric("a"), metric("b")]) tallier.line("launch", line);
		expect(tallier.metrics()).toBe(2);
		const bytes = 3 + 3 * (metric("a").length + 1);
		expect(tallier.sums()).toEqual({ "logs.bytes.launch": bytes });
	});

	it("takes invocations from what AWS measures, rounded up to a millisecond", () => {
		const tallier = new Tallier();
		tallier.measured(JSON.stringify({ FunctionName: "cellwright-launch", Duration: 10.2 }));
		tallier.measured(JSON.stringify({ QueueName: "any", ApproximateNumberOfMessagesVisible: 3 }));
		expect(tallier.sums()).toEqual({ "lambda.invocations.launch": 1, "lambda.ms.launch": 11 });
	});
});
