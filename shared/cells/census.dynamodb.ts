import { type DynamoDBClient, paginateScan } from "@aws-sdk/client-dynamodb";
import { unmarshall } from "@aws-sdk/util-dynamodb";
import * as z from "zod";
import { Phase } from "./model.ts";

const Row = z.object({
	/** Whatever stands there: a record of another version is counted as well. */
	phase: Phase.optional().catch(undefined),
	stages: z.object({ settledAt: z.string().optional() }).default({}).catch({}),
});

/** How many records there are, and of how many nothing can be left. */
export type Census = Readonly<{
	phases: Readonly<Record<Phase, number>>;
	/** In no phase that this version knows, and not settled. */
	unreadable: number;
	settled: number;
}>;

/** Counts every record. It reads the whole table: for people who ask, and for nobody else. */
export async function census(
	dynamodb: DynamoDBClient,
	table: string,
	signal: AbortSignal,
): Promise<Census> {
	const phases = {
		Scheduled: 0,
		Launching: 0,
		Booting: 0,
		Ready: 0,
		Terminating: 0,
		Terminated: 0,
		Failed: 0,
	};
	let [settled, unreadable] = [0, 0];
	const pages = paginateScan(
		{ client: dynamodb },
		{
			TableName: table,
			ConsistentRead: true,
			ProjectionExpression: "#phase, #stages.#settledAt",
			ExpressionAttributeNames: {
				"#phase": "phase",
				"#stages": "stages",
				"#settledAt": "settledAt",
			},
		},
		{ abortSignal: signal },
	);
	for await (const { Items = [] } of pages)
		for (const item of Items) {
			const { phase, stages } = Row.parse(unmarshall(item));
			if (phase !== undefined) phases[phase] += 1;
			if (stages.settledAt !== undefined) settled += 1;
			else if (phase === undefined) unreadable += 1;
		}
	return { phases, unreadable, settled };
}
