import {
	ConditionalCheckFailedException,
	type DynamoDBClient,
	PutItemCommand,
} from "@aws-sdk/client-dynamodb";
import { marshall } from "@aws-sdk/util-dynamodb";
import { ProvisionerError } from "../errors.ts";
import { heldCost, heldInstanceId } from "./held-instance.ts";
import { unsettledShardOf } from "./index.dynamodb.ts";
import type { Cell, CellStore } from "./model.ts";
import { dynamodbCellReader } from "./reader.dynamodb.ts";
import { isSettled } from "./transitions.ts";

/** Settled records are kept this long for people who ask, then DynamoDB may delete them. */
const keptSeconds = 7 * 24 * 3600;

/**
 * The cells table: key `podUid`, one item per pod, every write conditional on what the writer has seen.
 *
 * Beside the record, the item has what its indexes (see `dynamodbCellIndex`) and DynamoDB's TTL need:
 * `instanceId`, `cost`, `changedAt` (ISO 8601 UTC) and `unsettledShard`, or once it is settled `expiresAt` (epoch
 * seconds). A record that isn't settled is never deleted.
 */
export const dynamodbCells = (
	dynamodb: DynamoDBClient,
	tableName: string,
	now: () => Date,
): CellStore => {
	const read = dynamodbCellReader(dynamodb, tableName);

	return {
		async claim(cell, signal) {
			try {
				await dynamodb.send(
					new PutItemCommand({
						TableName: tableName,
						Item: itemOf(cell, now()),
						ConditionExpression: "attribute_not_exists(podUid)",
					}),
					{ abortSignal: signal },
				);
				return { cell, claimed: true };
			} catch (error) {
				if (!(error instanceof ConditionalCheckFailedException)) throw error;
			}
			const standing = await read(cell.podUid, signal);
			if (standing !== undefined) return { cell: standing, claimed: false };
			throw lostRace(cell);
		},

		get: read,

		async save(cell, signal) {
			const next = { ...cell, version: cell.version + 1 };
			try {
				await dynamodb.send(
					new PutItemCommand({
						TableName: tableName,
						Item: itemOf(next, now()),
						ConditionExpression: "version = :seen",
						ExpressionAttributeValues: marshall({ ":seen": cell.version }),
					}),
					{ abortSignal: signal },
				);
				return next;
			} catch (error) {
				if (error instanceof ConditionalCheckFailedException) throw lostRace(cell, error);
				throw error;
			}
		},
	};
};

const itemOf = (cell: Cell, now: Date) =>
	marshall(
		{
			...cell,
			instanceId: heldInstanceId(cell),
			cost: heldCost(cell),
			changedAt: now.toISOString(),
			unsettledShard: isSettled(cell) ? undefined : unsettledShardOf(cell.podUid),
			expiresAt: expiryOf(cell),
		},
		{ removeUndefinedValues: true },
	);

const expiryOf = (cell: Cell): number | undefined => {
	const { settledAt } = cell.stages;
	if (settledAt === undefined || !isSettled(cell)) return undefined;
	return Math.floor(new Date(settledAt).getTime() / 1000) + keptSeconds;
};

const lostRace = ({ podUid, version }: Cell, cause?: unknown) =>
	new ProvisionerError(
		"conflict",
		"RecordChanged",
		`the record of pod ${podUid} is no longer at version ${version}`,
		{ cause },
	);
