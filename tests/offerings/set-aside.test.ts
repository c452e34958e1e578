import { DynamoDBClient, GetItemCommand, PutItemCommand } from "@aws-sdk/client-dynamodb";
import { unmarshall } from "@aws-sdk/util-dynamodb";
import { afterAll, beforeAll, describe, expect, it } from "vitest";
import { startDynamodb } from "../../infra/local/dynamodb.ts";
import { laptopAws } from "../../infra/local/laptop-aws.ts";
import { dynamodbSetAsideList } from "../../shared/offerings/set-aside.dynamodb.ts";
import {
	type SetAsideEntry,
	type SetAsideList,
	setAsideAt,
	setAsideTimes,
} from "../../shared/offerings/set-aside.ts";
import { rememberedSetAsideList } from "../../shared/offerings/set-aside-memory.ts";
import { honoursSetAsideList, type OpenList } from "../contracts/set-aside-list.ts";
import { morning, secondsLater } from "../support/cells.ts";
import { memorySetAsideList } from "../support/memory-set-aside.ts";

const { signal } = new AbortController();
const small = {
	what: "offering",
	instanceType: "t3a.small",
	zoneId: "use1-az1",
	capacityType: "on-demand",
} as const;

describe("a set-aside list in memory", () => {
	honoursSetAsideList((times, now, workers) => {
		const list = memorySetAsideList(times, now);
		return Array.from({ length: workers }, () => list);
	});
});

describe("a set-aside list in DynamoDB", () => {
	let server: Awaited<ReturnType<typeof startDynamodb>>;
	let client: DynamoDBClient;
	const tables = Array.from({ length: 60 }, (_, index) => `offerings-${index}`);
	let opened = 0;

	beforeAll(async () => {
		server = await startDynamodb(
			tables.map((name) => ({ name, key: "key", streamed: false })),
			() => {},
		);
		client = new DynamoDBClient({ ...laptopAws, endpoint: server.endpoint });
	});
	afterAll(async () => {
		client.destroy();
		await server.close();
	});

	const nextTable = () => {
		const table = tables[opened++];
		if (table === undefined) throw new RangeError("more tables are needed");
		return table;
	};
	const open: OpenList = (times, now, workers) => {
		const table = nextTable();
		return Array.from({ length: workers }, () => dynamodbSetAsideList(client, table, times, now));
	};
	honoursSetAsideList(open);

	it("leaves other items of its table alone, and tells DynamoDB when all of it is over", async () => {
		const table = nextTable();
		await client.send(
			new PutItemCommand({
				TableName: table,
				Item: { key: { S: "catalogue" }, until: { S: "2999-01-01T00:00:00.000Z" } },
			}),
		);
		const list = dynamodbSetAsideList(client, table, setAsideTimes(), () => morning);
		const refusal = { reason: "not-sold-here", code: "Unsupported", at: morning.toISOString() };
		const added = await list.add({ ...refusal, reason: "not-sold-here" }, [small], signal);
		expect(added).toHaveLength(1);
		const { Item = {} } = await client.send(
			new GetItemCommand({ TableName: table, Key: { key: { S: "set-aside|all" } } }),
		);
		const until = Date.parse(added[0]?.until ?? "") / 1000;
		expect(unmarshall(Item)["expiresAt"]).toBeGreaterThan(until);
	});

	it("keeps its item small: what is over is cleared away", async () => {
		const table = nextTable();
		let now = morning;
		const list = dynamodbSetAsideList(client, table, setAsideTimes(), () => now);
		for (let hour = 0; hour < 6; hour++) {
			const ruledOut = Array.from({ length: 8 }, (_, index) => ({
				...small,
				instanceType: `m${hour}-${index}.large`,
			}));
			await list.add(
				{ reason: "no-capacity", code: "Code", at: now.toISOString() },
				ruledOut,
				signal,
			);
			now = secondsLater(3601, now);
		}
		const { Item = {} } = await client.send(
			new GetItemCommand({ TableName: table, Key: { key: { S: "set-aside|all" } } }),
		);
		// The last eight, the key and the time.
		expect(Object.keys(Item)).toHaveLength(10);
	});

	it("passes over entries that another version wrote", async () => {
		const table = nextTable();
		await client.send(
			new PutItemCommand({
				TableName: table,
				Item: { key: { S: "set-aside|all" }, "galaxy|m31": { M: { what: { S: "galaxy" } } } },
			}),
		);
		const list = dynamodbSetAsideList(client, table, setAsideTimes(), () => morning);
		expect(await list.standing(signal)).toEqual([]);
		const refusal = { reason: "no-capacity", code: "Code", at: morning.toISOString() } as const;
		expect(await list.add(refusal, [small], signal)).toHaveLength(1);
	});
});

