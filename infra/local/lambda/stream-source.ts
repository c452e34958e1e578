import { setTimeout as delay } from "node:timers/promises";
import type { DynamoDBRecord, DynamoDBStreamEvent } from "aws-lambda";
import type { Change } from "../dynamodb.ts";
import type { LocalFunction } from "./function-process.ts";

const batchSize = 100;
/** Between two tries of the same records, as the stream repeats what failed. */
const retryMs = 200;

/**
 * A DynamoDB stream's event source mapping with one shard: hands changes on in their order, and begins
 * again with the first one that the answer names until the function has taken it.
 */
export function streamSource(target: LocalFunction) {
	const waiting: Change[] = [];
	const stopping = new AbortController();
	let working: Promise<void> = Promise.resolve();
	let idle = true;

	const drain = async () => {
		while (waiting.length > 0 && !stopping.signal.aborted) {
			const batch = waiting.slice(0, batchSize);
			const taken = await takenOf(target, batch);
			waiting.splice(0, taken);
			if (taken < batch.length)
				await delay(retryMs, undefined, { signal: stopping.signal }).catch(() => undefined);
		}
		idle = true;
	};

	return {
		push(change: Change) {
			waiting.push(change);
			if (!idle) return;
			idle = false;
			working = drain();
		},
		async stop() {
			stopping.abort();
			await working;
		},
	};
}

/** How many of the batch's first changes are done with. */
async function takenOf(target: LocalFunction, batch: readonly Change[]): Promise<number> {
	const event: DynamoDBStreamEvent = { Records: batch.map(recordOf) };
	try {
		const answer = await target.invoke(event);
		const failure = firstFailure(answer);
		if (failure === undefined) return batch.length;
		const index = batch.findIndex(({ sequence }) => String(sequence) === failure);
		return Math.max(0, index);
	} catch {
		return 0;
	}
}

const firstFailure = (answer: unknown): string | undefined => {
	if (typeof answer !== "object" || answer === null || !("batchItemFailures" in answer)) return;
	const { batchItemFailures } = answer;
	return Array.isArray(batchItemFailures) ? batchItemFailures[0]?.itemIdentifier : undefined;
};

const recordOf = ({ kind, keys, before, after, sequence, at, table }: Change): DynamoDBRecord => ({
	eventID: `change-${sequence}`,
	eventName: kind,
	eventVersion: "1.1",
	eventSource: "aws:dynamodb",
	awsRegion: "us-east-1",
	eventSourceARN: `arn:aws:dynamodb:us-east-1:000000000000:table/${table}/stream/local`,
	dynamodb: {
		ApproximateCreationDateTime: Math.floor(at.getTime() / 1000),
		SequenceNumber: String(sequence),
		SizeBytes: 0,
		StreamViewType: "NEW_AND_OLD_IMAGES",
		// The same JSON in both worlds, typed apart: the SDK's has Uint8Array where Lambda's has base64.
		Keys: keys as NonNullable<DynamoDBRecord["dynamodb"]>["Keys"] & object,
		...(before === undefined ? {} : { OldImage: before as never }),
		...(after === undefined ? {} : { NewImage: after as never }),
	},
});
