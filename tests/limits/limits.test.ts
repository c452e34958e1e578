import type { AttributeValue } from "@aws-sdk/client-dynamodb";
import { marshall } from "@aws-sdk/util-dynamodb";
import { describe, expect, it } from "vitest";
import { dynamodbCellLimits } from "../../shared/limits/limits.dynamodb.ts";
import type { Limits } from "../../shared/limits/model.ts";
import { holderOf, mostHolders, takeShares } from "../../shared/limits/shares.ts";
import { honoursCellLimits } from "../contracts/cell-limits.ts";
import { morning } from "../support/cells.ts";
import { ledgerTables } from "../support/ledger-tables.ts";
import { memoryLimits } from "../support/memory-limits.ts";

const { signal } = new AbortController();
const now = () => morning;
const tenThousand: Limits = { cells: 10_000, hourlyUsd: undefined };
const shares = (count: number, first = 0) =>
	Array.from({ length: count }, (_, index) => ({
		podUid: `pod-${first + index}`,
		attempt: 12,
		hourlyUsd: 98.765432,
	}));

describe("limits in memory", () => {
	honoursCellLimits((limits, clock, workers) => {
		const kept = memoryLimits(limits, clock);
		return Array.from({ length: workers }, () => kept);
	});
});

describe("limits in DynamoDB", () => {
	const ledger = ledgerTables(80);
	honoursCellLimits((limits, clock, workers) => {
		const table = ledger.next();
		return Array.from({ length: workers }, () =>
			dynamodbCellLimits(ledger.client(), table, limits, clock),
		);
	});

	it("cost one write for all that a batch takes and gives back together", async () => {
		const table = ledger.next();
		const limits = dynamodbCellLimits(ledger.client(), table, tenThousand, now);
		await Promise.all([
			...shares(10).map(async (share) => limits.take([share], signal)),
			limits.giveBack("pod-3", signal),
		]);
		expect(await ledger.item(table, "limits")).toMatchObject({ version: 1 });
		expect(await limits.held(signal)).toMatchObject({ cells: 9 });
	});

	it("are not written where nothing changes", async () => {
		const table = ledger.next();
		const limits = dynamodbCellLimits(ledger.client(), table, tenThousand, now);
		await limits.take(shares(2), signal);
		await limits.take(shares(2), signal);
		await limits.giveBack("stranger", signal);
		expect(await ledger.item(table, "limits")).toMatchObject({ version: 1 });
	});

	it("fit into one item for ten thousand cells, and no more", async () => {
		const table = ledger.next();
		const limits = dynamodbCellLimits(
			ledger.client(),
			table,
			{ cells: undefined, hourlyUsd: 1e9 },
			now,
		);
		expect((await limits.take(shares(mostHolders), signal)).size).toBe(mostHolders);
		expect((await limits.take(shares(1, mostHolders), signal)).size).toBe(0);
		expect(itemBytes(await ledger.item(table, "limits"))).toBeLessThan(350_000);
	});

	it("ask no table where there are none", async () => {
		const none = { cells: undefined, hourlyUsd: undefined };
		const limits = dynamodbCellLimits(ledger.client(), "no-such-table", none, now);
		expect((await limits.take(shares(3), signal)).size).toBe(3);
		await limits.giveBack("pod-0", signal);
	});

	it("stop where another version has written what nobody understands", async () => {
		const table = ledger.next();
		await ledger.put(table, { key: "limits", version: 3, holders: { a: "much" } });
		const limits = dynamodbCellLimits(ledger.client(), table, tenThousand, now);
		await expect(limits.take(shares(1), signal)).rejects.toThrow();
		expect(await ledger.item(table, "limits")).toMatchObject({ version: 3 });
	});
});

describe("shares", () => {
	it("are kept by a short hash of the pod's uid", () => {
		expect(holderOf("0b7e6f0a-6f7c-4d5e-9a3b-2f1c8d7e6a5b")).toMatch(/^[\w-]{14}$/);
		expect(holderOf("a")).not.toBe(holderOf("b"));
	});

	it("may become cheaper where a limit has been lowered below what is held", () => {
		const { holders } = takeShares(new Map(), shares(3), tenThousand, morning);
		const cheaper = { podUid: "pod-0", attempt: 13, hourlyUsd: 1 };
		const low = { cells: 1, hourlyUsd: 50 };
		expect(takeShares(holders, [cheaper], low, morning).podUids).toEqual(new Set(["pod-0"]));
		expect(takeShares(holders, shares(1, 3), low, morning).podUids.size).toBe(0);
	});
});

/**
 * As DynamoDB counts.
 *
 * @see https://docs.aws.amazon.com/amazondynamodb/latest/developerguide/CapacityUnitCalculations.html
 */
function itemBytes(item: Readonly<Record<string, unknown>>): number {
	const ofValue = ({ S, N, M, L }: AttributeValue): number => {
		if (S !== undefined) return Buffer.byteLength(S);
		if (N !== undefined) return Math.ceil(N.replace(/^0+|\D|0+$/g, "").length / 2) + 1;
		const inside = [...Object.values(L ?? []), ...Object.values(M ?? {})];
		const names = Object.keys(M ?? {}).reduce((sum, name) => sum + Buffer.byteLength(name), 0);
		return 3 + names + inside.reduce((sum, each) => sum + 1 + ofValue(each), 0);
	};
	return Object.entries(marshall(item)).reduce(
		(sum, [name, value]) => sum + Buffer.byteLength(name) + ofValue(value),
		0,
	);
}
