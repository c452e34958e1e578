import {
	ConditionalCheckFailedException,
	DeleteItemCommand,
	type DynamoDBClient,
	PutItemCommand,
	UpdateItemCommand,
} from "@aws-sdk/client-dynamodb";
import { marshall, unmarshall } from "@aws-sdk/util-dynamodb";
import * as z from "zod";
import { rememberedSeconds, type Sightings } from "./model.ts";

const Sighting = z.object({ firstSeenAt: z.coerce.date() });

/**
 * Sightings, as items `sighting#<subject>` of the ledger table.
 *
 * DynamoDB deletes them some time after `expiresAt`; whether one still counts, its times tell.
 */
export const dynamodbSightings = (
	dynamodb: DynamoDBClient,
	table: string,
	now: () => Date,
): Sightings => {
	const keyOf = (subject: string) => marshall({ key: `sighting#${subject}` });

	/** @returns undefined where the last sighting is too long ago to count. */
	async function seenAgain(subject: string, at: Date, signal: AbortSignal) {
		const command = new UpdateItemCommand({
			TableName: table,
			Key: keyOf(subject),
			UpdateExpression:
				"SET firstSeenAt = if_not_exists(firstSeenAt, :now), lastSeenAt = :now, expiresAt = :expiresAt",
			ConditionExpression: "attribute_not_exists(lastSeenAt) OR lastSeenAt >= :since",
			ExpressionAttributeValues: marshall({
				":now": at.toISOString(),
				":since": countsSince(at),
				":expiresAt": expiresAt(at),
			}),
			ReturnValues: "ALL_NEW",
		});
		const reply = await unlessRefused(dynamodb.send(command, { abortSignal: signal }));
		return reply && Sighting.parse(unmarshall(reply.Attributes ?? {})).firstSeenAt;
	}

	/** @returns undefined where somebody else has seen it meanwhile. */
	async function seenAnew(subject: string, at: Date, signal: AbortSignal) {
		const command = new PutItemCommand({
			TableName: table,
			Item: {
				...keyOf(subject),
				...marshall({
					firstSeenAt: at.toISOString(),
					lastSeenAt: at.toISOString(),
					expiresAt: expiresAt(at),
				}),
			},
			ConditionExpression: "attribute_not_exists(lastSeenAt) OR lastSeenAt < :since",
			ExpressionAttributeValues: marshall({ ":since": countsSince(at) }),
		});
		return (await unlessRefused(dynamodb.send(command, { abortSignal: signal }))) && at;
	}

	return {
		async see(subject, signal) {
			const at = now();
			return (
				(await seenAgain(subject, at, signal)) ??
				(await seenAnew(subject, at, signal)) ??
				(await seenAgain(subject, at, signal)) ??
				at
			);
		},
		async forget(subject, signal) {
			const command = new DeleteItemCommand({ TableName: table, Key: keyOf(subject) });
			await dynamodb.send(command, { abortSignal: signal });
		},
	};
};

const countsSince = (now: Date): string =>
	new Date(now.getTime() - rememberedSeconds * 1000).toISOString();

const expiresAt = (now: Date): number => Math.floor(now.getTime() / 1000) + rememberedSeconds;

/** @returns undefined where the item was not as the condition demands. */
async function unlessRefused<Reply>(reply: Promise<Reply>): Promise<Reply | undefined> {
	try {
		return await reply;
	} catch (error) {
		if (error instanceof ConditionalCheckFailedException) return undefined;
		throw error;
	}
}
