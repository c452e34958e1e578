import { DynamoDBClient, GetItemCommand, PutItemCommand } from "@aws-sdk/client-dynamodb";
import { marshall, unmarshall } from "@aws-sdk/util-dynamodb";
import { afterAll, beforeAll, onTestFinished } from "vitest";
import { startDynamodb } from "../../infra/local/dynamodb.ts";
import { laptopAws } from "../../infra/local/laptop-aws.ts";

/** So many empty ledgers in a DynamoDB of the suite's own, to be used one after the other. */
export function ledgerTables(count: number) {
	let server: Awaited<ReturnType<typeof startDynamodb>>;
	let dynamodb: DynamoDBClient;
	let used = 0;
	beforeAll(async () => {
		const names = Array.from({ length: count }, (_, index) => `ledger-${index}`);
		server = await startDynamodb(
			names.map((name) => ({ name, key: "key", streamed: false })),
			() => {},
		);
		dynamodb = new DynamoDBClient({ ...laptopAws, endpoint: server.endpoint });
	});
	afterAll(async () => {
		dynamodb.destroy();
		await server.close();
	});
	return {
		/** `beforePut`: what another worker does just before each of this one's writes. */
		client(beforePut?: () => Promise<void>): DynamoDBClient {
			if (beforePut === undefined) return dynamodb;
			const raced = new DynamoDBClient({ ...laptopAws, endpoint: server.endpoint });
			onTestFinished(() => raced.destroy());
			raced.middlewareStack.add(
				(next, { commandName }) =>
					async (args) => {
						if (commandName === "PutItemCommand") await beforePut();
						return await next(args);
					},
				{ step: "initialize" },
			);
			return raced;
		},
		next(): string {
			if (used === count) throw new RangeError("more tables are needed");
			return `ledger-${used++}`;
		},
		async item(table: string, key: string): Promise<Record<string, unknown>> {
			const command = new GetItemCommand({ TableName: table, Key: { key: { S: key } } });
			return unmarshall((await dynamodb.send(command)).Item ?? {});
		},
		async put(table: string, item: Readonly<Record<string, unknown>>): Promise<void> {
			await dynamodb.send(new PutItemCommand({ TableName: table, Item: marshall(item) }));
		},
	};
}
