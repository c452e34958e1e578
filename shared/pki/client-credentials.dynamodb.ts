import { type DynamoDBClient, GetItemCommand, PutItemCommand } from "@aws-sdk/client-dynamodb";
import { marshall, unmarshall } from "@aws-sdk/util-dynamodb";
import * as z from "zod";
import { ProvisionerError } from "../errors.ts";
import { type ClientCredentials, Credentials } from "./model.ts";

const itemName = "readiness-client";

/** The item as it lies in the table; `name` is its key. */
const Item = Credentials.extend({ expiresAt: z.iso.datetime() });

/**
 * Readiness's client certificate as one item, which only readiness's role may read: inside its VPC,
 * DynamoDB is the only AWS service that can be reached for nothing.
 *
 * What has expired is given back as well, with its time: the reader has a clock and decides. DynamoDB's
 * own expiry is no clock; it deletes days late.
 *
 * @param table with the key attribute `name`.
 */
export const dynamodbClientCredentials = (
	dynamodb: DynamoDBClient,
	table: string,
): ClientCredentials => ({
	async get(signal) {
		const command = new GetItemCommand({
			TableName: table,
			Key: marshall({ name: itemName }),
			ConsistentRead: true,
		});
		const { Item: item } = await dynamodb.send(command, { abortSignal: signal });
		if (item === undefined) return undefined;
		const read = Item.safeParse(unmarshall(item));
		if (!read.success) throw unreadable(table, read.error);
		const { caPem, certificatePem, keyPem, expiresAt } = read.data;
		return { caPem, certificatePem, keyPem, expiresAt: new Date(expiresAt) };
	},

	async put({ caPem, certificatePem, keyPem }, expiresAt, signal) {
		const command = new PutItemCommand({
			TableName: table,
			Item: marshall({
				name: itemName,
				caPem,
				certificatePem,
				keyPem,
				expiresAt: expiresAt.toISOString(),
			}),
		});
		await dynamodb.send(command, { abortSignal: signal });
	},
});

/** Names the attributes only: their values are secret. */
function unreadable(table: string, { issues }: z.ZodError): ProvisionerError {
	const attributes = issues.map(({ path }) => String(path.at(0) ?? "(all)"));
	return new ProvisionerError(
		"operator",
		"ClientCredentialsUnreadable",
		`Item ${itemName} of table ${table} isn't a client certificate (missing or wrong: ${[...new Set(attributes)].join(", ")}): delete it; the next renewal writes another.`,
	);
}