describe("a list that is remembered for a moment", () => {
	/** A list that counts its readings, and two processes that remember it. */
	const world = () => {
		let now = morning;
		const list = memorySetAsideList(setAsideTimes(), () => now);
		const calls = { reads: 0 };
		let failure: Error | undefined;
		const counted: SetAsideList = {
			...list,
			async standing(until) {
				calls.reads += 1;
				if (failure !== undefined) throw failure;
				return await list.standing(until);
			},
		};
		return {
			calls,
			here: rememberedSetAsideList(counted, () => now),
			there: rememberedSetAsideList(counted, () => now),
			fail: (error: Error | undefined) => {
				failure = error;
			},
			pass: (seconds: number) => {
				now = secondsLater(seconds, now);
			},
			refusal: () => ({ reason: "no-capacity", code: "Code", at: now.toISOString() }) as const,
		};
	};

	it("is read once for all who ask within three seconds", async () => {
		const { here, calls, pass } = world();
		await Promise.all([here.standing(signal), here.standing(signal)]);
		pass(2.9);
		await here.standing(signal);
		expect(calls.reads).toBe(1);
		pass(0.2);
		await here.standing(signal);
		expect(calls.reads).toBe(2);
	});

	it("has its own refusals at once, and others' a little later", async () => {
		const { here, there, pass, refusal } = world();
		await there.standing(signal);
		await here.add(refusal(), [small], signal);
		expect(await here.standing(signal)).toHaveLength(1);
		expect(await there.standing(signal)).toEqual([]);
		pass(3);
		expect(await there.standing(signal)).toHaveLength(1);
	});

	it("shows nothing whose time has passed since it was read", async () => {
		const { here, pass, refusal } = world();
		await here.add(refusal(), [small], signal);
		pass(178);
		expect(await here.standing(signal)).toHaveLength(1);
		pass(2);
		expect(await here.standing(signal)).toEqual([]);
	});

	it("tells of a failure, and asks again", async () => {
		const { here, fail } = world();
		fail(new Error("table is away"));
		await expect(here.standing(signal)).rejects.toThrow("table is away");
		fail(undefined);
		expect(await here.standing(signal)).toEqual([]);
	});
});

describe("what is closed at a moment", () => {
	const entry = (over: Partial<SetAsideEntry>): SetAsideEntry => ({
		ruledOut: small,
		reason: "no-capacity",
		code: "Code",
		at: morning.toISOString(),
		until: secondsLater(180).toISOString(),
		repeats: 0,
		...over,
	});
	const spot = { ...small, capacityType: "spot" } as const;
	const other = { ...small, instanceType: "g6.xlarge" };

	it.each([
		{ ruledOut: small, closes: [small] },
		{ ruledOut: { what: "class", quotaClass: "standard" }, closes: [small] },
		{ ruledOut: { what: "class", quotaClass: "g" }, closes: [other] },
		{ ruledOut: { what: "market", capacityType: "spot" }, closes: [spot] },
		{ ruledOut: { what: "market", capacityType: "on-demand" }, closes: [small, other] },
		{ ruledOut: { what: "subnet", subnetId: "subnet-a" }, closes: [] },
	] as const)("by $ruledOut", ({ ruledOut, closes }) => {
		const setAside = setAsideAt([entry({ ruledOut })], morning);
		const closed = [small, spot, other].filter((each) => setAside.offering(each) !== undefined);
		expect(closed).toEqual(closes);
		expect(setAside.subnet("subnet-a") !== undefined).toBe(ruledOut.what === "subnet");
	});

	it("is told by the entry that lasts longest", () => {
		const long = entry({
			ruledOut: { what: "class", quotaClass: "standard" },
			until: secondsLater(300).toISOString(),
		});
		const own = entry({ until: secondsLater(240).toISOString() });
		expect(setAsideAt([long, own, entry({})], morning).offering(small)).toEqual(long);
		expect(setAsideAt([own, entry({})], morning).offering(small)).toEqual(own);
		expect(setAsideAt([long, own], secondsLater(300)).offering(small)).toBeUndefined();
	});
});
