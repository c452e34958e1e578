import { ChangeMessageVisibilityCommand, type SQSClient } from "@aws-sdk/client-sqs";
import type { Redelivery } from "./model.ts";

/** Redelivery by ChangeMessageVisibility on one queue. */
export const sqsRedelivery = (sqs: SQSClient, queueUrl: string): Redelivery => ({
	async after(receiptHandle, seconds, signal) {
		await sqs.send(
			new ChangeMessageVisibilityCommand({
				QueueUrl: queueUrl,
				ReceiptHandle: receiptHandle,
				VisibilityTimeout: seconds,
			}),
			{ abortSignal: signal },
		);
	},
});
