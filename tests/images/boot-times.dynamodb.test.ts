import { DynamoDBClient, GetItemCommand, PutItemCommand } from "@aws-sdk/client-dynamodb";
import { afterAll, beforeAll, describe, expect, it } from "vitest";
import { startDynamodb } from "../../infra/local/dynamodb.ts";
import { laptopAws } from "../../infra/local/laptop-aws.ts";
import { dynamodbBootTimes } from "../../shared/images/boot-times.dynamodb.ts";
import { bootTimesKept } from "../../shared/images/boot-times.ts";
import type { BootTimes } from "../../shared/images/model.ts";

const { signal } = new AbortController();
const table = "images";
const now = new Date("2026-11-23T08:00:00.000Z");

describe("boot times in the images table", () => {
	let server: Awaited<ReturnType<typeof startDynamodb>>;
	let client: DynamoDBClient;
	let times: BootTimes;

	beforeAll(async () => {
		server = await startDynamodb([{ name: table, key: "key", streamed: false }], () => {});
		client = new DynamoDBClient({ ...laptopAws, endpoint: server.endpoint });
		times = dynamodbBootTimes(client, table, () => now);
	});
	afterAll(async () => {
		client.destroy();
		await server.close();
	});

	it("are none before the first birth", async () => {
		expect(await times.seen("ami-none", "t3a.nano", signal)).toEqual([]);
	});

	it("are learned for an image and all sizes of a family, and for no other", async () => {
		await times.add("ami-1", "t3a.nano", 9_500, signal);
		await times.add("ami-1", "t3a.large", 8_000, signal);
		await times.add("ami-1", "m5.large", 7_000, signal);
		await times.add("ami-2", "t3a.nano", 6_000, signal);
		expect(await times.seen("ami-1", "t3a.micro", signal)).toEqual([9_500, 8_000]);
		expect(await times.seen("ami-1", "m5.xlarge", signal)).toEqual([7_000]);
		expect(await times.seen("ami-2", "t3a.nano", signal)).toEqual([6_000]);
	});

	it("are all kept when many cells are born at one moment, up to the limit", async () => {
		const born = Array.from({ length: bootTimesKept }, (_, n) => 1_000 + n);
		await Promise.all(born.map(async (ms) => times.add("ami-many", "t3a.nano", ms, signal)));
		const seen = await times.seen("ami-many", "t3a.nano", signal);
		expect(seen.toSorted()).toEqual(born);
	});

	it("stay within their limit, and the old ones give way", async () => {
		for (let n = 0; n < bootTimesKept; n++) await times.add("ami-full", "t3a.nano", 20_000, signal);
		for (let n = 0; n < 2 * bootTimesKept; n++)
			await times.add("ami-full", "t3a.nano", 5_000 + n, signal);
		const seen = await times.seen("ami-full", "t3a.nano", signal);
		expect(seen).toHaveLength(bootTimesKept);
		expect(seen).not.toContain(20_000);
	});

	it("expire when nobody has used the image for a season", async () => {
		const { Item } = await client.send(
			new GetItemCommand({ TableName: table, Key: { key: { S: "boot-times|ami-1|t3a" } } }),
		);
		const days = (Number(Item?.["expiresAt"]?.N) - now.getTime() / 1_000) / 86_400;
		expect(days).toBe(90);
	});

	it.each([
		{ when: "is no list", bootMs: { S: "soon" } },
		{ when: "holds words", bootMs: { L: [{ S: "soon" }] } },
	])("count as unknown where the attribute $when", async ({ bootMs }) => {
		const key = { S: "boot-times|ami-odd|t3a" };
		await client.send(new PutItemCommand({ TableName: table, Item: { key, bootMs } }));
		expect(await times.seen("ami-odd", "t3a.nano", signal)).toEqual([]);
	});
});
