import { once } from "node:events";
import type { Server } from "node:http";
import { CreateTableCommand, DynamoDBClient, PutItemCommand } from "@aws-sdk/client-dynamodb";
import dynalite from "dynalite";
import { afterAll, beforeAll, describe, expect, it } from "vitest";
import { authorityIdOf } from "../../shared/pki/authority-id.ts";
import { dynamodbClientCredentials } from "../../shared/pki/client-credentials.dynamodb.ts";
import { anAuthority } from "../support/authorities.ts";

const { signal } = new AbortController();
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
		expect(await port.get("one", signal)).toBeUndefined();
		expect(await port.get(undefined, signal)).toBeUndefined();
	});

	it("gives back the latest of each authority, with its end", async () => {
		const port = dynamodbClientCredentials(dynamodb, await newTable());
		const former = { ...credentials, certificatePem: "former\n" };
		const others = { ...credentials, certificatePem: "other\n" };
		await port.put("one", former, new Date(0), signal);
		await port.put("one", credentials, soon, signal);
		await port.put("other", others, soon, signal);
		expect(await port.get("one", signal)).toEqual({ ...credentials, expiresAt: soon });
		expect(await port.get("other", signal)).toEqual({ ...others, expiresAt: soon });
	});

	it("finds what the version before rotations wrote, if it is the same authority's", async () => {
		const port = dynamodbClientCredentials(dynamodb, await newTable());
		const { authority, issuer } = anAuthority();
		const other = anAuthority().authority;
		const written = { ...credentials, caPem: authority.certificatePem + other.certificatePem };
		await port.put(undefined, written, soon, signal);
		expect(await port.get(issuer.by.authorityId, signal)).toEqual({ ...written, expiresAt: soon });
		expect(await port.get(authorityIdOf(other.certificatePem), signal)).toBeUndefined();
	});

	it("names what is wrong with a damaged item, and shows no value", async () => {
		const TableName = await newTable();
		const Item = { name: { S: "readiness-client/one" }, keyPem: { S: credentials.keyPem } };
		await dynamodb.send(new PutItemCommand({ TableName, Item }));
		const reading = dynamodbClientCredentials(dynamodb, TableName).get("one", signal);
		await expect(reading).rejects.toMatchObject({
			kind: "operator",
			reason: "ClientCredentialsUnreadable",
			message: expect.stringContaining("caPem, certificatePem, expiresAt"),
		});
		await expect(reading).rejects.not.toThrow(/nobody-may-see/);
	});

	it("stops waiting when its caller does", async () => {
		const port = dynamodbClientCredentials(dynamodb, await newTable());
		await expect(port.get(undefined, AbortSignal.abort())).rejects.toMatchObject({
			name: "AbortError",
		});
	});
});
