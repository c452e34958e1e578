import { once } from "node:events";
import http from "node:http";
import {
	type AttributeValue,
	CreateTableCommand,
	DynamoDBClient,
	GetItemCommand,
	type GlobalSecondaryIndex,
	type KeySchemaElement,
} from "@aws-sdk/client-dynamodb";
import dynalite from "dynalite";
import { laptopAws } from "./laptop-aws.ts";
import { portOf } from "./port-of.ts";

type Item = Record<string, AttributeValue>;

/** One change of an item in a streamed table, as a DynamoDB stream tells it. */
export type Change = Readonly<{
	table: string;
	kind: "INSERT" | "MODIFY" | "REMOVE";
	keys: Item;
	before: Item | undefined;
	after: Item | undefined;
	/** Grows by one with each change. */
	sequence: number;
	at: Date;
}>;

export type TableSettings = Readonly<{
	name: string;
	key: string;
	/** Streamed tables tell every change. */
	streamed: boolean;
	indexes?: readonly IndexSettings[];
}>;

/** A global secondary index, whose keys are texts. */
export type IndexSettings = Readonly<{
	name: string;
	key: string;
	range?: string;
	/** The attributes in it besides its keys and the table's. */
	carries: readonly string[];
}>;

/**
 * DynamoDB on loopback: dynalite, behind a server that passes every request on.
 *
 * dynalite has no streams, so writes to streamed tables pass one at a time and are followed by a consistent
 * read: no change is missed and their order is the table's.
 */
export async function startDynamodb(
	tables: readonly TableSettings[],
	onChange: (change: Change) => void,
) {
	const store = dynalite({ createTableMs: 0 });
	store.listen(0, "127.0.0.1");
	await once(store, "listening");
	const storePort = portOf(store);
	const direct = new DynamoDBClient({ ...laptopAws, endpoint: `http://127.0.0.1:${storePort}` });
	for (const table of tables) await direct.send(tableCommand(table));

	const agent = new http.Agent({ keepAlive: true });
	const watched = changeWatcher(direct, tables, onChange);
	const front = http.createServer((request, response) => {
		relay(request, agent, storePort, watched)
			.then(({ status, headers, body }) => response.writeHead(status, headers).end(body))
			.catch(() => response.destroy());
	});
	front.listen(0, "127.0.0.1");
	await once(front, "listening");
	return {
		endpoint: `http://127.0.0.1:${portOf(front)}`,
		async close() {
			front.closeAllConnections();
			await new Promise((resolve) => front.close(resolve));
			agent.destroy();
			direct.destroy();
			await new Promise<void>((resolve) => store.close(() => resolve()));
		},
	};
}

const tableCommand = ({ name, key, indexes = [] }: TableSettings) => {
	const keys = new Set([key, ...indexes.flatMap((index) => [index.key, index.range ?? index.key])]);
	return new CreateTableCommand({
		TableName: name,
		BillingMode: "PAY_PER_REQUEST",
		AttributeDefinitions: [...keys].map((AttributeName) => ({
			AttributeName,
			AttributeType: "S",
		})),
		KeySchema: keySchema(key),
		...(indexes.length === 0 ? {} : { GlobalSecondaryIndexes: indexes.map(indexOf) }),
	});
};

const indexOf = ({ name, key, range, carries }: IndexSettings): GlobalSecondaryIndex => ({
	IndexName: name,
	KeySchema: keySchema(key, range),
	Projection:
		carries.length === 0
			? { ProjectionType: "KEYS_ONLY" }
			: { ProjectionType: "INCLUDE", NonKeyAttributes: [...carries] },
});

const keySchema = (key: string, range?: string): KeySchemaElement[] => [
	{ AttributeName: key, KeyType: "HASH" },
	...(range === undefined ? [] : [{ AttributeName: range, KeyType: "RANGE" as const }]),
];

type Reply = Readonly<{ status: number; headers: http.IncomingHttpHeaders; body: Buffer }>;
type Watch = (target: string, body: Buffer, pass: () => Promise<Reply>) => Promise<Reply>;

async function relay(
	request: http.IncomingMessage,
	agent: http.Agent,
	port: number,
	watched: Watch,
): Promise<Reply> {
	const body = Buffer.concat(await Array.fromAsync(request));
	const pass = async (): Promise<Reply> => {
		const onward = http.request({
			host: "127.0.0.1",
			port,
			agent,
			method: request.method,
			path: request.url,
			headers: request.headers,
		});
		onward.end(body);
		const [reply]: http.IncomingMessage[] = await once(onward, "response");
		if (reply === undefined) throw new Error("no reply");
		return {
			status: reply.statusCode ?? 500,
			headers: reply.headers,
			body: Buffer.concat(await Array.fromAsync(reply)),
		};
	};
	const target = String(request.headers["x-amz-target"] ?? "").replace(/^.*\./, "");
	return await watched(target, body, pass);
}

/** Serialises writes to streamed tables, and tells what each has changed. */
function changeWatcher(
	direct: DynamoDBClient,
	tables: readonly TableSettings[],
	onChange: (change: Change) => void,
): Watch {
	const streamed = new Map(
		tables.flatMap((table) => (table.streamed ? [[table.name, table]] : [])),
	);
	const current = new Map<string, Item>();
	let last: Promise<unknown> = Promise.resolve();
	let sequence = 0;

	const tell = async (table: TableSettings, Key: Item) => {
		const { Item: after } = await direct.send(
			new GetItemCommand({ TableName: table.name, Key, ConsistentRead: true }),
		);
		const id = JSON.stringify([table.name, Key]);
		const before = current.get(id);
		if (after === undefined) current.delete(id);
		else current.set(id, after);
		if (before === undefined && after === undefined) return;
		const kind = after === undefined ? "REMOVE" : before === undefined ? "INSERT" : "MODIFY";
		sequence += 1;
		onChange({ table: table.name, kind, keys: Key, before, after, sequence, at: new Date() });
	};

	return async (target, body, pass) => {
		if (!["PutItem", "UpdateItem", "DeleteItem"].includes(target)) return await pass();
		const { TableName, Item, Key } = JSON.parse(body.toString());
		const table = streamed.get(TableName);
		if (table === undefined) return await pass();
		const key = Key ?? { [table.key]: Item[table.key] };
		const turn = last.then(async () => {
			const reply = await pass();
			if (reply.status === 200) await tell(table, key);
			return reply;
		});
		last = turn.catch(() => undefined);
		return await turn;
	};
}
