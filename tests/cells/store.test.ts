import {
	BatchWriteItemCommand,
	DynamoDBClient,
	GetItemCommand,
	PutItemCommand,
} from "@aws-sdk/client-dynamodb";
import { marshall, unmarshall } from "@aws-sdk/util-dynamodb";
import { afterAll, beforeAll, describe, expect, it } from "vitest";
import { cellIndexes } from "../../infra/local/cell-indexes.ts";
import { startDynamodb } from "../../infra/local/dynamodb.ts";
import { laptopAws } from "../../infra/local/laptop-aws.ts";
import { census } from "../../shared/cells/census.dynamodb.ts";
import { dynamodbCellIndex } from "../../shared/cells/index.dynamodb.ts";
import { dynamodbCells } from "../../shared/cells/store.dynamodb.ts";
import { failed, settled, stillborn } from "../../shared/cells/transitions.ts";
import { honoursCellIndex } from "../contracts/cell-index.ts";
import { honoursCellStore } from "../contracts/cell-store.ts";
import {
	aBootingCell,
	aLaunchingCell,
	aPod,
	aScheduledCell,
	morning,
	secondsLater,
} from "../support/cells.ts";
import { memoryCells } from "../support/memory-cells.ts";

const { signal } = new AbortController();
const why = { reason: "NoCapacity", message: "nothing on offer" };

describe("the cells table in DynamoDB", () => {
	let server: Awaited<ReturnType<typeof startDynamodb>>;
	let client: DynamoDBClient;
	const tables = Array.from({ length: 40 }, (_, index) => `cells-${index}`);
	let used = 0;
	beforeAll(async () => {
		server = await startDynamodb(
			tables.map((name) => ({ name, key: "podUid", streamed: true, indexes: cellIndexes })),
			() => {},
		);
		client = new DynamoDBClient({ ...laptopAws, endpoint: server.endpoint });
	});
	afterAll(async () => {
		client.destroy();
		await server.close();
	});
	const nextTable = () => {
		const table = tables[used++];
		if (table === undefined) throw new RangeError("more tables are needed");
		return table;
	};
	const itemOf = async (table: string, podUid: string) => {
		const command = new GetItemCommand({ TableName: table, Key: { podUid: { S: podUid } } });
		return unmarshall((await client.send(command)).Item ?? {});
	};

	honoursCellStore(() => dynamodbCells(client, nextTable(), () => morning));
	honoursCellIndex((now) => {
		const table = nextTable();
		return { ...dynamodbCells(client, table, now), ...dynamodbCellIndex(client, table) };
	});

	it("shows every page of what isn't settled", async () => {
		const table = nextTable();
		// A page is a megabyte: these are all in one shard, and long.
		const uids = Array.from({ length: 600 }, (_, index) => `${index}-${"x".repeat(1_900)}`);
		for (let first = 0; first < uids.length; first += 25) {
			const batch = uids.slice(first, first + 25).map((podUid) => {
				const changedAt = morning.toISOString();
				const Item = marshall({ podUid, phase: "Scheduled", unsettledShard: "3", changedAt });
				return { PutRequest: { Item } };
			});
			await client.send(new BatchWriteItemCommand({ RequestItems: { [table]: batch } }));
		}
		const { rows } = await dynamodbCellIndex(client, table).unsettled(signal);
		expect(rows.map(({ podUid }) => podUid).sort()).toEqual(uids.sort());
	});

	it("shows each row by itself: one that isn't of this version hides no other", async () => {
		const table = nextTable();
		const store = dynamodbCells(client, table, () => morning);
		await store.claim(aScheduledCell("a"), signal);
		const changedAt = morning.toISOString();
		const odd = [
			{ podUid: "b", unsettledShard: "3", changedAt, phase: "Hibernating", instanceId: "i-0b" },
			{ podUid: "c", unsettledShard: "4", changedAt: "yesterday", phase: "Ready" },
		];
		for (const each of odd)
			await client.send(new PutItemCommand({ TableName: table, Item: marshall(each) }));
		const { rows, unreadable } = await dynamodbCellIndex(client, table).unsettled(signal);
		expect(rows).toMatchObject([{ podUid: "a", phase: "Scheduled" }]);
		expect(unreadable).toEqual([
			{ podUid: "b", instanceId: "i-0b", problem: expect.stringMatching(/^phase: /) },
			{ podUid: "c", problem: expect.stringMatching(/^changedAt: /) },
		]);
		expect(JSON.stringify(unreadable)).not.toMatch(/Hibernating|yesterday/);
		expect(await census(client, table, signal)).toMatchObject({
			phases: { Scheduled: 1, Ready: 1 },
			unreadable: 1,
			settled: 0,
		});
	});

	it("may delete a record a week after it was settled, and never before", async () => {
		const table = nextTable();
		const store = dynamodbCells(client, table, () => morning);
		const over = failed(aLaunchingCell("a"), why, morning);
		await store.claim(over, signal);
		expect(await itemOf(table, "a")).not.toHaveProperty("expiresAt");
		await store.save(settled(over, secondsLater(300)), signal);
		const week = 7 * 24 * 3600;
		expect(await itemOf(table, "a")).toMatchObject({
			expiresAt: secondsLater(300 + week).getTime() / 1000,
		});
	});

	it("is counted by phase, and by what is settled", async () => {
		const table = nextTable();
		const store = dynamodbCells(client, table, () => morning);
		const all = [
			aScheduledCell("a"),
			aBootingCell("b"),
			failed(aLaunchingCell("c"), why, morning),
			stillborn(aPod("d"), "cell-d", why, morning, undefined),
		];
		for (const cell of all) await store.claim(cell, signal);
		expect(await census(client, table, signal)).toEqual({
			phases: {
				Scheduled: 1,
				Launching: 0,
				Booting: 1,
				Ready: 0,
				Terminating: 0,
				Terminated: 0,
				Failed: 2,
			},
			unreadable: 0,
			settled: 1,
		});
	});
});

describe("the cells table in memory", () => {
	honoursCellStore(() => memoryCells());
	honoursCellIndex((now) => memoryCells(() => {}, now));
});
