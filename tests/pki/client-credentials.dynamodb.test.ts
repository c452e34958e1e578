import { once } from "node:events";
import type { Server } from "node:http";
import { CreateTableCommand, DynamoDBClient, PutItemCommand } from "@aws-sdk/client-dynamodb";
import dynalite from "dynalite";
import { afterAll, beforeAll, describe, expect, it } from "vitest";
import { dynamodbClientCredentials } from "../../shared/pki/client-credentials.dynamodb.ts";

const signal = AbortSignal.timeout(20_000);
const credentials = { caPem: "ca\n", certificatePem: "leaf\n", keyPem: "nobody-may-see\n" };
const soon = new Date("2026-11-24T10:00:00.000Z");

let server: Server;
let dynamodb: DynamoDBClient;
let tables = 0;

/** A table of its own for each test. */
async function newTable(): Promise<string> {
	const TableName = `credentials-${tables++}`;
	await dynamodb.send(
		new CreateTableCommand({
			TableName,
			BillingMode: "PAY_PER_REQUEST",
			KeySchema: [{ AttributeName: "name", KeyType: "HASH" }],
			AttributeDefinitions: [{ AttributeName: "name", AttributeType: "S" }],
		}),
	);
	return TableName;
}

beforeAll(async () => {
	server = dynalite({ createTableMs: 0 }).listen(0, "127.0.0.1");
	await once(server, "listening");
	const address = server.address();
	dynamodb = new DynamoDBClient({
		endpoint: `http://127.0.0.1:${typeof address === "object" ? address?.port : ""}`,
		region: "us-east-1",
		credentials: { accessKeyId: "local", secretAccessKey: "local" },
	});
});
afterAll(async () => {
	dynamodb.destroy();
	const closed = once(server, "close");
	server.close();
	await closed;
});

describe("dynamodbClientCredentials", () => {
	it("has none before the first renewal", async () => {
		const port = dynamodbClientCredentials(dynamodb, await newTable());
		expect(await port.get(signal)).toBeUndefined();
	});

	it("gives back the latest, with its end", async () => {
		const port = dynamodbClientCredentials(dynamodb, await newTable());
		await port.put({ ...credentials, certificatePem: "former\n" }, new Date(0), signal);
		await port.put(credentials, soon, signal);
		expect(await port.get(signal)).toEqual({ ...credentials, expiresAt: soon });
	});

	it("names what is wrong with a damaged item, and shows no value", async () => {
		const TableName = await newTable();
		const Item = { name: { S: "readiness-client" }, keyPem: { S: credentials.keyPem } };
		await dynamodb.send(new PutItemCommand({ TableName, Item }));
		const reading = dynamodbClientCredentials(dynamodb, TableName).get(signal);
		await expect(reading).rejects.toMatchObject({
			kind: "operator",
			reason: "ClientCredentialsUnreadable",
			message: expect.stringContaining("caPem, certificatePem, expiresAt"),
		});
		await expect(reading).rejects.not.toThrow(/nobody-may-see/);
	});

	it("stops waiting when its caller does", async () => {
		const port = dynamodbClientCredentials(dynamodb, await newTable());
		await expect(port.get(AbortSignal.abort())).rejects.toMatchObject({ name: "AbortError" });
	});
});
