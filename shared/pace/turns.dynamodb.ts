import type { DynamoDBClient } from "@aws-sdk/client-dynamodb";
import { ProvisionerError } from "../errors.ts";
import { optimisticItem } from "../optimistic-item.dynamodb.ts";
import type { LaunchTurns, Pace } from "./model.ts";
import { allFree, TurnsState, takeTurn, throttled } from "./turns.ts";

/**
 * Turns at RunInstances, as the item `turns` of the ledger table.
 *
 * @throws ProvisionerError `unavailable` `TurnsContended` when too many workers ask at one moment.
 */
export const dynamodbLaunchTurns = (
	dynamodb: DynamoDBClient,
	table: string,
	pace: Pace,
	now: () => Date,
): LaunchTurns => {
	const item = optimisticItem(dynamodb, {
		table,
		key: "turns",
		contended: (message, options) =>
			new ProvisionerError("unavailable", "TurnsContended", message, options),
		// Another version's item tells nothing of the pace: it begins anew.
		stateOf: (attributes): TurnsState | undefined => TurnsState.safeParse(attributes).data,
		attributesOf: (state) => state ?? {},
	});
	return {
		take: async (instances, signal) =>
			await item.change((state) => {
				const at = now();
				const { state: next, at: result } = takeTurn(
					state ?? allFree(pace, at),
					pace,
					instances,
					at,
				);
				return { state: next, result };
			}, signal),
		throttled: async (signal) =>
			await item.change((state) => {
				const at = now();
				return { state: throttled(state ?? allFree(pace, at), at), result: undefined };
			}, signal),
	};
};
