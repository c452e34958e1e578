import { randomUUID } from "node:crypto";
import fc from "fast-check";
import { describe, expect, it } from "vitest";
import { whyKept } from "../../../../infra/cli/dead-letters/choice.ts";
import { openedLetter } from "../../../../infra/cli/dead-letters/letter.ts";
import { deadLetterQueues } from "../../../../infra/cli/dead-letters/queues.ts";

const [scheduledQueue, ...otherQueues] = deadLetterQueues;
if (scheduledQueue === undefined) throw new RangeError("queues");

const letterOf = (body: string, attributes: Readonly<Record<string, string>> = {}) =>
	openedLetter(
		{
			MessageId: randomUUID(),
			Body: body,
			Attributes: { SentTimestamp: "1795420800000", ApproximateReceiveCount: "3" },
			MessageAttributes: Object.fromEntries(
				Object.entries(attributes).map(([name, StringValue]) => [
					name,
					{ DataType: "String", StringValue },
				]),
			),
		},
		scheduledQueue,
	).letter;

const pod = { metadata: { namespace: "shop", name: "web", uid: "u-1" } };
const message = { apiVersion: "cellwright.dev/v1", kind: "PodScheduled", pod };
const functionArn = "arn:aws:lambda:us-east-1:123456789012:function:cellwright-dev-janitor:$LATEST";
const requestContext = { condition: "EventAgeExceeded", functionArn };

describe("a dead letter", () => {
	it.each([
		{ what: "a message", content: message, about: "shop/web, uid u-1" },
		{
			what: "one in an event",
			content: { "detail-type": "Pod", detail: message },
			about: "shop/web, uid u-1",
		},
		{
			what: "one in a notification",
			content: { Type: "Notification", Message: JSON.stringify(message) },
			about: "shop/web, uid u-1",
		},
		{
			what: "a pod without a uid",
			content: { pod: { metadata: { name: "web" } } },
			about: "default/web, no uid",
		},
		{
			what: "a pod without a name",
			content: { pod: { metadata: { uid: 7 } } },
			about: "default/?, no uid",
		},
		{
			what: "a check",
			content: { kind: "CellCheck", podUid: "u-1", attempt: 1 },
			about: "uid u-1",
		},
		{
			what: "an event that no function took",
			content: {
				requestContext,
				requestPayload: { "detail-type": "EC2 Spot Instance Interruption Warning", detail: {} },
			},
			about: "cellwright-dev-janitor, EC2 Spot Instance Interruption Warning",
		},
		{
			what: "a tick",
			content: { requestContext, requestPayload: {} },
			about: "a call of cellwright-dev-janitor",
		},
		{ what: "anything else", content: { a: 1 }, about: "?" },
	])("tells whom or what it is about, of $what", ({ content, about }) => {
		expect(letterOf(JSON.stringify(content))).toMatchObject({
			about,
			sentAt: "2026-11-23T08:00:00.000Z",
			receives: 3,
		});
	});

	it.each([
		{
			when: "we kept it",
			attributes: { reason: "UnreadableMessage", faults: "a: b\nc: d" },
			reason: "UnreadableMessage",
			faults: ["a: b", "c: d"],
		},
		{
			when: "EventBridge kept it",
			attributes: { ERROR_CODE: "NO_PERMISSIONS", ERROR_MESSAGE: "may not" },
			reason: "NO_PERMISSIONS",
			faults: ["may not"],
		},
		{ when: "Lambda kept it", body: { requestContext }, reason: "EventAgeExceeded", faults: [] },
		{ when: "SQS moved it", reason: "ReceivedTooOften", faults: [] },
	])(
		"has the reason that was written where $when",
		({ body = message, attributes = {}, reason, faults }) => {
			expect(letterOf(JSON.stringify(body), attributes)).toMatchObject({ reason, faults });
		},
	);

	it("never shows anything but names of what it holds, on one line, whatever that is", () => {
		const content = fc.oneof(
			fc.jsonValue({ maxDepth: 6 }),
			fc.record({ pod: fc.record({ metadata: fc.jsonValue(), spec: fc.jsonValue() }) }),
			fc.record({
				pod: fc.record({ metadata: fc.record({ name: fc.string({ maxLength: 300 }) }) }),
			}),
		);
		fc.assert(
			fc.property(
				fc.oneof(
					content.map((value) => JSON.stringify(value)),
					fc.string(),
				),
				(body) => {
					const { about } = letterOf(body);
					expect(about).not.toMatch(/\n|\p{Cc}/u);
					expect(about.length).toBeLessThan(260);
				},
			),
		);
		const secret = { ...message, pod: { ...pod, spec: { env: "hunter2" } } };
		expect(JSON.stringify(letterOf(JSON.stringify(secret)))).not.toContain("hunter2");
	});
});

describe("a dead letter that is to be sent back", () => {
	const letter = { ...letterOf("{}"), id: "4f1c22aa-0", sentAt: "2026-11-15T08:00:00.000Z" };
	const now = new Date("2026-11-23T08:00:00.000Z");

	it("stays when it is so old that its pod may be forgotten, unless it is named", () => {
		const all = { all: true };
		expect(whyKept(scheduledQueue, letter, all, now)).toMatch(/^is older than a week/);
		expect(whyKept(scheduledQueue, letter, { id: ["4f1c"] }, now)).toBeUndefined();
		const young = { ...letter, sentAt: "2026-11-16T08:00:01.000Z" };
		expect(whyKept(scheduledQueue, young, all, now)).toBeUndefined();
	});

	it("goes to its queue at any age where that launches nothing, and stays where it has none", () => {
		const kept = otherQueues.map((queue) => [queue.of, whyKept(queue, letter, { all: true }, now)]);
		expect(Object.fromEntries(kept)).toEqual({
			"pod-deleted": undefined,
			"cell-checks": undefined,
			"lost-changes": expect.stringContaining("the janitor"),
			"lost-events": expect.stringContaining("the janitor"),
		});
	});
});
