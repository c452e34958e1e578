import { randomBytes } from "node:crypto";
import { gzipSync } from "node:zlib";
import {
	DeleteItemCommand,
	DynamoDBClient,
	GetItemCommand,
	PutItemCommand,
} from "@aws-sdk/client-dynamodb";
import { marshall } from "@aws-sdk/util-dynamodb";
import { afterAll, beforeAll, beforeEach, describe, expect, it } from "vitest";
import { startDynamodb } from "../../infra/local/dynamodb.ts";
import { laptopAws } from "../../infra/local/laptop-aws.ts";
import { packagedCatalogue } from "../../shared/offerings/catalogue.ts";
import { dynamodbCatalogue } from "../../shared/offerings/catalogue-store.dynamodb.ts";
import { aSnapshot } from "../support/market.ts";
import { pricedSnapshot } from "./spot-market.ts";

const { signal } = new AbortController();
const table = "offerings";
const morning = "2026-08-05T08:00:00.000Z";
const noon = "2026-08-05T12:00:00.000Z";

describe("dynamodbCatalogue", () => {
	let server: Awaited<ReturnType<typeof startDynamodb>>;
	let client: DynamoDBClient;
	beforeAll(async () => {
		server = await startDynamodb([{ name: table, key: "key", streamed: false }], () => {});
		client = new DynamoDBClient({ ...laptopAws, endpoint: server.endpoint, maxAttempts: 1 });
	});
	afterAll(async () => {
		client.destroy();
		await server.close();
	});
	const store = () => dynamodbCatalogue(client, table);
	const putItem = async (item: Record<string, unknown>) => {
		await client.send(
			new PutItemCommand({ TableName: table, Item: marshall({ key: "catalogue", ...item }) }),
		);
	};
	beforeEach(async () => {
		await putItem({ date: "2000-01-01T00:00:00.000Z" });
	});

	it("has none before the first refresh", async () => {
		await client.send(
			new DeleteItemCommand({ TableName: table, Key: marshall({ key: "catalogue" }) }),
		);
		expect(await store().get(signal)).toBeUndefined();
	});

	it("gives back what it was given, with date and source to read beside it", async () => {
		const snapshot = aSnapshot(noon);
		await store().put(snapshot, signal);
		expect(await store().get(signal)).toEqual(snapshot);
		const { Item } = await client.send(
			new GetItemCommand({ TableName: table, Key: marshall({ key: "catalogue" }) }),
		);
		expect(Item).toMatchObject({ date: { S: noon }, source: { S: "a test" }, format: { N: "1" } });
	});

	it("holds a whole region with all its spot prices well within an item", async () => {
		const snapshot = pricedSnapshot(packagedCatalogue("us-east-1"), noon);
		await store().put(snapshot, signal);
		expect(await store().get(signal)).toEqual(snapshot);
		expect(gzipSync(JSON.stringify(snapshot)).length).toBeLessThan(150 * 1_024);
	});

	it("keeps the newer one when a refresh was held up", async () => {
		await store().put(aSnapshot(noon, 70), signal);
		await store().put(aSnapshot(morning, 60), signal);
		expect((await store().get(signal))?.date).toBe(noon);
	});

	it("doesn't store what an item can't hold", async () => {
		const snapshot = { ...aSnapshot(noon), source: randomBytes(400 * 1_024).toString("base64") };
		await expect(store().put(snapshot, signal)).rejects.toMatchObject({
			kind: "operator",
			reason: "CatalogueTooLarge",
		});
	});

	const whole = gzipSync(JSON.stringify(aSnapshot(noon)));
	it.each([
		["of another format", { format: 2, date: noon, packed: whole }],
		["without its catalogue", { format: 1, date: noon }],
		["torn", { format: 1, date: noon, packed: whole.subarray(0, whole.length / 2) }],
		["not gzipped", { format: 1, date: noon, packed: Buffer.from("{}") }],
		["of other figures", { format: 1, date: noon, packed: gzipSync('{"columns":{}}') }],
		[
			"that unpacks without end",
			{ format: 1, date: noon, packed: gzipSync(Buffer.alloc(2 ** 25)) },
		],
	])("tells the operator about an item %s", async (_, item) => {
		await putItem(item);
		await expect(store().get(signal)).rejects.toMatchObject({
			kind: "operator",
			reason: "CatalogueUnreadable",
			message: expect.stringContaining("table offerings"),
		});
	});

	it("replaces an item that can't be read", async () => {
		await putItem({ format: 2, date: morning, packed: whole });
		await store().put(aSnapshot(noon), signal);
		expect((await store().get(signal))?.date).toBe(noon);
	});
});
