import { marshall } from "@aws-sdk/util-dynamodb";
import type { Context, DynamoDBRecord } from "aws-lambda";
import { describe, expect, it } from "vitest";
import { reconcileHandler } from "../../functions/reconcile/handler.ts";
import type { Cell } from "../../shared/cells/model.ts";
import { cellFromImage } from "../../shared/cells/stream.dynamodb.ts";
import type { StatusEvent } from "../../shared/status/model.ts";
import { aBootingCell, aScheduledCell, morning } from "../support/cells.ts";
import { lifePorts } from "../support/life-ports.ts";

const contextWith = (remainingMs: number) =>
	({ awsRequestId: "request-1", getRemainingTimeInMillis: () => remainingMs }) as Context;

const change = (sequence: number, cell: Cell): DynamoDBRecord => ({
	eventID: `change-${sequence}`,
	dynamodb: {
		SequenceNumber: String(sequence),
		ApproximateCreationDateTime: morning.getTime() / 1000,
		Keys: { podUid: { S: cell.podUid } },
		NewImage: marshall(cell, { removeUndefinedValues: true }) as never,
	},
});

const world = (
	refused: (event: StatusEvent, signal: AbortSignal) => boolean | Promise<boolean> = () => false,
) => {
	const made = lifePorts();
	const announced: string[] = [];
	const handler = reconcileHandler({
		...made.ports,
		cellOf: ({ dynamodb }) => cellFromImage(dynamodb?.NewImage),
		bus: {
			async announce(events, signal) {
				for (const event of events) {
					if (await refused(event, signal)) throw new Error("not taken");
					announced.push(`${event.podUid}:${event.version}`);
				}
			},
		},
	});
	const handle = async (Records: DynamoDBRecord[], remainingMs = 30_000) =>
		await handler({ Records }, contextWith(remainingMs));
	return { ...made, handle, announced };
};

const versions = (uid: string, count: number): Cell[] =>
	Array.from({ length: count }, (_, version) => ({ ...aScheduledCell(uid), version }));

describe("a batch of changes", () => {
	const [a0, a1, a2] = versions("a", 3);
	const [b0, b1] = versions("b", 2);
	const batch = [a0, b0, a1, b1, a2].flatMap((cell, index) =>
		cell === undefined ? [] : [change(index + 1, cell)],
	);

	it("is announced whole, each pod's changes in their order", async () => {
		const { handle, announced } = world();
		expect(await handle(batch)).toEqual({ batchItemFailures: [] });
		expect(announced).toHaveLength(5);
		for (const uid of ["a", "b"]) {
			const own = announced.filter((each) => each.startsWith(uid));
			expect(own).toEqual([...own].sort());
		}
	});

	it("stops at a failure for its own pod alone, and comes again from there", async () => {
		const { handle, announced, lines } = world(
			({ podUid, version }) => podUid === "a" && version === 1,
		);
		expect(await handle(batch)).toEqual({ batchItemFailures: [{ itemIdentifier: "3" }] });
		expect(announced.toSorted()).toEqual(["a:0", "b:0", "b:1"]);
		expect(lines.filter((line) => line.includes("goes back to the stream"))).toHaveLength(1);
	});

	it("comes again from the first change that failed, whichever pod's it is", async () => {
		const { handle } = world(({ podUid }) => podUid === "b");
		expect(await handle(batch)).toEqual({ batchItemFailures: [{ itemIdentifier: "2" }] });
	});

	it("goes on behind a change that no version can read, with an error", async () => {
		const { handle, announced, lines } = world();
		const broken: DynamoDBRecord = {
			eventID: "change-0",
			dynamodb: {
				SequenceNumber: "0",
				Keys: { podUid: { S: "a" } },
				NewImage: { podUid: { S: "a" }, phase: { S: "Dreaming" } },
			},
		};
		const deleted: DynamoDBRecord = {
			eventID: "change-6",
			dynamodb: { SequenceNumber: "6", Keys: { podUid: { S: "a" } } },
		};
		expect(await handle([broken, ...batch, deleted])).toEqual({ batchItemFailures: [] });
		expect(announced).toHaveLength(5);
		expect(lines.join("\n")).toMatch(/"level":"error".*no record of this version.*"item":"a"/);
	});

	it("comes again from the first change that there was no time for", async () => {
		const { handle, announced } = world(async ({ podUid, version }, signal) => {
			if (podUid === "b" || version === 0) return false;
			return await new Promise((resolve) => {
				signal.addEventListener("abort", () => resolve(true));
			});
		});
		// Three seconds are the function's own reserve; the rest is time enough for the first ones.
		expect(await handle(batch, 4_000)).toEqual({ batchItemFailures: [{ itemIdentifier: "3" }] });
		expect(announced.toSorted()).toEqual(["a:0", "b:0", "b:1"]);
	});

	it("of many pods is worked on side by side, a few at a time", async () => {
		let most = 0;
		let now = 0;
		const made = lifePorts();
		const handler = reconcileHandler({
			...made.ports,
			cellOf: ({ dynamodb }) => cellFromImage(dynamodb?.NewImage),
			bus: {
				async announce() {
					now += 1;
					most = Math.max(most, now);
					await new Promise(setImmediate);
					now -= 1;
				},
			},
		});
		const Records = Array.from({ length: 100 }, (_, index) =>
			change(index, aBootingCell(`pod-${index}`)),
		);
		expect(await handler({ Records }, contextWith(30_000))).toEqual({ batchItemFailures: [] });
		expect(most).toBe(8);
	});
});
