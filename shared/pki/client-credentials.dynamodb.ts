import { type DynamoDBClient, GetItemCommand, PutItemCommand } from "@aws-sdk/client-dynamodb";
import { marshall, unmarshall } from "@aws-sdk/util-dynamodb";
import * as z from "zod";
import { ProvisionerError } from "../errors.ts";
import { authorityIdOf } from "./authority-id.ts";
import { type ClientCredentials, Credentials } from "./model.ts";

/** The first authority's, for cells whose record names none; every authority's own item ends in its id. */
const firstItemName = "readiness-client";
const itemNameOf = (authorityId: string | undefined): string =>
	authorityId === undefined ? firstItemName : `${firstItemName}/${authorityId}`;

/** The item as it lies in the table; `name` is its key. */
const Item = Credentials.extend({ expiresAt: z.iso.datetime() });

/**
 * Readiness's client certificates, an item for each authority, which only readiness's role may read: inside
 * its VPC, DynamoDB is the only AWS service that can be reached for nothing.
 *
 * What has expired is given back as well, with its time: the reader has a clock and decides. DynamoDB's
 * own expiry is no clock; it deletes days late.
 *
 * @param table with the key attribute `name`.
 */
export const dynamodbClientCredentials = (
	dynamodb: DynamoDBClient,
	table: string,
): ClientCredentials => {
	const read = async (name: string, signal: AbortSignal) => {
		const command = new GetItemCommand({
			TableName: table,
			Key: marshall({ name }),
			ConsistentRead: true,
		});
		const { Item: item } = await dynamodb.send(command, { abortSignal: signal });
		if (item === undefined) return undefined;
		const result = Item.safeParse(unmarshall(item));
		if (!result.success) throw unreadable(table, name, result.error);
		const { caPem, certificatePem, keyPem, expiresAt } = result.data;
		return { caPem, certificatePem, keyPem, expiresAt: new Date(expiresAt) };
	};

	return {
		async get(authorityId, signal) {
			const found = await read(itemNameOf(authorityId), signal);
			if (found !== undefined || authorityId === undefined) return found;
			// Until the first renewal after an upgrade there is only the item that has no id in its name.
			const first = await read(firstItemName, signal);
			return first !== undefined && signedBy(first, authorityId) ? first : undefined;
		},

		async put(authorityId, { caPem, certificatePem, keyPem }, expiresAt, signal) {
			const command = new PutItemCommand({
				TableName: table,
				Item: marshall({
					name: itemNameOf(authorityId),
					caPem,
					certificatePem,
					keyPem,
					expiresAt: expiresAt.toISOString(),
				}),
			});
			await dynamodb.send(command, { abortSignal: signal });
		},
	};
};

/** The holder's own authority is the first that it trusts. */
function signedBy({ caPem }: Credentials, authorityId: string): boolean {
	try {
		return authorityIdOf(caPem) === authorityId;
	} catch {
		return false;
	}
}

/** Names the attributes only: their values are secret. */
function unreadable(table: string, name: string, { issues }: z.ZodError): ProvisionerError {
	const attributes = issues.map(({ path }) => String(path.at(0) ?? "(all)"));
	return new ProvisionerError(
		"operator",
		"ClientCredentialsUnreadable",
		`Item ${name} of table ${table} isn't a client certificate (missing or wrong: ${[...new Set(attributes)].join(", ")}): delete it; the next renewal writes another.`,
	);
}
