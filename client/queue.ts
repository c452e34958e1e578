import { GetQueueUrlCommand, SQSClient } from "@aws-sdk/client-sqs";
import { deploymentOf, isClient, unreachable } from "./deployment.ts";
import type { ClientOptions } from "./options.ts";
import { patient } from "./patience.ts";

/** One of the deployment's queues. */
export type Queue = Readonly<{ sqs: SQSClient; url: string; name: string }>;

/**
 * Does some work with a queue of the deployment.
 *
 * @throws CellwrightError `QueueUnreachable` when the queue can't be found.
 */
export async function withQueue<Result>(
	which: "pod-scheduled" | "pod-deleted",
	options: ClientOptions,
	work: (queue: Queue) => Promise<Result>,
): Promise<Result> {
	const name = `${deploymentOf(options)}-${which}`;
	const given = options.sqs;
	const sqs = isClient(given) ? given : new SQSClient(patient(given));
	try {
		return await work({ sqs, name, url: await urlOf(sqs, name, options.signal) });
	} finally {
		if (sqs !== given) sqs.destroy();
	}
}

async function urlOf(
	sqs: SQSClient,
	name: string,
	signal: AbortSignal | undefined,
): Promise<string> {
	try {
		const { QueueUrl } = await sqs.send(new GetQueueUrlCommand({ QueueName: name }), {
			...(signal === undefined ? {} : { abortSignal: signal }),
		});
		return QueueUrl ?? "";
	} catch (cause) {
		signal?.throwIfAborted();
		throw unreachable("QueueUnreachable", `the queue ${name}`, cause);
	}
}
