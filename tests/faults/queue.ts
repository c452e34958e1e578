import type { SQSRecord } from "aws-lambda";
import type { World } from "./world.ts";

type Message = {
	readonly id: string;
	readonly body: string;
	readonly sentAtMs: number;
	visibleAtMs: number;
	receives: number;
	receipt: string;
};

export type QueueSettings = Readonly<{
	name: string;
	visibilitySeconds: number;
	maxReceives: number;
}>;

/** A standard queue of SQS: at least once, in any order, invisible while somebody has it. */
export type SimulatedQueue = ReturnType<typeof simulatedQueue>;

export function simulatedQueue(
	{ name, visibilitySeconds, maxReceives }: QueueSettings,
	world: Pick<World, "nowMs" | "draw"> & Readonly<{ after(ms: number, act: () => void): unknown }>,
) {
	const messages: Message[] = [];
	const dead: string[] = [];
	let sent = 0;
	const visible = () => messages.filter(({ visibleAtMs }) => visibleAtMs <= world.nowMs());
	const hide = (message: Message, ms: number) => {
		message.visibleAtMs = world.nowMs() + ms;
		// So that time passes as far as this.
		world.after(ms, () => undefined);
	};
	return {
		name,
		visible: () => visible().length,
		/** Messages that are not settled. */
		waiting: () => messages.length,
		bodies: () => messages.map(({ body }) => body),
		/** Whom nobody could handle, in many tries. */
		dead: dead as readonly string[],
		send(body: string, delaySeconds = 0) {
			const message: Message = {
				id: `${name}-${++sent}`,
				body,
				sentAtMs: world.nowMs(),
				visibleAtMs: 0,
				receives: 0,
				receipt: "",
			};
			messages.push(message);
			hide(message, delaySeconds * 1000);
		},
		/** Up to ten of what can be seen, any of them. `again`: they stay visible, as SQS may have it. */
		receive(again = false): SQSRecord[] {
			const taken: Message[] = [];
			const seen = visible();
			const wanted = 1 + world.draw(10);
			for (
				let left = world.draw(2) === 0 ? seen.length : wanted;
				left > 0 && seen.length > 0;
				left--
			) {
				const [message] = seen.splice(world.draw(seen.length), 1);
				if (message !== undefined && taken.length < 10) taken.push(message);
			}
			return taken.flatMap((message) => {
				message.receives += 1;
				if (message.receives > maxReceives) {
					messages.splice(messages.indexOf(message), 1);
					dead.push(message.body);
					return [];
				}
				message.receipt = `${message.id}/${message.receives}`;
				if (!again) hide(message, visibilitySeconds * 1000);
				return [recordOf(message)];
			});
		},
		/** The message is done with; an old receipt counts as well, unless it has been received since. */
		settle(receipt: string) {
			const place = messages.findIndex((message) => message.receipt === receipt);
			if (place >= 0) messages.splice(place, 1);
		},
		changeVisibility(receipt: string, seconds: number) {
			const message = messages.find((each) => each.receipt === receipt);
			if (message !== undefined) hide(message, seconds * 1000);
		},
	};
}

const recordOf = ({ id, body, receipt, receives, sentAtMs }: Message): SQSRecord => ({
	messageId: id,
	receiptHandle: receipt,
	body,
	attributes: {
		ApproximateReceiveCount: String(receives),
		SentTimestamp: String(sentAtMs),
		SenderId: "",
		ApproximateFirstReceiveTimestamp: String(sentAtMs),
	},
	messageAttributes: {},
	md5OfBody: "",
	eventSource: "aws:sqs",
	eventSourceARN: "",
	awsRegion: "us-east-1",
});
