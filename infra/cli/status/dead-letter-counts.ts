import { GetQueueAttributesCommand, SQSClient } from "@aws-sdk/client-sqs";
import { deadLetterNames } from "../../aws/names.ts";
import { outOfReach } from "../place/out-of-reach.ts";
import type { Place } from "../place/place.ts";
import { queueUrlOf } from "../place/queue-url.ts";

/** A queue in which messages end that nobody could handle, and about how many there are. */
export type DeadLetters = Readonly<{ queue: string; messages: number }>;

/**
 * The dead-letter queues of a place that aren't empty. One that isn't there has none: the embedded stack lacks some.
 *
 * @throws ProvisionerError `unavailable` when SQS can't be asked.
 */
export async function deadLetterCounts(
	place: Place,
	signal: AbortSignal,
): Promise<readonly DeadLetters[]> {
	const sqs = new SQSClient(place.client("sqs"));
	try {
		const counts = await Promise.all(
			deadLetterNames.map(async (name) => {
				const queue = place.resource(name);
				return { queue, messages: await countIn(sqs, queue, signal) };
			}),
		);
		return counts.filter(({ messages }) => messages > 0);
	} catch (cause) {
		throw outOfReach(place, "its dead letters", cause);
	} finally {
		sqs.destroy();
	}
}

async function countIn(sqs: SQSClient, name: string, abortSignal: AbortSignal): Promise<number> {
	const QueueUrl = await queueUrlOf(sqs, name, abortSignal);
	if (QueueUrl === undefined) return 0;
	const { Attributes } = await sqs.send(
		new GetQueueAttributesCommand({ QueueUrl, AttributeNames: ["ApproximateNumberOfMessages"] }),
		{ abortSignal },
	);
	return Number(Attributes?.["ApproximateNumberOfMessages"] ?? 0);
}
