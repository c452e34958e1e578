import {
	ConditionalCheckFailedException,
	type DynamoDBClient,
	GetItemCommand,
	UpdateItemCommand,
} from "@aws-sdk/client-dynamodb";
import { marshall, unmarshall } from "@aws-sdk/util-dynamodb";
import { CachedImage, type ImageCache } from "./model.ts";

/**
 * The images table: key attribute `key`, attributes `image` and `refreshedAt`.
 *
 * An item that doesn't read as an image (another version wrote it) counts as
 * absent, so that it is looked up and written again. Other attributes of an
 * item are left as they are.
 */
export const dynamodbImageCache = (client: DynamoDBClient, tableName: string): ImageCache => ({
	async get(key, signal) {
		const { Item } = await client.send(
			new GetItemCommand({ TableName: tableName, Key: marshall({ key }) }),
			{ abortSignal: signal },
		);
		return Item === undefined ? undefined : CachedImage.safeParse(unmarshall(Item)).data;
	},
	async put(key, { image, refreshedAt }, signal) {
		await client.send(
			new UpdateItemCommand({
				TableName: tableName,
				Key: marshall({ key }),
				UpdateExpression: "SET #image = :image, #refreshedAt = :refreshedAt",
				ExpressionAttributeNames: { "#image": "image", "#refreshedAt": "refreshedAt" },
				ExpressionAttributeValues: marshall(
					{ ":image": image, ":refreshedAt": refreshedAt },
					{ removeUndefinedValues: true },
				),
			}),
			{ abortSignal: signal },
		);
	},
	async remove(key, imageId, signal) {
		try {
			await client.send(
				new UpdateItemCommand({
					TableName: tableName,
					Key: marshall({ key }),
					UpdateExpression: "REMOVE #image, #refreshedAt",
					ConditionExpression: "#image.#imageId = :imageId",
					ExpressionAttributeNames: {
						"#image": "image",
						"#imageId": "imageId",
						"#refreshedAt": "refreshedAt",
					},
					ExpressionAttributeValues: marshall({ ":imageId": imageId }),
				}),
				{ abortSignal: signal },
			);
		} catch (error) {
			// Another one by now, or none.
			if (!(error instanceof ConditionalCheckFailedException)) throw error;
		}
	},
});
