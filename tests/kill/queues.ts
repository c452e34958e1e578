import { setTimeout as delay } from "node:timers/promises";
import { GetQueueAttributesCommand, SendMessageCommand, SQSClient } from "@aws-sdk/client-sqs";
import { laptopAws } from "../../infra/local/laptop-aws.ts";
import type { Stack } from "../../infra/local/stack.ts";
import type { SentPod } from "./pods.ts";

/** Sends pods and their deletions, each at its time. */
export function senderTo({ endpoints, podScheduled, podDeleted }: Stack) {
	const sqs = new SQSClient({ ...laptopAws, endpoint: endpoints.sqs });
	const put = async (QueueUrl: string, MessageBody: string): Promise<void> => {
		await sqs.send(new SendMessageCommand({ QueueUrl, MessageBody }));
	};
	const sendOne = async (pod: SentPod, startedAtMs: number): Promise<void> => {
		const at = async (ms: number): Promise<void> =>
			await delay(Math.max(0, startedAtMs + ms - Date.now()));
		await at(pod.atMs);
		for (let copy = 0; copy < pod.copies; copy += 1) await put(podScheduled.url, pod.scheduledBody);
		if (pod.deletedAtMs === undefined) return;
		await at(pod.deletedAtMs);
		await put(podDeleted.url, pod.deletedBody);
	};
	return {
		send: async (pods: readonly SentPod[], startedAt: number): Promise<void> => {
			await Promise.all(pods.map(async (pod) => await sendOne(pod, startedAt)));
		},
		close: (): void => sqs.destroy(),
	};
}

/** Messages in all queues of the stack, also those that wait to come back, and dead letters. */
export async function messagesLeft({
	endpoints,
	podScheduled,
	podDeleted,
	cellChecks,
}: Stack): Promise<number> {
	const sqs = new SQSClient({ ...laptopAws, endpoint: endpoints.sqs });
	let left = 0;
	for (const { url, deadLettersUrl } of [podScheduled, podDeleted, cellChecks]) {
		for (const QueueUrl of [url, deadLettersUrl]) {
			const { Attributes = {} } = await sqs.send(
				new GetQueueAttributesCommand({ QueueUrl, AttributeNames: ["All"] }),
			);
			left += [
				Attributes["ApproximateNumberOfMessages"],
				Attributes["ApproximateNumberOfMessagesNotVisible"],
				Attributes["ApproximateNumberOfMessagesDelayed"],
			].reduce((sum, count) => sum + Number(count ?? 0), 0);
		}
	}
	sqs.destroy();
	return left;
}
