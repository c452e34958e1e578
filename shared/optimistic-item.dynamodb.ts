import { setImmediate, setTimeout } from "node:timers/promises";
import {
	ConditionalCheckFailedException,
	type DynamoDBClient,
	GetItemCommand,
	PutItemCommand,
} from "@aws-sdk/client-dynamodb";
import { marshall, unmarshall } from "@aws-sdk/util-dynamodb";

/** One item that all workers change together, each from what it has seen. */
type OptimisticItem<State> = Readonly<{
	read(signal: AbortSignal): Promise<State>;
	/**
	 * Changes the state, once. A step that returns the state that it was given changes nothing.
	 *
	 * @param step pure: it runs again when another worker was faster, from what that one has left.
	 * @throws ProvisionerError `unavailable` when others were faster every time.
	 */
	change<Result>(step: Step<State, Result>, signal: AbortSignal): Promise<Result>;
}>;

type Step<State, Result> = (state: State) => Readonly<{ state: State; result: Result }>;

type ItemSettings<State> = Readonly<{
	table: string;
	/** Value of the table's key attribute `key`. */
	key: string;
	/** Of the item's other attributes; of none: of an item that isn't there. */
	stateOf(attributes: Readonly<Record<string, unknown>>): State;
	attributesOf(state: State): Readonly<Record<string, unknown>>;
	/** The error when others were faster every time. */
	contended(message: string, options: Readonly<{ retryAfterSeconds: number }>): Error;
}>;

/** Each lost race is another worker's success. */
const mostTries = 30;

/**
 * Before the next try, at random up to this: at once, ten workers who ask all the time lose thirty races in a row
 * every twentieth time (measured), because whoever meets others meets them again.
 */
const mostPauseMs = (tries: number): number => 2 ** Math.min(tries, 6);

/** By then the others have written. */
const retryAfterSeconds = 2;

/**
 * An item of the ledger table, read and written as a whole, under a condition on its attribute `version`.
 *
 * Changes that are asked for together in one process are written together, in the order of asking: what a whole
 * batch of messages wants costs one write, and its workers don't race each other.
 */
export function optimisticItem<State>(
	dynamodb: DynamoDBClient,
	settings: ItemSettings<State>,
): OptimisticItem<State> {
	let waiting: Change<State>[] = [];
	let isWriting = false;

	async function writeAll(): Promise<void> {
		isWriting = true;
		// Whoever asks in this turn of the event loop comes along.
		await setImmediate();
		while (waiting.length > 0) {
			const batch = waiting;
			waiting = [];
			await settleTogether(dynamodb, settings, batch);
		}
		isWriting = false;
	}

	return {
		async read(signal) {
			return (await latest(dynamodb, settings, signal)).state;
		},
		async change(step, signal) {
			signal.throwIfAborted();
			const asked = changeOf(step, signal);
			waiting.push(asked);
			if (!isWriting) void writeAll();
			return await asked.result;
		},
	};
}

/** A step that somebody waits for. */
type Change<State> = Readonly<{
	signal: AbortSignal;
	/** Its result is told only by `done`. */
	apply(state: State): State;
	done(): void;
	failed(error: unknown): void;
}>;

function changeOf<State, Result>(step: Step<State, Result>, signal: AbortSignal) {
	const { promise, resolve, reject } = Promise.withResolvers<Result>();
	const leave = (): void => reject(signal.reason);
	signal.addEventListener("abort", leave, { once: true });
	let done = (): void => {};
	return {
		signal,
		result: promise.finally(() => signal.removeEventListener("abort", leave)),
		apply(state: State): State {
			const { state: next, result } = step(state);
			done = () => resolve(result);
			return next;
		},
		done: () => done(),
		failed: reject,
	};
}

async function settleTogether<State>(
	dynamodb: DynamoDBClient,
	settings: ItemSettings<State>,
	asked: readonly Change<State>[],
): Promise<void> {
	// Who has left takes nothing.
	const batch = asked.filter(({ signal }) => !signal.aborted);
	const unwatched = new AbortController();
	try {
		const signal = whenAllAborted(
			batch.map((change) => change.signal),
			unwatched.signal,
		);
		await write(dynamodb, settings, batch, signal);
		for (const { done } of batch) done();
	} catch (error) {
		for (const { failed } of batch) failed(error);
	} finally {
		unwatched.abort();
	}
}

async function write<State>(
	dynamodb: DynamoDBClient,
	settings: ItemSettings<State>,
	batch: readonly Change<State>[],
	signal: AbortSignal,
): Promise<void> {
	if (batch.length === 0) return;
	const { table, key, contended, attributesOf } = settings;
	let seen = await latest(dynamodb, settings, signal);
	for (let tries = 0; tries < mostTries; tries++) {
		const next = batch.reduce((state, { apply }) => apply(state), seen.state);
		if (next === seen.state) return;
		try {
			await dynamodb.send(
				new PutItemCommand({
					TableName: table,
					Item: marshall({ ...attributesOf(next), key, version: (seen.version ?? 0) + 1 }),
					...conditionOn(seen.version),
				}),
				{ abortSignal: signal },
			);
			return;
		} catch (error) {
			if (!(error instanceof ConditionalCheckFailedException)) throw error;
		}
		await setTimeout(Math.random() * mostPauseMs(tries), undefined, { signal });
		seen = await latest(dynamodb, settings, signal);
	}
	throw contended(`item ${key} of table ${table}: others changed it ${mostTries} times meanwhile`, {
		retryAfterSeconds,
	});
}

const conditionOn = (version: number | undefined) =>
	version === undefined
		? {
				ConditionExpression: "attribute_not_exists(#version)",
				ExpressionAttributeNames: { "#version": "version" },
			}
		: {
				ConditionExpression: "#version = :seen",
				ExpressionAttributeNames: { "#version": "version" },
				ExpressionAttributeValues: marshall({ ":seen": version }),
			};

/** The state as last written, and the version to write over. */
async function latest<State>(
	dynamodb: DynamoDBClient,
	{ table, key, stateOf }: ItemSettings<State>,
	signal: AbortSignal,
): Promise<Readonly<{ state: State; version: number | undefined }>> {
	const command = new GetItemCommand({
		TableName: table,
		Key: marshall({ key }),
		ConsistentRead: true,
	});
	const { Item = {} } = await dynamodb.send(command, { abortSignal: signal });
	const { key: _, version, ...attributes } = unmarshall(Item);
	return {
		state: stateOf(attributes),
		version: typeof version === "number" ? version : undefined,
	};
}

/** Aborted when the last of these is: nobody waits any more. */
function whenAllAborted(signals: readonly AbortSignal[], unwatched: AbortSignal): AbortSignal {
	const all = new AbortController();
	const check = (): void => {
		if (signals.every(({ aborted }) => aborted)) all.abort(signals[0]?.reason);
	};
	for (const signal of signals)
		signal.addEventListener("abort", check, { once: true, signal: unwatched });
	return all.signal;
}
