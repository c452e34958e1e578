import {
	ConditionalCheckFailedException,
	type DynamoDBClient,
	GetItemCommand,
	PutItemCommand,
} from "@aws-sdk/client-dynamodb";
import { marshall, unmarshall } from "@aws-sdk/util-dynamodb";
import { ProvisionerError } from "../errors.ts";
import { Cell, type CellStore } from "./model.ts";

/** Finished records are kept this long for people who ask, then DynamoDB may delete them. */
const keptSeconds = 7 * 24 * 3600;

/**
 * The cells table: key `podUid`, one item per pod, every write conditional on what the writer has seen.
 *
 * `instanceId` and `expiresAt` (epoch seconds) are copied to the top of the item for an index and for TTL.
 */
export const dynamodbCells = (dynamodb: DynamoDBClient, tableName: string): CellStore => {
	const read = async (podUid: string, signal: AbortSignal): Promise<Cell | undefined> => {
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

	return {
		async claim(cell, signal) {
			try {
				await dynamodb.send(
					new PutItemCommand({
						TableName: tableName,
						Item: itemOf(cell),
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
						Item: itemOf(next),
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

const itemOf = (cell: Cell) =>
	marshall(
		{
			...cell,
			instanceId: "instance" in cell ? cell.instance?.instanceId : undefined,
			expiresAt: expiryOf(cell),
		},
		{ removeUndefinedValues: true },
	);

const expiryOf = ({ stages, phase }: Cell): number | undefined => {
	if (phase !== "Failed" && phase !== "Terminated") return undefined;
	const over = new Date(stages.endedAt ?? stages.failedAt ?? stages.acceptedAt);
	return Math.floor(over.getTime() / 1000) + keptSeconds;
};

const lostRace = ({ podUid, version }: Cell, cause?: unknown) =>
	new ProvisionerError(
		"conflict",
		"RecordChanged",
		`the record of pod ${podUid} is no longer at version ${version}`,
		{ cause },
	);
