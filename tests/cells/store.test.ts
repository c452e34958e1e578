import { DynamoDBClient } from "@aws-sdk/client-dynamodb";
import { afterAll, beforeAll, describe } from "vitest";
import { startDynamodb } from "../../infra/local/dynamodb.ts";
import { laptopAws } from "../../infra/local/laptop-aws.ts";
import { dynamodbCells } from "../../shared/cells/store.dynamodb.ts";
import { honoursCellStore } from "../contracts/cell-store.ts";
import { memoryCells } from "../support/memory-cells.ts";

describe("the cells table in DynamoDB", () => {
	let server: Awaited<ReturnType<typeof startDynamodb>>;
	let client: DynamoDBClient;
	beforeAll(async () => {
		server = await startDynamodb([{ name: "cells", key: "podUid", streamed: true }], () => {});
		client = new DynamoDBClient({ ...laptopAws, endpoint: server.endpoint });
	});
	afterAll(async () => {
		client.destroy();
		await server.close();
	});
	honoursCellStore(() => dynamodbCells(client, "cells"));
});

describe("the cells table in memory", () => {
	const store = memoryCells();
	honoursCellStore(() => store);
});
