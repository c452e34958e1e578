import { describe, expect, it } from "vitest";
import { dynamodbSightings } from "../../shared/sightings/sightings.dynamodb.ts";
import { honoursSightings } from "../contracts/sightings.ts";
import { morning } from "../support/cells.ts";
import { ledgerTables } from "../support/ledger-tables.ts";
import { memorySightings } from "../support/memory-sightings.ts";

describe("sightings in memory", () => {
	honoursSightings(memorySightings);
});

describe("sightings in DynamoDB", () => {
	const ledger = ledgerTables(40);
	honoursSightings((now) => dynamodbSightings(ledger.client(), ledger.next(), now));

	it("may be deleted an hour after the last", async () => {
		const table = ledger.next();
		const sightings = dynamodbSightings(ledger.client(), table, () => morning);
		await sightings.see("i-1", new AbortController().signal);
		expect(await ledger.item(table, "sighting#i-1")).toMatchObject({
			expiresAt: morning.getTime() / 1000 + 3_600,
		});
	});
});
