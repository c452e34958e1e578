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

/**
 * Changes of the cells table in, in their order. The first one that fails stops the batch: the stream goes on
 * from there, so that no change of a record is announced before the one it follows.
 */
export const reconcileHandler = (ports: Ports) =>
	middy<DynamoDBStreamEvent>()
		.use(invocation(ports.log, ports.now))
		.handler(async ({ Records }, context: Context): Promise<DynamoDBBatchResponse> => {
			const signal = AbortSignal.timeout(
				Math.max(0, context.getRemainingTimeInMillis() - reserveMs),
			);
			for (const record of Records) {
				try {
					const cell = ports.cellOf(record);
					if (cell !== undefined) await reconcile(cell, ports, signal);
				} catch (error) {
					const itemIdentifier = record.dynamodb?.SequenceNumber ?? "";
					ports.log.error("change goes back to the stream", { itemIdentifier, error });
					return { batchItemFailures: [{ itemIdentifier }] };
				}
			}
			return { batchItemFailures: [] };
		});
