import type { Context, SQSBatchResponse, SQSEvent, SQSRecord } from "aws-lambda";
import { ProvisionerError } from "../shared/errors.ts";
import type { Redelivery } from "../shared/queues/model.ts";
import type { Log } from "../shared/telemetry/log.ts";

/** Kept back, in ms, so that finished records are reported before Lambda stops the function. */
const reserveMs = 3_000;

type Ports = Readonly<{
	log: Log;
	/** Where the function can reach SQS: a failure that knows when to come again decides when. */
	redelivery?: Redelivery;
	/** Called for each record that goes back. */
	onReturned?(reason: string): void;
}>;

/**
 * Handles each record of a batch by itself, concurrently, under one deadline.
 *
 * A record that fails or outlives the deadline fails alone: only its id goes back to SQS, which delivers it
 * again. SQS counts any other kind of answer as the failure of the whole batch.
 *
 * @see https://docs.aws.amazon.com/lambda/latest/dg/services-sqs-errorhandling.html
 */
export const eachRecord =
	(handle: (record: SQSRecord, signal: AbortSignal) => Promise<void>, ports: Ports) =>
	async ({ Records }: SQSEvent, context: Context): Promise<SQSBatchResponse> => {
		const signal = AbortSignal.timeout(Math.max(0, context.getRemainingTimeInMillis() - reserveMs));
		const settled = await Promise.all(
			Records.map(async (record) => {
				try {
					await handle(record, signal);
					return [];
				} catch (error) {
					await giveBack(record, error, ports);
					return [{ itemIdentifier: record.messageId }];
				}
			}),
		);
		return { batchItemFailures: settled.flat() };
	};

async function giveBack(record: SQSRecord, error: unknown, ports: Ports): Promise<void> {
	const understood = error instanceof ProvisionerError;
	const passing = understood && error.kind === "unavailable";
	ports.onReturned?.(understood ? error.reason : "InternalError");
	ports.log[passing ? "info" : "error"]("message goes back to its queue", {
		messageId: record.messageId,
		receives: Number(record.attributes.ApproximateReceiveCount),
		error,
	});
	if (!understood || error.retryAfterSeconds === undefined) return;
	try {
		await ports.redelivery?.after(
			record.receiptHandle,
			error.retryAfterSeconds,
			AbortSignal.timeout(reserveMs / 2),
		);
	} catch (refused) {
		// It comes back all the same, when the queue's visibility time-out is over.
		ports.log.warn("message keeps the queue's own delay", {
			messageId: record.messageId,
			error: refused,
		});
	}
}

/** When the message was put on its queue. */
export const sentAtOf = ({ attributes }: SQSRecord): Date | undefined => {
	const epochMs = Number(attributes.SentTimestamp);
	return Number.isFinite(epochMs) && epochMs > 0 ? new Date(epochMs) : undefined;
};
