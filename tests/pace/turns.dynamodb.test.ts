import { describe, expect, it } from "vitest";
import { dynamodbLaunchTurns } from "../../shared/pace/turns.dynamodb.ts";
import { documentedPace, honoursLaunchTurns } from "../contracts/launch-turns.ts";
import { morning } from "../support/cells.ts";
import { ledgerTables } from "../support/ledger-tables.ts";
import { memoryTurns } from "../support/memory-turns.ts";

const { signal } = new AbortController();

describe("turns in memory", () => {
	honoursLaunchTurns((pace, clocks) => clocks.map(memoryTurns(pace)));
});

describe("turns in DynamoDB", () => {
	const ledger = ledgerTables(60);
	const now = () => morning;
	honoursLaunchTurns((pace, clocks) => {
		const table = ledger.next();
		return clocks.map((clock) => dynamodbLaunchTurns(ledger.client(), table, pace, clock));
	});

	it("cost one write for all that a batch takes together", async () => {
		const table = ledger.next();
		const turns = dynamodbLaunchTurns(ledger.client(), table, documentedPace, now);
		await Promise.all(Array.from({ length: 10 }, async () => turns.take(1, signal)));
		expect(await ledger.item(table, "turns")).toMatchObject({ version: 1 });
	});

	it("are not taken for one of a batch who has given up before they are written", async () => {
		const turns = dynamodbLaunchTurns(ledger.client(), ledger.next(), documentedPace, now);
		const impatient = new AbortController();
		const left = turns.take(1, impatient.signal);
		const stayed = Array.from({ length: 5 }, async () => turns.take(1, signal));
		impatient.abort(new Error("time is over"));
		await expect(left).rejects.toThrow("time is over");
		for (const at of await Promise.all(stayed)) expect(at).toEqual(morning);
		await expect(turns.take(1, impatient.signal)).rejects.toThrow("time is over");
	});

	it("begin anew where another version has left an item that nobody understands", async () => {
		const table = ledger.next();
		await ledger.put(table, { key: "turns", version: 7, clock: "noon" });
		const turns = dynamodbLaunchTurns(ledger.client(), table, documentedPace, now);
		expect(await turns.take(1, signal)).toEqual(morning);
		expect(await ledger.item(table, "turns")).toMatchObject({ version: 8 });
	});

	it("tell who lost every race when to try again", async () => {
		const table = ledger.next();
		let version = 0;
		const unlucky = ledger.client(async () => {
			version += 1;
			await ledger.put(table, { key: "turns", version });
		});
		const turns = dynamodbLaunchTurns(unlucky, table, documentedPace, now);
		await expect(turns.take(1, signal)).rejects.toMatchObject({
			kind: "unavailable",
			reason: "TurnsContended",
			retryAfterSeconds: 2,
		});
		expect(version).toBe(30);
	});

	it("tell who can't be served where the table is away", async () => {
		const turns = dynamodbLaunchTurns(ledger.client(), "no-such-table", documentedPace, now);
		const both = [turns.take(1, signal), turns.take(1, signal)];
		for (const each of both)
			await expect(each).rejects.toMatchObject({ name: "ResourceNotFoundException" });
	});
});
