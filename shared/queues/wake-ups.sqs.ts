import { SendMessageCommand, type SQSClient } from "@aws-sdk/client-sqs";
import type { WakeUps } from "./model.ts";
import { wakeUpBody } from "./wake-up.ts";

/** Calls to launch on the queue of the pods' own messages. */
export const sqsWakeUps = (sqs: SQSClient, podScheduledUrl: string): WakeUps => ({
	async wake(podUid, signal) {
		await sqs.send(
			new SendMessageCommand({ QueueUrl: podScheduledUrl, MessageBody: wakeUpBody(podUid) }),
			{ abortSignal: signal },
		);
	},
});
