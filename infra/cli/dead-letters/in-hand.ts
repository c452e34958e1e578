import {
	ChangeMessageVisibilityBatchCommand,
	DeleteMessageBatchCommand,
	GetQueueAttributesCommand,
	QueueDoesNotExist,
	ReceiveMessageCommand,
	SendMessageCommand,
	SQSClient,
} from "@aws-sdk/client-sqs";
import { outOfReach } from "../place/out-of-reach.ts";
import type { Place } from "../place/place.ts";
import { queueUrlOf } from "../place/queue-url.ts";
import { withProgress } from "../screen/progress.ts";
import { type OpenedLetter, openedLetter } from "./letter.ts";
import { type DeadLetterQueue, deadLetterQueues } from "./queues.ts";

/** The letters of one queue, which nobody else sees until they are given back. */
export type Pile = Readonly<{
	queue: DeadLetterQueue;
	letters: readonly OpenedLetter[];
	/** So many more lie in the queue. SQS counts approximately. */
	more: number;
	/** So many somebody else is reading at this moment. */
	elsewhere: number;
	/** Puts a letter back onto the queue that it came from, and then deletes it here. */
	sendBack(letter: OpenedLetter): Promise<void>;
	/** Deletes letters for good. */
	drop(letters: readonly OpenedLetter[]): Promise<void>;
}>;

/** If they are never given back, because somebody ended the command, they show again after so long. */
const visibilitySeconds = 300;
/** SQS looks at all its servers only for who waits. */
const waitSeconds = 1;
/** How a command ends by Ctrl-C. */
export const interruptedCode = 130;
/** As many as SQS takes at once. */
const batchSize = 10;

export type InHand = Readonly<{
	/** `pod-scheduled`; absent: all queues. */
	queue?: string | undefined;
	/** So many letters of each queue. */
	limit: number;
}>;

/**
 * Takes the letters of the deployment's dead-letter queues in hand, does something with them, and gives those that are
 * still there back: they can be seen by others again at once.
 *
 * @throws ProvisionerError `unavailable` when no queue can be reached.
 */
export async function withLettersInHand<Result>(
	place: Place,
	{ queue, limit }: InHand,
	work: (piles: readonly Pile[]) => Promise<Result>,
): Promise<Result> {
	const sqs = new SQSClient(place.client("sqs"));
	const asked = deadLetterQueues.filter(({ of }) => queue === undefined || of === queue);
	const held: Held[] = [];
	const giveAllBack = async () =>
		await Promise.allSettled(held.map(async (each) => await giveBack(sqs, each)));
	const interrupted = () => void giveAllBack().finally(() => process.exit(interruptedCode));
	process.once("SIGINT", interrupted);
	try {
		const piles = await withProgress("reading the dead-letter queues", async () =>
			reaching(place, namesOf(asked), async () => {
				held.push(...(await heldAt(sqs, place, asked)));
				return await Promise.all(held.map(async (each) => pileOf(sqs, place, each, limit)));
			}),
		);
		return await work(piles);
	} finally {
		process.removeListener("SIGINT", interrupted);
		await giveAllBack();
		sqs.destroy();
	}
}

const namesOf = (queues: readonly DeadLetterQueue[]): readonly string[] =>
	queues.map(({ name }) => name);

/** @throws ProvisionerError `unavailable` for what SQS, or the way to it, doesn't do. */
async function reaching<Result>(
	place: Place,
	queues: readonly string[],
	work: () => Promise<Result>,
): Promise<Result> {
	try {
		return await work();
	} catch (cause) {
		const names = queues.map(place.resource);
		throw outOfReach(
			place,
			`the ${names.length > 1 ? "queues" : "queue"} ${names.join(", ")}`,
			cause,
		);
	}
}

/** The queues that there are: a stack on this machine has no lost events. */
async function heldAt(
	sqs: SQSClient,
	place: Place,
	asked: readonly DeadLetterQueue[],
): Promise<readonly Held[]> {
	const held: Held[] = [];
	for (const queue of asked) {
		const url = await queueUrlOf(sqs, place.resource(queue.name));
		if (url !== undefined) held.push({ queue, url, letters: new Map() });
	}
	if (held.length > 0) return held;
	throw new QueueDoesNotExist({ message: "none of them is there", $metadata: {} });
}

