import type { SQSRecord } from "aws-lambda";

type Message = {
	readonly id: string;
	readonly body: string;
	receives: number;
	isSettled: boolean;
	/** Counts what was said about its visibility: only the latest counts. */
	turn: number;
};

/**
 * A standard queue under virtual time, and the event source that takes from it: batches of ten, several at once,
 * what became visible first comes first. Visibility is counted in whole seconds, as SQS counts it.
 */
export function burstQueue(
	clock: Readonly<{ nowMs(): number; at(atMs: number, act: () => void): void }>,
	batches: Readonly<{ atOnce: (nowMs: number) => number; visibilitySeconds: number }>,
	handle: (records: readonly SQSRecord[]) => Promise<readonly string[]>,
) {
	const visible: Message[] = [];
	const received = new Map<string, Message>();
	const all: Message[] = [];
	let running = 0;
	const show = (message: Message): void => {
		if (message.isSettled) return;
		visible.push(message);
		poll();
	};
	const hide = (message: Message, seconds: number): void => {
		const turn = ++message.turn;
		clock.at(clock.nowMs() + Math.ceil(seconds) * 1000, () => {
			if (message.turn === turn) show(message);
		});
	};
	let next = 0;
	let isClosed = false;
	const poll = (): void => {
		while (!isClosed && running < batches.atOnce(clock.nowMs()) && next < visible.length) {
			const taken = visible.slice(next, next + 10);
			next += taken.length;
			running += 1;
			void deliver(taken).finally(() => {
				running -= 1;
				poll();
			});
		}
	};
	const deliver = async (messages: readonly Message[]): Promise<void> => {
		for (const message of messages) {
			message.receives += 1;
			received.set(message.id, message);
			hide(message, batches.visibilitySeconds);
		}
		const returned = new Set(await handle(messages.map(recordOf(clock.nowMs()))));
		for (const message of messages) if (!returned.has(message.id)) message.isSettled = true;
	};
	return {
		/** Everything at once: what arrives together is taken together. */
		send(bodies: readonly string[]) {
			for (const body of bodies) {
				const id = `message-${all.length}`;
				const message = { id, body, receives: 0, isSettled: false, turn: 0 };
				all.push(message);
				visible.push(message);
			}
			poll();
		},
		hideAgain(receipt: string, seconds: number) {
			const message = received.get(receipt);
			if (message !== undefined) hide(message, seconds);
		},
		/** Nothing is taken any more. */
		close() {
			isClosed = true;
		},
		receives: () => all.reduce((sum, message) => sum + message.receives, 0),
	};
}

const recordOf =
	(nowMs: number) =>
	({ id, body, receives }: Message): SQSRecord => ({
		messageId: id,
		receiptHandle: id,
		body,
		attributes: {
			ApproximateReceiveCount: String(receives),
			SentTimestamp: String(nowMs),
			SenderId: "",
			ApproximateFirstReceiveTimestamp: String(nowMs),
		},
		messageAttributes: {},
		md5OfBody: "",
		eventSource: "aws:sqs",
		eventSourceARN: "",
		awsRegion: "us-east-1",
	});
