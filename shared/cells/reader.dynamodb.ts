import {
	BatchGetItemCommand,
	type BatchGetItemCommandOutput,
	type DynamoDBClient,
	GetItemCommand,
} from "@aws-sdk/client-dynamodb";
import { marshall, unmarshall } from "@aws-sdk/util-dynamodb";
import { Cell, type CellStore } from "./model.ts";

/** One record of the cells table, as last written. */
export const dynamodbCellReader =
	(dynamodb: DynamoDBClient, tableName: string): CellStore["get"] =>
	async (podUid, signal) => {
		const { Item } = await dynamodb.send(
			new GetItemCommand({
				TableName: tableName,
				Key: marshall({ podUid }),
				ConsistentRead: true,
			}),
			{ abortSignal: signal },
		);
		return Item === undefined ? undefined : Cell.parse(unmarshall(Item));
	};

/** @see https://docs.aws.amazon.com/amazondynamodb/latest/APIReference/API_BatchGetItem.html */
const keysAtOnce = 100;

/**
 * Records of the cells table, as last written, in no order; a pod without one is left out.
 *
 * What DynamoDB leaves unprocessed, for its size or its rate, is asked for again. It fails where it would give nothing.
 */
export const dynamodbCellsReader =
	(dynamodb: DynamoDBClient, tableName: string) =>
	async (podUids: readonly string[], signal: AbortSignal): Promise<readonly Cell[]> => {
		const cells: Cell[] = [];
		let left = [...new Set(podUids)].map((podUid) => marshall({ podUid }));
		while (left.length > 0) {
			const Keys = left.slice(0, keysAtOnce);
			const { Responses, UnprocessedKeys }: BatchGetItemCommandOutput = await dynamodb.send(
				new BatchGetItemCommand({ RequestItems: { [tableName]: { Keys, ConsistentRead: true } } }),
				{ abortSignal: signal },
			);
			cells.push(...(Responses?.[tableName] ?? []).map((item) => Cell.parse(unmarshall(item))));
			const unprocessed = UnprocessedKeys?.[tableName]?.Keys ?? [];
			left = [...left.slice(keysAtOnce), ...unprocessed];
		}
		return cells;
	};
