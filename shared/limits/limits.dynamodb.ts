import type { DynamoDBClient } from "@aws-sdk/client-dynamodb";
import * as z from "zod";
import { ProvisionerError } from "../errors.ts";
import { optimisticItem } from "../optimistic-item.dynamodb.ts";
import type { CellLimits, Limits } from "./model.ts";
import { giveBackShare, type Holders, heldBy, keepShares, takeShares } from "./shares.ts";

/** attempt, millionths of a dollar, seconds since 1970: without names, because there may be ten thousand. */
const StoredHolding = z.tuple([z.int().min(1), z.int().min(0), z.int().min(0)]);

/**
 * Shares of the limits, as the item `limits` of the ledger table: who holds one, never how much is held.
 *
 * An item of 10,000 holders is some 330 KB, below DynamoDB's 400: each change of it then costs as many write
 * units, and three changes a second are all that one item takes. Changes that are asked for together are one.
 *
 * @throws ProvisionerError `unavailable` `LimitsContended` when too many workers ask at one moment.
 */
export function dynamodbCellLimits(
	dynamodb: DynamoDBClient,
	table: string,
	limits: Limits,
	now: () => Date,
): CellLimits {
	if (limits.cells === undefined && limits.hourlyUsd === undefined) return unlimited;
	const item = optimisticItem(dynamodb, {
		table,
		key: "limits",
		contended: (message, options) =>
			new ProvisionerError("unavailable", "LimitsContended", message, options),
		stateOf: holdersIn,
		attributesOf: (holders) => ({ holders: stored(holders) }),
	});
	return {
		take: async (shares, signal) =>
			await item.change((before) => {
				const { holders, podUids } = takeShares(before, shares, limits, now());
				return { state: holders, result: podUids };
			}, signal),
		giveBack: async (podUid, signal) =>
			await item.change(
				(before) => ({ state: giveBackShare(before, podUid), result: undefined }),
				signal,
			),
		keepOnly: async (podUids, takenBefore, signal) =>
			await item.change((before) => {
				const state = keepShares(before, podUids, takenBefore);
				return { state, result: before.size - state.size };
			}, signal),
		async held(signal) {
			const { cells, hourlyMicroUsd } = heldBy(await item.read(signal));
			return { cells, hourlyUsd: hourlyMicroUsd / 1_000_000 };
		},
	};
}

/** Where nothing is limited, nothing is counted, and no table is asked. */
const unlimited: CellLimits = {
	take: async (shares) => new Set(shares.map(({ podUid }) => podUid)),
	giveBack: async () => {},
	keepOnly: async () => 0,
	held: async () => ({ cells: 0, hourlyUsd: 0 }),
};

/** @throws z.ZodError where another version has written it: guessing would exceed the limits. */
const holdersIn = ({ holders = {} }: Readonly<Record<string, unknown>>): Holders =>
	new Map(
		Object.entries(z.record(z.string(), StoredHolding).parse(holders)).map(
			([holder, [attempt, hourlyMicroUsd, takenAtSeconds]]) => [
				holder,
				{ attempt, hourlyMicroUsd, takenAtSeconds },
			],
		),
	);

const stored = (holders: Holders): Record<string, z.infer<typeof StoredHolding>> =>
	Object.fromEntries(
		[...holders].map(([holder, { attempt, hourlyMicroUsd, takenAtSeconds }]) => [
			holder,
			[attempt, hourlyMicroUsd, takenAtSeconds],
		]),
	);
