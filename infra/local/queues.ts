import { CreateQueueCommand, GetQueueAttributesCommand, SQSClient } from "@aws-sdk/client-sqs";
import { buildApp } from "fauxqs";
import { deadLettersOf } from "../aws/names.ts";
import { laptopAws } from "./laptop-aws.ts";
import { portOf } from "./port-of.ts";

/** A queue with its dead-letter queue. */
export type LocalQueue = Readonly<{
	name: string;
	url: string;
	arn: string;
	deadLettersUrl: string;
}>;

/** How a queue is made; the deployed ones are the same. */
export type QueueSettings = Readonly<{
	name: string;
	/** At least the function's time-out: SQS enforces it on a mapping. */
	visibilitySeconds: number;
	maxReceives: number;
}>;

/** SQS on loopback: fauxqs, which has delays, visibility, redrive and SQS's limits. */
export async function startQueues(settings: readonly QueueSettings[]) {
	const app = buildApp({ logger: false });
	// fauxqs names its queues by a host that not every system resolves.
	app.addHook("onSend", async (_request, _reply, payload) =>
		typeof payload === "string"
			? payload.replace(
					/("QueueUrls?":\[?")http:\/\/sqs\.us-east-1\.localhost:/,
					"$1http://127.0.0.1:",
				)
			: payload,
	);
	// Not fauxqs' own start function: that one listens on all interfaces.
	await app.listen({ port: 0, host: "127.0.0.1" });
	const endpoint = `http://127.0.0.1:${portOf(app.server)}`;
	const sqs = new SQSClient({ ...laptopAws, endpoint });
	const queues: LocalQueue[] = [];
	for (const each of settings) queues.push(await created(sqs, each));
	return {
		endpoint,
		sqs,
		queues: queues as readonly LocalQueue[],
		async close() {
			sqs.destroy();
			await app.close();
		},
	};
}

async function created(
	sqs: SQSClient,
	{ name, visibilitySeconds, maxReceives }: QueueSettings,
): Promise<LocalQueue> {
	const deadLetters = await sqs.send(
		new CreateQueueCommand({
			QueueName: deadLettersOf(name),
			// Fourteen days: SQS counts from when the message was first sent.
			Attributes: { MessageRetentionPeriod: "1209600" },
		}),
	);
	const deadLetterTargetArn = await arnOf(sqs, deadLetters.QueueUrl);
	const { QueueUrl } = await sqs.send(
		new CreateQueueCommand({
			QueueName: name,
			Attributes: {
				VisibilityTimeout: String(visibilitySeconds),
				RedrivePolicy: JSON.stringify({ deadLetterTargetArn, maxReceiveCount: maxReceives }),
			},
		}),
	);
	return {
		name,
		url: QueueUrl ?? "",
		arn: await arnOf(sqs, QueueUrl),
		deadLettersUrl: deadLetters.QueueUrl ?? "",
	};
}

const arnOf = async (sqs: SQSClient, QueueUrl: string | undefined): Promise<string> => {
	const { Attributes } = await sqs.send(
		new GetQueueAttributesCommand({ QueueUrl, AttributeNames: ["QueueArn"] }),
	);
	return Attributes?.["QueueArn"] ?? "";
};
