import { SendMessageCommand, type SQSClient } from "@aws-sdk/client-sqs";
import { cellCheckBody, type ReadinessChecks } from "./model.ts";

/** @see https://docs.aws.amazon.com/AWSSimpleQueueService/latest/APIReference/API_SendMessage.html */
const longestDelaySeconds = 900;

/**
 * The queue of births to watch, on SQS.
 *
 * A longer delay than SQS has is cut: readiness then looks early, and looks again.
 */
export const sqsReadinessChecks = (sqs: SQSClient, queueUrl: string): ReadinessChecks => ({
	async ask(podUid, attempt, delaySeconds, signal) {
		const command = new SendMessageCommand({
			QueueUrl: queueUrl,
			MessageBody: cellCheckBody(podUid, attempt),
			DelaySeconds: Math.min(Math.max(0, Math.ceil(delaySeconds)), longestDelaySeconds),
		});
		await sqs.send(command, { abortSignal: signal });
	},
});
