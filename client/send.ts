import { setTimeout as delay } from "node:timers/promises";
import { SendMessageBatchCommand } from "@aws-sdk/client-sqs";
import { CellwrightError, whyText } from "./errors.ts";
import { largestBytes, type Message } from "./messages.ts";
import { type Queue, withQueue } from "./queue.ts";
import type { ClientOptions, PodIdentity } from "./types.ts";

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
		let cause: unknown;
		for (const batch of batchesOf(messages)) {
			// Where one call has failed for good, the next would as well.
			const untaken =
				cause === undefined ? await offered(queue, batch, options.signal) : { messages: batch };
			cause ??= untaken.cause;
			left.push(...untaken.messages);
		}
		if (left.length > 0) throw incomplete(queue, messages, new Set(left), cause);
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

type Untaken = Readonly<{ messages: readonly Message[]; cause?: unknown }>;

/** @returns what SQS didn't take; with a cause where nothing more can be sent. */
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
			if (left.length === 0 || isHopeless || offer === offers) return { messages: left };
			await delay(pauseMs * 2 ** (offer - 1), undefined, signal === undefined ? {} : { signal });
		}
	} catch (cause) {
		return { messages: left, cause: signal?.aborted === true ? signal.reason : cause };
	}
}

/** As many as an error's text names; its fields have all. */
const shownPods = 20;

function incomplete(
	{ name }: Queue,
	messages: readonly Message[],
	left: ReadonlySet<Message>,
	cause: unknown,
): CellwrightError {
	const notSent = messages.flatMap((message) => (left.has(message) ? [message.pod] : []));
	const sent = messages.flatMap((message) => (left.has(message) ? [] : [message.pod]));
	const why = cause === undefined ? "" : ` (${whyText(cause)})`;
	const text = [
		`the queue ${name} has not taken ${notSent.length} of ${messages.length} messages${why};`,
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
