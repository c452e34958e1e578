import { readFile } from "node:fs/promises";
import { GetQueueUrlCommand, SendMessageCommand, SQSClient } from "@aws-sdk/client-sqs";
import { laptopAws } from "../local/laptop-aws.ts";
import { podScheduledMessage, podsIn } from "./manifest.ts";
import { readStackFile } from "./stack-file.ts";

export type LaunchOptions = Readonly<{
	file: readonly string[];
	queue: string;
	endpoint?: string;
}>;

/** Puts the pods of these files on the pod-scheduled queue: the running stack's, or the account's. */
export async function launchCommand({ file, queue, endpoint }: LaunchOptions): Promise<void> {
	const pods = [];
	for (const path of file) pods.push(...podsIn(await readFile(path, "utf8"), path));

	const local = endpoint ?? readStackFile()?.endpoints.sqs;
	// Without either it is an account's queue: region and credentials come from where the SDK finds them.
	const sqs = new SQSClient(local === undefined ? {} : { ...laptopAws, endpoint: local });
	const { QueueUrl } = await sqs.send(new GetQueueUrlCommand({ QueueName: queue }));
	for (const pod of pods) {
		await sqs.send(new SendMessageCommand({ QueueUrl, MessageBody: podScheduledMessage(pod) }));
		console.log(
			`${pod.metadata.namespace}/${pod.metadata.name} scheduled, uid ${pod.metadata.uid}`,
		);
	}
	sqs.destroy();
}
