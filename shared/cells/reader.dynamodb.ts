import { type DynamoDBClient, GetItemCommand } from "@aws-sdk/client-dynamodb";
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
