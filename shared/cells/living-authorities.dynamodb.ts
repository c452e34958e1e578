import { type DynamoDBClient, paginateScan } from "@aws-sdk/client-dynamodb";
import { unmarshall } from "@aws-sdk/util-dynamodb";
import * as z from "zod";

/** What living cells' plans say of who made them. */
const Row = z.object({
	plan: z.object({ authorityId: z.string().optional(), issuedAt: z.coerce.date() }),
});

/** The living cells of one authority. */
type LivingCells = Readonly<{ cells: number; lastIssuedAt: Date }>;

/**
 * How many cells are alive, or about to be, of each authority; those that name none under `firstId`.
 *
 * It reads the whole table: for people who ask, and for nobody else.
 */
export async function dynamodbLivingAuthorities(
	dynamodb: DynamoDBClient,
	table: string,
	firstId: string,
	signal: AbortSignal,
): Promise<ReadonlyMap<string, LivingCells>> {
	const living = new Map<string, LivingCells>();
	const pages = paginateScan(
		{ client: dynamodb },
		{
			TableName: table,
			ConsistentRead: true,
			ProjectionExpression: "#plan.#authorityId, #plan.#issuedAt",
			FilterExpression: "attribute_exists(#plan) AND NOT #phase IN (:failed, :terminated)",
			ExpressionAttributeNames: {
				"#plan": "plan",
				"#authorityId": "authorityId",
				"#issuedAt": "issuedAt",
				"#phase": "phase",
			},
			ExpressionAttributeValues: { ":failed": { S: "Failed" }, ":terminated": { S: "Terminated" } },
		},
		{ abortSignal: signal },
	);
	for await (const { Items = [] } of pages)
		for (const item of Items) {
			const { authorityId = firstId, issuedAt } = Row.parse(unmarshall(item)).plan;
			const { cells, lastIssuedAt } = living.get(authorityId) ?? {
				cells: 0,
				lastIssuedAt: issuedAt,
			};
			const later = issuedAt > lastIssuedAt ? issuedAt : lastIssuedAt;
			living.set(authorityId, { cells: cells + 1, lastIssuedAt: later });
		}
	return living;
}
