import {
	DeleteItemCommand,
	DynamoDBClient,
	PutItemCommand,
	UpdateItemCommand,
} from "@aws-sdk/client-dynamodb";
import { afterAll, beforeAll, describe, expect, it } from "vitest";
import { type Change, startDynamodb } from "../../../infra/local/dynamodb.ts";
import { laptopAws } from "../../../infra/local/laptop-aws.ts";

describe("the stream of a table on loopback", () => {
	const changes: Change[] = [];
	let server: Awaited<ReturnType<typeof startDynamodb>>;
	let client: DynamoDBClient;
	beforeAll(async () => {
		server = await startDynamodb(
			[
				{ name: "cells", key: "podUid", streamed: true },
				{ name: "images", key: "key", streamed: false },
			],
			(change) => changes.push(change),
		);
		client = new DynamoDBClient({ ...laptopAws, endpoint: server.endpoint });
	});
	afterAll(async () => {
		client.destroy();
		await server.close();
	});

	const of = (uid: string) => changes.filter(({ keys }) => keys["podUid"]?.S === uid);
	const put = (uid: string, n: number) =>
		client.send(
			new PutItemCommand({
				TableName: "cells",
				Item: { podUid: { S: uid }, n: { N: String(n) } },
			}),
		);

	it("tells each write once, in order, with the item before and after", async () => {
		await put("a", 1);
		await client.send(
			new UpdateItemCommand({
				TableName: "cells",
				Key: { podUid: { S: "a" } },
				UpdateExpression: "SET n = :n",
				ExpressionAttributeValues: { ":n": { N: "2" } },
			}),
		);
		await client.send(new DeleteItemCommand({ TableName: "cells", Key: { podUid: { S: "a" } } }));
		expect(
			of("a").map(({ kind, before, after }) => [kind, before?.["n"]?.N, after?.["n"]?.N]),
		).toEqual([
			["INSERT", undefined, "1"],
			["MODIFY", "1", "2"],
			["REMOVE", "2", undefined],
		]);
	});

	it("misses no change of many at once, and their sequence only grows", async () => {
		await Promise.all(Array.from({ length: 50 }, (_, n) => put("b", n)));
		const told = of("b");
		expect(told).toHaveLength(50);
		for (const [index, change] of told.entries())
			expect(change.before).toEqual(index === 0 ? undefined : told[index - 1]?.after);
		const sequences = changes.map(({ sequence }) => sequence);
		expect(sequences).toEqual(sequences.toSorted((x, y) => x - y));
	});

	it("tells nothing of a write that its condition refused, nor of other tables", async () => {
		const before = changes.length;
		await put("c", 1);
		await expect(
			client.send(
				new PutItemCommand({
					TableName: "cells",
					Item: { podUid: { S: "c" } },
					ConditionExpression: "attribute_not_exists(podUid)",
				}),
			),
		).rejects.toMatchObject({ name: "ConditionalCheckFailedException" });
		await client.send(new PutItemCommand({ TableName: "images", Item: { key: { S: "x" } } }));
		expect(changes.length - before).toBe(1);
	});
});