type Held = Readonly<{
	queue: DeadLetterQueue;
	url: string;
	/** By SQS's id: what comes twice is the same. */
	letters: Map<string, OpenedLetter>;
}>;

async function pileOf(sqs: SQSClient, place: Place, held: Held, limit: number): Promise<Pile> {
	const { queue, url, letters } = held;
	const elsewhere = (await countsOf(sqs, url)).invisible;
	while (letters.size < limit) {
		const { Messages = [] } = await sqs.send(
			new ReceiveMessageCommand({
				QueueUrl: url,
				MaxNumberOfMessages: Math.min(batchSize, limit - letters.size),
				WaitTimeSeconds: waitSeconds,
				VisibilityTimeout: visibilitySeconds,
				MessageSystemAttributeNames: ["All"],
				MessageAttributeNames: ["All"],
			}),
		);
		if (Messages.length === 0) break;
		for (const message of Messages) {
			const opened = openedLetter(message, queue);
			letters.set(opened.letter.id, opened);
		}
	}
	return {
		queue,
		letters: [...letters.values()].toSorted((a, b) => (a.letter.sentAt < b.letter.sentAt ? -1 : 1)),
		more: letters.size < limit ? 0 : (await countsOf(sqs, url)).visible,
		elsewhere,
		async sendBack(opened) {
			const { source = queue.name } = queue;
			await reaching(place, [source], async () => {
				await send(sqs, await queueUrlOf(sqs, place.resource(source)), opened);
				await remove(sqs, held, [opened]);
			});
		},
		async drop(each) {
			await reaching(place, [queue.name], async () => await remove(sqs, held, each));
		},
	};
}

const send = async (
	sqs: SQSClient,
	QueueUrl: string | undefined,
	{ body, attributes }: OpenedLetter,
): Promise<unknown> =>
	await sqs.send(
		new SendMessageCommand({ QueueUrl, MessageBody: body, MessageAttributes: { ...attributes } }),
	);

async function countsOf(sqs: SQSClient, url: string) {
	const { Attributes = {} } = await sqs.send(
		new GetQueueAttributesCommand({
			QueueUrl: url,
			AttributeNames: ["ApproximateNumberOfMessages", "ApproximateNumberOfMessagesNotVisible"],
		}),
	);
	return {
		visible: Number(Attributes["ApproximateNumberOfMessages"] ?? 0),
		invisible: Number(Attributes["ApproximateNumberOfMessagesNotVisible"] ?? 0),
	};
}

/** @throws when SQS has kept one of them. */
async function remove(
	sqs: SQSClient,
	{ url, letters }: Held,
	gone: readonly OpenedLetter[],
): Promise<void> {
	for (const batch of batches(gone)) {
		const { Failed = [] } = await sqs.send(
			new DeleteMessageBatchCommand({ QueueUrl: url, Entries: batch.map(entryOf) }),
		);
		const kept = new Map(Failed.map(({ Id, Message }) => [Id, Message]));
		for (const [index, { letter }] of batch.entries())
			if (!kept.has(String(index))) letters.delete(letter.id);
		const [why] = kept.values();
		if (kept.size > 0) throw new Error(`SQS has kept ${kept.size} messages: ${why ?? "no reason"}`);
	}
}

async function giveBack(sqs: SQSClient, { url, letters }: Held): Promise<void> {
	for (const batch of batches([...letters.values()]))
		await sqs.send(
			new ChangeMessageVisibilityBatchCommand({
				QueueUrl: url,
				Entries: batch.map((letter, index) => ({
					...entryOf(letter, index),
					VisibilityTimeout: 0,
				})),
			}),
		);
}

const entryOf = ({ receiptHandle }: OpenedLetter, index: number) => ({
	Id: String(index),
	ReceiptHandle: receiptHandle,
});

const batches = <Item>(items: readonly Item[]): readonly (readonly Item[])[] =>
	Array.from({ length: Math.ceil(items.length / batchSize) }, (_, index) =>
		items.slice(index * batchSize, (index + 1) * batchSize),
	);
