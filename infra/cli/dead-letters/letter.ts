import { gunzipSync } from "node:zlib";
import type { Message, MessageAttributeValue } from "@aws-sdk/client-sqs";
import * as z from "zod";
import { shortened } from "../../../shared/pods/faults.ts";
import type { DeadLetterQueue } from "./queues.ts";

/** A message that was given up. */
export type Letter = Readonly<{
	/** SQS's. */
	id: string;
	/** What its queue is called. */
	queue: string;
	/** One CamelCase word of ours, of Lambda's or of EventBridge's. */
	reason: string;
	/** What is wrong with it, a line each. */
	faults: readonly string[];
	/** Whom or what it is about, as far as it says so; nothing of a pod but names. */
	about: string;
	/** When it was put on its queue, ISO 8601. */
	sentAt: string;
	/** How often it was received, also by who looked at it here. */
	receives: number;
	bytes: number;
}>;

/** A letter with what only sending it back needs, or who asks for it explicitly: a pod's body holds secrets. */
export type OpenedLetter = Readonly<{
	letter: Letter;
	body: string;
	/** Of the message itself; ours are left out. */
	attributes: Readonly<Record<string, MessageAttributeValue>>;
	receiptHandle: string;
}>;

/** What a dead letter is given beside the message's own attributes, see sqsDeadLetters. */
const ours: ReadonlySet<string> = new Set(["reason", "faults", "body"]);

/** What EventBridge and its scheduler write beside an event that they couldn't deliver. */
const eventBridgeReason = "ERROR_CODE";
const eventBridgeFault = "ERROR_MESSAGE";

export function openedLetter(message: Message, queue: DeadLetterQueue): OpenedLetter {
	const { MessageAttributes = {}, Attributes = {} } = message;
	const body = bodyOf(message);
	const content = fromJson(body);
	const failure = Failure.safeParse(content).data;
	const text = (name: string) => MessageAttributes[name]?.StringValue;
	const faults = text("faults") ?? text(eventBridgeFault) ?? "";
	return {
		letter: {
			id: message.MessageId ?? "",
			queue: queue.of,
			...reasonOf(text("reason") ?? text(eventBridgeReason) ?? failure?.requestContext.condition),
			faults: faults.split("\n").filter((line) => line !== ""),
			about: aboutOf(content),
			sentAt: new Date(Number(Attributes.SentTimestamp ?? 0)).toISOString(),
			receives: Number(Attributes.ApproximateReceiveCount ?? 0),
			bytes: Buffer.byteLength(body),
		},
		body,
		attributes: Object.fromEntries(
			Object.entries(MessageAttributes).filter(([name]) => !ours.has(name)),
		),
		receiptHandle: message.ReceiptHandle ?? "",
	};
}

/** Without a reason it was SQS that moved the message, after it came back too often. */
const reasonOf = (written: string | undefined): Pick<Letter, "reason"> =>
	written === undefined ? { reason: "ReceivedTooOften" } : { reason: written };

const bodyOf = ({ Body = "", MessageAttributes = {} }: Message): string => {
	const packed = MessageAttributes["body"]?.BinaryValue;
	return packed === undefined ? Body : gunzipSync(packed).toString();
};

function fromJson(text: string): unknown {
	try {
		return JSON.parse(text);
	} catch {
		return undefined;
	}
}

/**
 * What Lambda tells of an invocation that it gave up.
 *
 * @see https://docs.aws.amazon.com/lambda/latest/dg/invocation-async-retain-records.html
 */
const Failure = z.object({
	requestContext: z.object({ condition: z.string(), functionArn: z.string() }),
	DDBStreamBatchInfo: z
		.object({ batchSize: z.int(), approximateArrivalOfFirstRecord: z.string().optional() })
		.optional(),
	requestPayload: z.unknown().optional(),
});

const Text = z.string().optional().catch(undefined);
const Metadata = z.object({ namespace: Text, name: Text, uid: Text });
/** Our own messages, and the envelopes in which they come. */
const Content = z.object({
	pod: z.object({ metadata: Metadata }).optional().catch(undefined),
	podUid: Text,
	"detail-type": Text,
	detail: z.unknown().optional(),
	Message: Text,
});

/** Event in notification in event, and Lambda's word about it. */
const deepest = 4;

/** Whom or what a message is about, in a few words; `?` where it doesn't say. */
function aboutOf(content: unknown, depth = deepest): string {
	if (depth === 0) return "?";
	const failure = Failure.safeParse(content).data;
	if (failure !== undefined) return failureText(failure, depth);
	const read = Content.safeParse(content).data;
	if (read === undefined) return "?";
	if (read.pod !== undefined) return podText(read.pod.metadata);
	if (read.podUid !== undefined) return shortened(`uid ${read.podUid}`);
	const inner = aboutOf(
		read.Message === undefined ? read.detail : fromJson(read.Message),
		depth - 1,
	);
	const type = read["detail-type"];
	return inner === "?" && type !== undefined ? shortened(type) : inner;
}

function failureText(
	{ requestContext, DDBStreamBatchInfo: batch, requestPayload }: z.infer<typeof Failure>,
	depth: number,
): string {
	const name = requestContext.functionArn.replace(/^.*:function:/, "").replace(/:.*$/, "");
	if (batch !== undefined)
		return shortened(
			`${name}, ${batch.batchSize} changes of ${batch.approximateArrivalOfFirstRecord ?? "unknown time"}`,
		);
	const inner = aboutOf(requestPayload, depth - 1);
	return inner === "?" ? shortened(`a call of ${name}`) : `${name}, ${inner}`;
}

const podText = ({ namespace = "default", name = "?", uid }: z.infer<typeof Metadata>): string =>
	`${shortened(`${namespace}/${name}`)}, ${uid === undefined ? "no uid" : shortened(`uid ${uid}`)}`;
