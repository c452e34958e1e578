import {
	ConditionalCheckFailedException,
	type DynamoDBClient,
	GetItemCommand,
	UpdateItemCommand,
	type UpdateItemCommandInput,
} from "@aws-sdk/client-dynamodb";
import { marshall, unmarshall } from "@aws-sdk/util-dynamodb";
import { ProvisionerError } from "../errors.ts";
import { ruledOutKey } from "./availability.ts";
import {
	afterRefusal,
	forgettable,
	isStanding,
	SetAsideEntry,
	type SetAsideList,
	type SetAsideTimes,
} from "./set-aside.ts";

const itemKey = "set-aside|all";

/** For DynamoDB's own deletion, and later than any entry ends; whether one stands, its reader decides. */
const keptSeconds = 2 * 24 * 3600;

/** A lost race shows the winner's entry, which mostly settles it. */
const mostTries = 8;

/** A write clears away some of what is over; the next one goes on. */
const mostForgotten = 20;

/**
 * What is set aside, as one item of the offerings table: key attribute `key`, one attribute per entry.
 *
 * One item, because the table holds other things that a scan would read as well, and is read with one key;
 * one attribute per entry, because then an update touches nobody else's: writers of the same entry settle it by
 * a condition, all others don't meet. An item holds some 1,500 entries (400 KB); entries are cleared
 * away an hour after their last refusal.
 */
export const dynamodbSetAsideList = (
	dynamodb: DynamoDBClient,
	table: string,
	times: SetAsideTimes,
	now: () => Date,
): SetAsideList => {
	const Key = marshall({ key: itemKey });
	const read = async (signal: AbortSignal): Promise<readonly SetAsideEntry[]> => {
		const command = new GetItemCommand({ TableName: table, Key, ConsistentRead: true });
		const { Item } = await dynamodb.send(command, { abortSignal: signal });
		return entriesIn(Item);
	};
	const standing = (entries: readonly SetAsideEntry[]) =>
		entries.filter((entry) => isStanding(entry, now()));

	return {
		standing: async (signal) => standing(await read(signal)),

		async add(refusal, ruledOut, signal) {
			for (let tries = 0; tries < mostTries; tries++) {
				const known = await read(signal);
				const changed = afterRefusal(known, refusal, ruledOut, times);
				if (changed.length === 0) return standing(known);
				const kept = new Set(changed.map((entry) => ruledOutKey(entry.ruledOut)));
				const over = forgettable(known, now())
					.filter((entry) => !kept.has(ruledOutKey(entry.ruledOut)))
					.slice(0, mostForgotten);
				try {
					const { Attributes } = await dynamodb.send(
						new UpdateItemCommand({
							...updateOf(known, changed, over, now()),
							TableName: table,
							Key,
							ReturnValues: "ALL_NEW",
						}),
						{ abortSignal: signal },
					);
					return standing(entriesIn(Attributes));
				} catch (error) {
					if (!(error instanceof ConditionalCheckFailedException)) throw error;
				}
			}
			throw new ProvisionerError(
				"unavailable",
				"SetAsideContended",
				`${ruledOut.map(ruledOutKey).join(", ")}: others changed the same entry of table ${table} ${mostTries} times meanwhile`,
			);
		},
	};
};

/** Entries of another version count as absent; so does everything else in the item. */
const entriesIn = (item: Parameters<typeof unmarshall>[0] | undefined): readonly SetAsideEntry[] =>
	Object.values(item === undefined ? {} : unmarshall(item)).flatMap(
		(value) => SetAsideEntry.safeParse(value).data ?? [],
	);

/** Writes and removes these entries if they still are what they were when they were read. */
function updateOf(
	known: readonly SetAsideEntry[],
	changed: readonly SetAsideEntry[],
	over: readonly SetAsideEntry[],
	now: Date,
): Partial<UpdateItemCommandInput> {
	const names: Record<string, string> = { "#expiresAt": "expiresAt" };
	const values: Record<string, unknown> = {
		":expiresAt": Math.floor(now.getTime() / 1000) + keptSeconds,
	};
	const conditions: string[] = [];
	const readAt = new Map(known.map(({ ruledOut, at }) => [ruledOutKey(ruledOut), at]));

	const touched = [...changed, ...over].map(({ ruledOut }, index) => {
		const key = ruledOutKey(ruledOut);
		const name = `#e${index}`;
		const seen = readAt.get(key);
		names[name] = key;
		if (seen === undefined) conditions.push(`attribute_not_exists(${name})`);
		else {
			names["#at"] = "at";
			values[`:seen${index}`] = seen;
			conditions.push(`${name}.#at = :seen${index}`);
		}
		return name;
	});
	const sets = changed.map((entry, index) => {
		values[`:e${index}`] = entry;
		return `#e${index} = :e${index}`;
	});
	const removes = touched.slice(changed.length);
	return {
		UpdateExpression: [
			`SET ${["#expiresAt = :expiresAt", ...sets].join(", ")}`,
			...(removes.length === 0 ? [] : [`REMOVE ${removes.join(", ")}`]),
		].join(" "),
		ConditionExpression: conditions.join(" AND "),
		ExpressionAttributeNames: names,
		ExpressionAttributeValues: marshall(values),
	};
}
