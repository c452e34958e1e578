import { GetQueueUrlCommand, SendMessageCommand, SQSClient } from "@aws-sdk/client-sqs";
import { ProvisionerError } from "../../shared/errors.ts";
import { laptopAws } from "../local/laptop-aws.ts";
import { type PodManifest, podScheduledMessage, podsIn } from "./manifest.ts";
import { manifestText } from "./manifest-file.ts";
import { readStackFile } from "./stack-file.ts";

export type LaunchOptions = Readonly<{
	file: readonly string[];
	queue: string;
	endpoint?: string;
}>;

/**
 * Puts the pods of these files on the pod-scheduled queue: the running stack's, or the account's.
 *
 * @throws ProvisionerError `invalid` when a file is wrong, before anything is sent; `unavailable` when the
 *   queue can't be reached.
 */
export async function launchCommand({ file, queue, endpoint }: LaunchOptions): Promise<void> {
	const pods: PodManifest[] = [];
	for (const path of file) pods.push(...podsIn(await manifestText(path), path));

	const local = endpoint ?? readStackFile()?.endpoints.sqs;
	// Without either it is an account's queue: region and credentials come from where the SDK finds them.
	const sqs = new SQSClient(local === undefined ? {} : { ...laptopAws, endpoint: local });
	try {
		const { QueueUrl } = await sqs.send(new GetQueueUrlCommand({ QueueName: queue }));
		for (const pod of pods) {
			await sqs.send(new SendMessageCommand({ QueueUrl, MessageBody: podScheduledMessage(pod) }));
			const { namespace, name, uid } = pod.metadata;
			console.log(`${namespace}/${name} scheduled, uid ${uid}`);
		}
	} catch (cause) {
		throw unreachable(queue, local, cause);
	} finally {
		sqs.destroy();
	}
}

const unreachable = (queue: string, endpoint: string | undefined, cause: unknown) => {
	const why = cause instanceof Error ? cause.message : String(cause);
	const where =
		endpoint === undefined
			? "in the account; no embedded stack runs in this folder: start one with `npm start`"
			: `at ${endpoint}; does the stack still run?`;
	return new ProvisionerError(
		"unavailable",
		"QueueUnreachable",
		`the queue ${queue} can't be reached ${where} (${why})`,
		{ cause },
	);
};
