import type { AttributeValue } from "@aws-sdk/client-dynamodb";
import { unmarshall } from "@aws-sdk/util-dynamodb";
import { Cell } from "./model.ts";

/**
 * The record in a stream's new image.
 *
 * @param image as Lambda delivers it: the same JSON as DynamoDB's own, but typed apart.
 * @returns undefined for a deletion.
 */
export const cellFromImage = (image: unknown): Cell | undefined =>
	isImage(image) ? Cell.parse(unmarshall(image)) : undefined;

const isImage = (image: unknown): image is Record<string, AttributeValue> =>
	typeof image === "object" && image !== null;
