import { promisify } from "node:util";
import { gunzip, gzip } from "node:zlib";
import {
	ConditionalCheckFailedException,
	type DynamoDBClient,
	GetItemCommand,
	PutItemCommand,
} from "@aws-sdk/client-dynamodb";
import { marshall, unmarshall } from "@aws-sdk/util-dynamodb";
import * as z from "zod";
import { ProvisionerError } from "../errors.ts";
import type { CatalogueStore } from "./market.ts";
import { Snapshot } from "./snapshot.ts";

const itemKey = "catalogue";

/** Of what `packed` holds; another number is another version's. */
const format = 1;

/** DynamoDB takes 400 KB for an item, names and all. */
const mostPackedBytes = 390 * 1_024;

/** No catalogue is near this; what claims more isn't one. */
const mostUnpackedBytes = 16 * 1_024 * 1_024;

const Item = z.object({
	format: z.literal(format),
	packed: z.instanceof(Uint8Array),
});

const zipped = promisify(gzip);
const unzipped = promisify(gunzip);

/** The catalogue as one item, the snapshot in it gzipped: key attribute `key`, beside it date and source to read. */
export const dynamodbCatalogue = (dynamodb: DynamoDBClient, table: string): CatalogueStore => ({
	async get(signal) {
		const command = new GetItemCommand({ TableName: table, Key: marshall({ key: itemKey }) });
		const { Item: item } = await dynamodb.send(command, { abortSignal: signal });
		if (item === undefined) return undefined;
		try {
			const { packed } = Item.parse(unmarshall(item));
			const text = await unzipped(packed, { maxOutputLength: mostUnpackedBytes });
			return Snapshot.parse(JSON.parse(text.toString("utf8")));
		} catch (error) {
			throw unreadable(table, error);
		}
	},

	async put(snapshot, signal) {
		const packed = await zipped(JSON.stringify(snapshot), { level: 9 });
		if (packed.length > mostPackedBytes) throw tooLarge(table, packed.length);
		const { date, source, region } = snapshot;
		const command = new PutItemCommand({
			TableName: table,
			Item: marshall({ key: itemKey, format, date, source, region, packed }),
			// A refresh that was held up doesn't replace what a later one has found.
			ConditionExpression: "attribute_not_exists(#date) OR #date <= :date",
			ExpressionAttributeNames: { "#date": "date" },
			ExpressionAttributeValues: marshall({ ":date": date }),
		});
		try {
			await dynamodb.send(command, { abortSignal: signal });
		} catch (error) {
			if (!(error instanceof ConditionalCheckFailedException)) throw error;
		}
	},
});

const unreadable = (table: string, cause: unknown): ProvisionerError =>
	new ProvisionerError(
		"operator",
		"CatalogueUnreadable",
		`Item ${itemKey} of table ${table} isn't a catalogue that this version reads (${problemOf(cause)}): delete it, or deploy the version that wrote it; the next refresh of market writes another.`,
		{ cause },
	);

const tooLarge = (table: string, bytes: number): ProvisionerError =>
	new ProvisionerError(
		"operator",
		"CatalogueTooLarge",
		`the catalogue takes ${bytes} bytes packed, and item ${itemKey} of table ${table} can hold ${mostPackedBytes}; launches go on with the one that is stored`,
	);

const problemOf = (error: unknown): string => {
	if (error instanceof z.ZodError) return z.prettifyError(error).slice(0, 300);
	return error instanceof Error ? error.message : String(error);
};
