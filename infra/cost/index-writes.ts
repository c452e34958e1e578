import type { IndexSettings } from "../local/dynamodb.ts";

/** An item in DynamoDB's JSON. */
export type Item = Readonly<Record<string, unknown>>;

/**
 * Write units that one change of an item costs in its table's indexes: one for an entry that comes, goes or changes,
 * two for one whose key changes, none where nothing of it does. Our entries are below a KB.
 *
 * @see https://docs.aws.amazon.com/amazondynamodb/latest/developerguide/GSI.html#GSI.ThroughputConsiderations.Writes
 */
export const indexWrites = (
	indexes: readonly IndexSettings[],
	before: Item | undefined,
	after: Item | undefined,
): number =>
	indexes
		.map((index) => {
			const [old, now] = [entryOf(index, before), entryOf(index, after)];
			if (old === undefined || now === undefined) return old === now ? 0 : 1;
			if (old.key !== now.key) return 2;
			return old.carried === now.carried ? 0 : 1;
		})
		.reduce<number>((sum, writes) => sum + writes, 0);

/** @returns undefined where the item isn't in the index: it lacks a key. */
function entryOf({ key, range, carries }: IndexSettings, item: Item | undefined) {
	const keys = range === undefined ? [key] : [key, range];
	if (item === undefined || keys.some((name) => item[name] === undefined)) return undefined;
	const texts = (names: readonly string[]) => JSON.stringify(names.map((name) => item[name]));
	return { key: texts(keys), carried: texts(carries) };
}
