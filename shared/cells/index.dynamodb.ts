import { createHash } from "node:crypto";
import { type DynamoDBClient, paginateQuery } from "@aws-sdk/client-dynamodb";
import { marshall, unmarshall } from "@aws-sdk/util-dynamodb";
import * as z from "zod";
import { heldInstanceId } from "./held-instance.ts";
import { CellCost, type CellIndex, type CellRow, Phase, type UnreadableRow } from "./model.ts";
import { dynamodbCellReader } from "./reader.dynamodb.ts";
import { recordFaults } from "./record-faults.ts";

/** One partition takes a thousand writes a second: so many share what the index of unsettled records is written. */
const shards = 8;

/** Where a record stands in the index of unsettled ones. */
export const unsettledShardOf = (podUid: string): string =>
	String(createHash("sha256").update(podUid).digest().readUInt8() % shards);

/**
 * The cells table's global secondary indexes, both written with the records by `dynamodbCells`:
 *
 * - `byInstance`: key `instanceId`; keys only.
 * - `unsettled`: keys `unsettledShard` and `changedAt`; with `phase`, `instanceId` and `cost`. A settled record
 *   has no shard, and so isn't in it.
 */
export const dynamodbCellIndex = (dynamodb: DynamoDBClient, tableName: string): CellIndex => {
	const read = dynamodbCellReader(dynamodb, tableName);
	const query = async (index: string, key: string, value: string, abortSignal: AbortSignal) => {
		const pages = paginateQuery(
			{ client: dynamodb },
			{
				TableName: tableName,
				IndexName: index,
				KeyConditionExpression: "#key = :value",
				ExpressionAttributeNames: { "#key": key },
				ExpressionAttributeValues: marshall({ ":value": value }),
			},
			{ abortSignal },
		);
		const rows: unknown[] = [];
		for await (const { Items = [] } of pages) rows.push(...Items.map((item) => unmarshall(item)));
		return rows;
	};

	return {
		async byInstance(instanceId, signal) {
			const rows = await query("byInstance", "instanceId", instanceId, signal);
			for (const { podUid } of rows.map((row) => Keys.parse(row))) {
				const cell = await read(podUid, signal);
				// The index may be a moment late.
				if (cell !== undefined && heldInstanceId(cell) === instanceId) return cell;
			}
			return undefined;
		},
		async unsettled(signal) {
			const rows = await Promise.all(
				Array.from({ length: shards }, async (_, shard) =>
					query("unsettled", "unsettledShard", String(shard), signal),
				),
			);
			const read = rows.flat().map(readRow);
			return {
				rows: read.flatMap(({ row }) => row ?? []),
				unreadable: read.flatMap(({ unreadable }) => unreadable ?? []),
			};
		},
	};
};

/** The table's own key, and the other index's: DynamoDB lets no item in that lacks the one, or has another kind of it. */
const Keys = z.object({ podUid: z.string() });
const Holder = z.object({ instanceId: z.string() });

const StoredRow = z.object({
	podUid: z.string(),
	phase: Phase,
	changedAt: z.coerce.date(),
	instanceId: z.string().optional(),
	/** Absent also from records that an earlier version wrote: it is for people, and nothing fails for want of it. */
	cost: CellCost.optional().catch(undefined),
});

/** One row of an answer. Each is read by itself: what is wrong with one hides none of the others. */
type Read =
	| Readonly<{ row: CellRow; unreadable?: never }>
	| Readonly<{ row?: never; unreadable: UnreadableRow }>;

function readRow(item: unknown): Read {
	const { success, data, error } = StoredRow.safeParse(item);
	if (success) {
		const { instanceId, cost, ...rest } = data;
		return {
			row: {
				...rest,
				...(instanceId === undefined ? {} : { instanceId }),
				...(cost === undefined ? {} : { cost }),
			},
		};
	}
	const { podUid } = Keys.parse(item);
	const { instanceId } = Holder.safeParse(item).data ?? {};
	return {
		unreadable: {
			podUid,
			...(instanceId === undefined ? {} : { instanceId }),
			problem: recordFaults(error),
		},
	};
}
