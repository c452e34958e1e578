import { setTimeout as delay } from "node:timers/promises";
import { type BatchResultErrorEntry, SendMessageBatchCommand } from "@aws-sdk/client-sqs";
import { CellwrightError, whyText } from "./errors.ts";
import { largestBytes, type Message } from "./messages.ts";
import type { PodIdentity } from "./model.ts";
import type { ClientOptions } from "./options.ts";
import { type Queue, withQueue } from "./queue.ts";

/** As many as SQS takes at once. */
const batchSize = 10;
/** How often a message is offered that SQS didn't take, and the pause before the second time. */
const offers = 4;
const pauseMs = 200;

/**
 * Puts messages on a queue, in their order.
 *
 * @throws CellwrightError `PodsNotSent` when some of them, or all, may not be on the queue; `QueueUnreachable` when
 *   there is no queue.
 */
export async function send(
	which: "pod-scheduled" | "pod-deleted",
	messages: readonly Message[],
	options: ClientOptions,
): Promise<void> {
	if (messages.length === 0) return;
	await withQueue(which, options, async (queue) => {
		const left: Message[] = [];
		let failure: Failure | undefined;
		for (const batch of batchesOf(messages)) {
			const untaken: Untaken =
				failure?.isFinal === true
					? { messages: batch, failure }
					: await offered(queue, batch, options.signal);
			failure = untaken.failure ?? failure;
			left.push(...untaken.messages);
		}
		if (failure !== undefined) throw incomplete(queue, messages, new Set(left), failure);
	});
}

/** Messages that go together: at most ten, and no more bytes than SQS takes in one call. */
export function batchesOf(messages: readonly Message[]): readonly (readonly Message[])[] {
	const batches: Message[][] = [];
	let bytes = 0;
	for (const message of messages) {
		const size = Buffer.byteLength(message.body);
		const last = batches.at(-1);
		if (last !== undefined && last.length < batchSize && bytes + size <= largestBytes) {
			last.push(message);
			bytes += size;
		} else {
			batches.push([message]);
			bytes = size;
		}
	}
	return batches;
}

type Untaken = Readonly<{ messages: readonly Message[]; failure?: Failure }>;

type Failure = Readonly<{
	why: string;
	cause?: unknown;
	/** A whole call has failed: the next would as well. */
	isFinal: boolean;
}>;

/** @returns what SQS didn't take, and why. */
async function offered(
	{ sqs, url }: Queue,
	batch: readonly Message[],
	signal: AbortSignal | undefined,
): Promise<Untaken> {
	let left = batch;
	const abort = signal === undefined ? {} : { abortSignal: signal };
	try {
		for (let offer = 1; ; offer++) {
			const Entries = left.map(({ body }, index) => ({ Id: String(index), MessageBody: body }));
			const { Failed = [] } = await sqs.send(
				new SendMessageBatchCommand({ QueueUrl: url, Entries }),
				abort,
			);
			const failed = new Set(Failed.map(({ Id }) => Id));
			left = left.filter((_, index) => failed.has(String(index)));
			const isHopeless = Failed.every(({ SenderFault }) => SenderFault === true);
			if (left.length === 0) return { messages: [] };
			if (isHopeless || offer === offers)
				return { messages: left, failure: { why: codesText(Failed), isFinal: false } };
			await delay(pauseMs * 2 ** (offer - 1), undefined, signal === undefined ? {} : { signal });
		}
	} catch (cause) {
		const failure =
			signal?.aborted === true
				? { why: "the signal has ended it", cause: signal.reason, isFinal: true }
				: { why: whyText(cause), cause, isFinal: true };
		return { messages: left, failure };
	}
}

/** SQS's own words for what it refuses; its sentences may quote a message. */
const codesText = (failed: readonly BatchResultErrorEntry[]): string =>
	[...new Set(failed.map(({ Code }) => Code))].join(", ");

/** As many as an error's text names; its fields have all. */
const shownPods = 20;

function incomplete(
	{ name }: Queue,
	messages: readonly Message[],
	left: ReadonlySet<Message>,
	{ why, cause }: Failure,
): CellwrightError {
	const notSent = messages.flatMap((message) => (left.has(message) ? [message.pod] : []));
	const sent = messages.flatMap((message) => (left.has(message) ? [] : [message.pod]));
	const text = [
		`the queue ${name} has not taken ${notSent.length} of ${messages.length} messages (${why});`,
		"to send them again with the same uids is safe",
		`\nnot sent: ${podsText(notSent)}`,
		...(sent.length === 0 ? [] : [`\nsent: ${podsText(sent)}`]),
	].join(" ");
	return new CellwrightError("PodsNotSent", text, { cause, sent, notSent });
}

const podsText = (pods: readonly PodIdentity[]): string =>
	[
		...pods.slice(0, shownPods).map(({ namespace, name, uid }) => `${namespace}/${name} (${uid})`),
		...(pods.length > shownPods ? [`and ${pods.length - shownPods} more`] : []),
	].join(", ");
