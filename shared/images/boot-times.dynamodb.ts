import {
	type AttributeValue,
	ConditionalCheckFailedException,
	type DynamoDBClient,
	GetItemCommand,
	UpdateItemCommand,
} from "@aws-sdk/client-dynamodb";
import * as z from "zod";
import { bootFamilyOf, bootTimesKept } from "./boot-times.ts";
import type { BootTimes } from "./model.ts";

/** An image that no cell has used for so long is hardly used again. */
const keptSeconds = 90 * 24 * 3_600;

const Numbers = z.array(z.object({ N: z.string().transform(Number) }));

/**
 * Boot times in the images table: an item for each image and family, key `boot-times|<image>|<family>`,
 * attributes `bootMs` (a list of at most `bootTimesKept`) and `expiresAt` (epoch seconds, for TTL).
 *
 * Each birth is one conditional update without a read, so that many at a moment don't wait for each other: a
 * full list has one of its places overwritten, chosen by the number itself, which is as good as by chance.
 */
export const dynamodbBootTimes = (
	client: DynamoDBClient,
	tableName: string,
	now: () => Date,
): BootTimes => {
	const update = async (
		key: Record<string, AttributeValue>,
		place: { set: string; condition: string; values: Record<string, AttributeValue> },
		signal: AbortSignal,
	): Promise<boolean> => {
		const command = new UpdateItemCommand({
			TableName: tableName,
			Key: key,
			UpdateExpression: `SET ${place.set}, expiresAt = :expiresAt`,
			ConditionExpression: place.condition,
			ExpressionAttributeValues: {
				...place.values,
				":kept": { N: String(bootTimesKept) },
				":expiresAt": { N: String(Math.floor(now().getTime() / 1_000) + keptSeconds) },
			},
		});
		try {
			await client.send(command, { abortSignal: signal });
			return true;
		} catch (error) {
			if (error instanceof ConditionalCheckFailedException) return false;
			throw error;
		}
	};

	return {
		async seen(imageId, instanceType, signal) {
			const { Item } = await client.send(
				new GetItemCommand({ TableName: tableName, Key: keyOf(imageId, instanceType) }),
				{ abortSignal: signal },
			);
			const read = Numbers.safeParse(Item?.["bootMs"]?.L ?? []);
			return (read.data ?? []).map(({ N }) => N).filter((ms) => Number.isFinite(ms) && ms >= 0);
		},

		async add(imageId, instanceType, bootMs, signal) {
			const key = keyOf(imageId, instanceType);
			const ms = { N: String(bootMs) };
			const over = {
				set: `bootMs[${bootMs % bootTimesKept}] = :ms`,
				condition: "size(bootMs) >= :kept",
				values: { ":ms": ms },
			};
			const behind = {
				set: "bootMs = list_append(if_not_exists(bootMs, :none), :ms)",
				condition: "attribute_not_exists(bootMs) OR size(bootMs) < :kept",
				values: { ":ms": { L: [ms] }, ":none": { L: [] } },
			};
			// Full lists are the rule. Where both fail, others filled it meanwhile: one birth more or less.
			if (!(await update(key, over, signal))) await update(key, behind, signal);
		},
	};
};

const keyOf = (imageId: string, instanceType: string): Record<string, AttributeValue> => ({
	key: { S: `boot-times|${imageId}|${bootFamilyOf(instanceType)}` },
});
