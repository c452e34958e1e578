import { gzipSync } from "node:zlib";
import { SendMessageCommand, type SQSClient } from "@aws-sdk/client-sqs";
import { faultText } from "../errors.ts";
import type { DeadLetters } from "./model.ts";

/** A message's body and attributes together. @see https://docs.aws.amazon.com/AWSSimpleQueueService/latest/SQSDeveloperGuide/quotas-messages.html */
const messageBytes = 1024 * 1024;
/** Names and types of our attributes, and the note that may stand for the body. */
const attributeOverheadBytes = 1024;
/** Faults are text for people; more of it helps nobody. */
const faultsLength = 8 * 1024;

/**
 * Dead letters on an SQS queue.
 *
 * A body that leaves no room for its reason within SQS's limit travels gzipped in the binary attribute
 * `body`, with a note in its place: nothing of it is lost.
 */
export const sqsDeadLetters = (sqs: SQSClient, queueUrl: string): DeadLetters => ({
	async keep(body, reason, faults, signal) {
		const faultLines = faults.map(faultText).join("\n").slice(0, faultsLength);
		const fits =
			Buffer.byteLength(body) + Buffer.byteLength(faultLines) + attributeOverheadBytes <=
			messageBytes;
		await sqs.send(
			new SendMessageCommand({
				QueueUrl: queueUrl,
				MessageBody: fits
					? body
					: "The body of this message is in its attribute `body`, gzipped: with its reason it would exceed SQS's limit.",
				MessageAttributes: {
					reason: { DataType: "String", StringValue: reason },
					faults: { DataType: "String", StringValue: printable(faultLines) },
					...(fits ? {} : { body: { DataType: "Binary", BinaryValue: gzipSync(body) } }),
				},
			}),
			{ abortSignal: signal },
		);
	},
});

/** SQS takes no control characters but tab and line ends, and no empty attribute. */
const printable = (text: string): string =>
	// biome-ignore lint/suspicious/noControlCharactersInRegex: these are the characters to be replaced
	text.replace(/[\u0000-\u0008\u000b\u000c\u000e-\u001f\ufffe\uffff]/g, "\ufffd") || "none";
