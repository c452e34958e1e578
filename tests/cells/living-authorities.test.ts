import { DynamoDBClient } from "@aws-sdk/client-dynamodb";
import { afterAll, beforeAll, describe, expect, it } from "vitest";
import { startDynamodb } from "../../infra/local/dynamodb.ts";
import { laptopAws } from "../../infra/local/laptop-aws.ts";
import { dynamodbLivingAuthorities } from "../../shared/cells/living-authorities.dynamodb.ts";
import { dynamodbCells } from "../../shared/cells/store.dynamodb.ts";
import { booting, failed } from "../../shared/cells/transitions.ts";
import {
	aLaunchingCell,
	anInstance,
	aPlan,
	aScheduledCell,
	morning,
	secondsLater,
} from "../support/cells.ts";

const { signal } = new AbortController();
let server: Awaited<ReturnType<typeof startDynamodb>>;
let dynamodb: DynamoDBClient;

beforeAll(async () => {
	server = await startDynamodb([{ name: "cells", key: "podUid", streamed: false }], () => {});
	dynamodb = new DynamoDBClient({ ...laptopAws, endpoint: server.endpoint });
});
afterAll(async () => {
	dynamodb.destroy();
	await server.close();
});

describe("the authorities that living cells need", () => {
	it("count every cell that has a plan and has not ended, older records as the first one's", async () => {
		const store = dynamodbCells(dynamodb, "cells", () => morning);
		const planned = (uid: string, authorityId?: string, issuedAt = morning) =>
			aLaunchingCell(uid, aPlan({ authorityId, issuedAt: issuedAt.toISOString() }));
		const why = { reason: "BootTimeout", message: "" };
		for (const cell of [
			aScheduledCell("unplanned"),
			planned("old"),
			planned("one", "one"),
			booting(planned("later", "one", secondsLater(60)), anInstance(), morning),
			failed(planned("failed", "one"), why, morning),
			failed(planned("only", "ended"), why, morning),
		])
			await store.claim(cell, signal);
		const living = await dynamodbLivingAuthorities(dynamodb, "cells", "first", signal);
		expect(Object.fromEntries(living)).toEqual({
			first: { cells: 1, lastIssuedAt: morning },
			one: { cells: 2, lastIssuedAt: secondsLater(60) },
		});
	});
});
