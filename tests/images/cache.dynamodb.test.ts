import { once } from "node:events";
import type { Server } from "node:http";
import {
	CreateTableCommand,
	DynamoDBClient,
	GetItemCommand,
	PutItemCommand,
} from "@aws-sdk/client-dynamodb";
import dynalite from "dynalite";
import { afterAll, beforeAll, describe, expect, it } from "vitest";
import { dynamodbImageCache } from "../../shared/images/cache.dynamodb.ts";
import { anImage } from "../support/images.ts";

const { signal } = new AbortController();
const TableName = "images";

describe("dynamodbImageCache", () => {
	let server: Server;
	let client: DynamoDBClient;

	beforeAll(async () => {
		server = dynalite({ createTableMs: 0 });
		server.listen(0, "127.0.0.1");
		await once(server, "listening");
		const address = server.address();
		if (address === null || typeof address === "string") throw new Error("no port");
		client = new DynamoDBClient({
			endpoint: `http://127.0.0.1:${address.port}`,
			region: "us-east-1",
			credentials: { accessKeyId: "test", secretAccessKey: "test" },
		});
		await client.send(
			new CreateTableCommand({
				TableName,
				KeySchema: [{ AttributeName: "key", KeyType: "HASH" }],
				AttributeDefinitions: [{ AttributeName: "key", AttributeType: "S" }],
				BillingMode: "PAY_PER_REQUEST",
			}),
		);
	});

	afterAll(() => {
		client.destroy();
		server.close();
	});

	it("gives back what it was given", async () => {
		const cache = dynamodbImageCache(client, TableName);
		const root = { name: "/dev/sda1", sizeGib: 4, volumeType: "gp3", iops: 3_000 };
		const cached = {
			image: anImage({ rootDevice: root }),
			refreshedAt: "2026-01-02T03:04:05.000Z",
		};
		await cache.put("x86_64|", cached, signal);
		expect(await cache.get("x86_64|", signal)).toEqual(cached);
	});

	it("holds nothing for a key that nobody has written", async () => {
		expect(await dynamodbImageCache(client, TableName).get("absent", signal)).toBeUndefined();
	});

	it("replaces an older entry", async () => {
		const cache = dynamodbImageCache(client, TableName);
		for (const imageId of ["ami-1", "ami-2"]) {
			await cache.put("replaced", { image: anImage({ imageId }), refreshedAt: "2026" }, signal);
		}
		expect(await cache.get("replaced", signal)).toMatchObject({ image: { imageId: "ami-2" } });
	});

	it.each([
		{ when: "has no image", item: {} },
		{ when: "is of another form", item: { image: { S: "ami-1" }, refreshedAt: { S: "2026" } } },
		{ when: "lacks its time", item: { image: { M: { imageId: { S: "ami-1" } } } } },
	])("counts an item that $when as absent", async ({ item }) => {
		await client.send(new PutItemCommand({ TableName, Item: { key: { S: "odd" }, ...item } }));
		const cache = dynamodbImageCache(client, TableName);
		expect(await cache.get("odd", signal)).toBeUndefined();
		await cache.put("odd", { image: anImage(), refreshedAt: "2026" }, signal);
		expect(await cache.get("odd", signal)).toBeDefined();
	});

	it("leaves other attributes of an item alone", async () => {
		const Key = { key: { S: "learned" } };
		await client.send(
			new PutItemCommand({ TableName, Item: { ...Key, bootSeconds: { N: "42" } } }),
		);
		const cache = dynamodbImageCache(client, TableName);
		await cache.put("learned", { image: anImage(), refreshedAt: "2026" }, signal);
		const { Item } = await client.send(new GetItemCommand({ TableName, Key }));
		expect(Item).toMatchObject({ bootSeconds: { N: "42" } });
	});

	it("takes an image out, unless another one has come", async () => {
		const cache = dynamodbImageCache(client, TableName);
		const cached = { image: anImage({ imageId: "ami-1" }), refreshedAt: "2026" };
		await cache.put("removed", cached, signal);
		await cache.remove("removed", "ami-2", signal);
		expect(await cache.get("removed", signal)).toEqual(cached);
		await cache.remove("removed", "ami-1", signal);
		expect(await cache.get("removed", signal)).toBeUndefined();
		await cache.remove("removed", "ami-1", signal);
	});
});
