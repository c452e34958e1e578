import middy from "@middy/core";
import type {
	Context,
	DynamoDBBatchResponse,
	DynamoDBRecord,
	DynamoDBStreamEvent,
} from "aws-lambda";
import type { Cell } from "../../shared/cells/model.ts";
import { type ReconcilePorts, reconcile } from "../../shared/flows/reconcile.ts";
import { invocation } from "../invocation.ts";

type Ports = ReconcilePorts &
	Readonly<{
		/** The record after the change; undefined where it was deleted. */
		cellOf(record: DynamoDBRecord): Cell | undefined;
	}>;

/** Kept back, in ms, so that progress is reported before Lambda stops the function. */
const reserveMs = 3_000;

/** Pods whose changes are looked at at the same time; EC2's request rates are the limit. */
const podsAtOnce = 8;

/**
 * Changes of the cells table in: those of one pod in their order, pods side by side.
 *
 * One that fails stops its own pod's changes only: none is announced before the one it follows. The stream goes
 * on from the first one that isn't done with, and brings those behind it, done or not, again.
 */
export const reconcileHandler = (ports: Ports) =>
	middy<DynamoDBStreamEvent>()
		.use(invocation(ports.log, ports.now))
		.handler(async ({ Records }, context: Context): Promise<DynamoDBBatchResponse> => {
			const signal = AbortSignal.timeout(
				Math.max(0, context.getRemainingTimeInMillis() - reserveMs),
			);
			const done = new Set<DynamoDBRecord>();
			const pods = Map.groupBy(Records, podOf).values();
			const work = async () => {
				for (const changes of pods) await eachInOrder(changes, done, ports, signal);
			};
			// All of them take the next pod from the same iterator.
			await Promise.all(Array.from({ length: podsAtOnce }, work));
			const next = Records.find((record) => !done.has(record));
			const itemIdentifier = next?.dynamodb?.SequenceNumber ?? "";
			return { batchItemFailures: next === undefined ? [] : [{ itemIdentifier }] };
		});

/** Until one fails. */
async function eachInOrder(
	changes: readonly DynamoDBRecord[],
	done: Set<DynamoDBRecord>,
	ports: Ports,
	signal: AbortSignal,
): Promise<void> {
	for (const record of changes) {
		try {
			signal.throwIfAborted();
			const cell = readable(record, ports);
			if (cell !== undefined) await reconcile(cell, ports, signal, changedAt(record));
			done.add(record);
		} catch (error) {
			const itemIdentifier = record.dynamodb?.SequenceNumber;
			ports.log.error("change goes back to the stream", { itemIdentifier, error });
			return;
		}
	}
}

/** @returns undefined for a deletion, and for what no later try would read either. */
function readable(record: DynamoDBRecord, ports: Ports): Cell | undefined {
	try {
		return ports.cellOf(record);
	} catch (error) {
		ports.metrics.add("ChangesLetGo", 1, {});
		ports.log.error("change skipped: it is no record of this version", {
			item: podOf(record),
			error,
		});
		return undefined;
	}
}

const podOf = ({ dynamodb, eventID }: DynamoDBRecord): string | undefined =>
	dynamodb?.Keys?.["podUid"]?.S ?? eventID;

/** DynamoDB tells it in seconds. */
const changedAt = ({ dynamodb }: DynamoDBRecord): Date | undefined => {
	const seconds = dynamodb?.ApproximateCreationDateTime;
	return seconds === undefined ? undefined : new Date(seconds * 1000);
};
