import { GetQueueUrlCommand, SendMessageCommand, SQSClient } from "@aws-sdk/client-sqs";
import { ProvisionerError } from "../../shared/errors.ts";
import { laptopAws } from "../local/laptop-aws.ts";
import { outOfReachText } from "./out-of-reach.ts";
import { readStackFile } from "./stack-file.ts";

/** Which queue: of the running stack, or of the account, unless an endpoint is given. */
export type QueueOptions = Readonly<{ queue: string; endpoint?: string }>;

/** What is sent, and what is printed when it has been. */
export type Outgoing = Readonly<{ body: string; said: string }>;

/**
 * Sends messages, one after the other.
 *
 * @throws ProvisionerError `unavailable` when the queue can't be reached.
 */
export async function sendAll(
	messages: readonly Outgoing[],
	{ queue, endpoint }: QueueOptions,
): Promise<void> {
	const local = endpoint ?? readStackFile()?.endpoints.sqs;
	// Without either it is an account's queue: region and credentials come from where the SDK finds them.
	const sqs = new SQSClient(local === undefined ? {} : { ...laptopAws, endpoint: local });
	try {
		const { QueueUrl } = await sqs.send(new GetQueueUrlCommand({ QueueName: queue }));
		for (const { body, said } of messages) {
			await sqs.send(new SendMessageCommand({ QueueUrl, MessageBody: body }));
			console.log(said);
		}
	} catch (cause) {
		throw unreachable(queue, local, cause);
	} finally {
		sqs.destroy();
	}
}

const unreachable = (queue: string, endpoint: string | undefined, cause: unknown) =>
	new ProvisionerError(
		"unavailable",
		"QueueUnreachable",
		`the queue ${queue} ${outOfReachText(endpoint, cause)}`,
		{ cause },
	);
