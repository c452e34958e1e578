import { setTimeout as delay } from "node:timers/promises";
import { DynamoDBClient, PutItemCommand } from "@aws-sdk/client-dynamodb";
import { marshall } from "@aws-sdk/util-dynamodb";
import { describe, expect, it, onTestFinished } from "vitest";
import {
	CellwrightError,
	type PodStatus,
	type WatchOptions,
	watchPods,
} from "../../client/index.ts";
import { startDynamodb } from "../../infra/local/dynamodb.ts";
import { laptopAws } from "../../infra/local/laptop-aws.ts";
import type { Cell } from "../../shared/cells/model.ts";
import { dynamodbCells } from "../../shared/cells/store.dynamodb.ts";
import { failed, scheduled, terminated, terminating } from "../../shared/cells/transitions.ts";
import { statusOf } from "../../shared/status/model.ts";
import { aRequest, morning } from "../support/cells.ts";

const { signal } = new AbortController();
const gone = { reason: "PodDeleted", message: "the pod was deleted" };

const aCell = (uid: string) =>
	scheduled(
		{ uid, namespace: "shop", name: `web-${uid}` },
		`cell-${uid}`,
		aRequest(),
		morning,
		undefined,
	);

/** A cells table, and what a program is told that watches it. */
async function table() {
	let reads = 0;
	const server = await startDynamodb(
		[{ name: "t-cells", key: "podUid", streamed: false }],
		() => {},
	);
	const dynamodb = new DynamoDBClient({ ...laptopAws, endpoint: server.endpoint });
	dynamodb.middlewareStack.add(
		(next) => async (args) => {
			reads += 1;
			return await next(args);
		},
		{ step: "initialize" },
	);
	const writer = new DynamoDBClient({ ...laptopAws, endpoint: server.endpoint });
	onTestFinished(async () => {
		dynamodb.destroy();
		writer.destroy();
		await server.close();
	});
	const store = dynamodbCells(writer, "t-cells", () => morning);
	return {
		watch: (pods: Parameters<typeof watchPods>[0], options: WatchOptions = {}) =>
			watchPods(pods, { deployment: "t", dynamodb, everyMs: 5, signal, ...options }),
		put: async (cell: Cell) => (await store.claim(cell, signal)).cell,
		save: async (cell: Cell) => await store.save(cell, signal),
		/** Whatever some other version of ours writes. */
		write: async (item: object) =>
			await writer.send(
				new PutItemCommand({
					TableName: "t-cells",
					Item: marshall(item, { removeUndefinedValues: true }),
				}),
			),
		reads: () => reads,
		endpoint: server.endpoint,
	};
}

const end = async (
	{ save }: Pick<Awaited<ReturnType<typeof table>>, "save">,
	cell: Cell,
): Promise<void> => {
	const ending = await save(terminating(aCell(cell.podUid), gone, morning));
	if (ending.phase === "Terminating") await save(terminated(ending, undefined, morning));
};

describe("watching pods", () => {
	it("tells where each stands now, then each change, and ends when all are over", async () => {
		const cells = await table();
		const first = await cells.put(aCell("a"));
		const second = await cells.put(aCell("b"));
		const told: PodStatus[] = [];
		for await (const status of cells.watch(["a", { uid: "b", namespace: "shop", name: "web-b" }])) {
			told.push(status);
			if (told.length === 2) await end(cells, first);
			if (status.podUid === "a" && status.phase === "Terminated")
				await cells.save(failed(aCell("b"), { reason: "NoCapacity", message: "none" }, morning));
		}
		expect(told.slice(0, 2).toSorted((a, b) => (a.podUid < b.podUid ? -1 : 1))).toEqual([
			statusOf(first),
			statusOf(second),
		]);
		expect(told.at(-1)).toMatchObject({ podUid: "b", phase: "Failed", reason: "NoCapacity" });
		const versions = told.filter(({ podUid }) => podUid === "a").map(({ version }) => version);
		expect(versions).toEqual([...new Set(versions)].toSorted((a, b) => a - b));
	});

	it("passes by who has no record, until there is one, and tells nothing twice", async () => {
		const cells = await table();
		const told: PodStatus[] = [];
		const watching = (async () => {
			for await (const status of cells.watch(["late"])) told.push(status);
		})();
		const looks = async (count: number) => {
			const until = cells.reads() + count;
			while (cells.reads() < until) await delay(1);
		};
		await looks(3);
		expect(told).toEqual([]);
		await cells.put(aCell("late"));
		await looks(5);
		await cells.save(failed(aCell("late"), { reason: "NoCapacity", message: "" }, morning));
		await watching;
		expect(told.map(({ phase }) => phase)).toEqual(["Scheduled", "Failed"]);
	});

	it("asks for more than a hundred pods", async () => {
		const cells = await table();
		const uids = Array.from({ length: 130 }, (_, index) => `u-${index}`);
		await Promise.all(uids.map(async (uid) => await cells.put(aCell(uid))));
		const told = new Set<string>();
		for await (const { podUid } of cells.watch(uids)) {
			told.add(podUid);
			if (told.size === 130) break;
		}
		expect(cells.reads()).toBe(2);
	});

	it("takes a string for one uid, not for its letters", async () => {
		const cells = await table();
		await cells.put(aCell("a-uid"));
		for await (const { podUid } of cells.watch("a-uid")) {
			expect(podUid).toBe("a-uid");
			break;
		}
	});

	it("asks nothing for no pods", async () => {
		const cells = await table();
		for await (const status of cells.watch([])) expect.unreachable(status.podUid);
		expect(cells.reads()).toBe(0);
	});

	it("ends with the signal's reason", async () => {
		const cells = await table();
		await cells.put(aCell("a"));
		const stop = new AbortController();
		const watching = async () => {
			for await (const _ of cells.watch(["a"], { signal: stop.signal, everyMs: 60_000 }))
				setImmediate(() => stop.abort(new Error("enough")));
		};
		await expect(watching()).rejects.toThrow("enough");
	});

	it("says that a record is of a newer version", async () => {
		const cells = await table();
		await cells.write({ ...aCell("a"), phase: "Asleep" });
		const watching = cells.watch(["a"]).next();
		await expect(watching).rejects.toMatchObject({ code: "RecordUnreadable", kind: "operator" });
		await expect(watching).rejects.toThrow("the table t-cells holds a record that this version");
	});

	it("says what can't be reached", async () => {
		const cells = await table();
		const watching = cells.watch(["a"], { deployment: "nowhere" }).next();
		await expect(watching).rejects.toThrow(CellwrightError);
		await expect(watching).rejects.toMatchObject({ code: "TableUnreachable", kind: "unavailable" });
		await expect(watching).rejects.toThrow("the table nowhere-cells can't be reached");
	});
});
