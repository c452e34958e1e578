import { GetQueueUrlCommand, type SQSClient } from "@aws-sdk/client-sqs";

/** Where a queue answers; undefined: there is none of that name. */
export async function queueUrlOf(
	sqs: SQSClient,
	QueueName: string,
	abortSignal?: AbortSignal,
): Promise<string | undefined> {
	try {
		const options = abortSignal === undefined ? {} : { abortSignal };
		return (await sqs.send(new GetQueueUrlCommand({ QueueName }), options)).QueueUrl;
	} catch (error) {
		if (isQueueMissing(error)) return undefined;
		throw error;
	}
}

/** Whether SQS says that there is no such queue: by one name now, by the other in its older protocol. */
export const isQueueMissing = (error: unknown): boolean =>
	error instanceof Error && /QueueDoesNotExist|NonExistentQueue/.test(error.name);
