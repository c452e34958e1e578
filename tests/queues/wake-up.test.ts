import { ReceiveMessageCommand } from "@aws-sdk/client-sqs";
import fc from "fast-check";
import { afterAll, beforeAll, describe, expect, it } from "vitest";
import { startQueues } from "../../infra/local/queues.ts";
import { readPodScheduled } from "../../shared/pods/message.ts";
import { readWakeUp, wakeUpBody } from "../../shared/queues/wake-up.ts";
import { sqsWakeUps } from "../../shared/queues/wake-ups.sqs.ts";

const { signal } = new AbortController();
let server: Awaited<ReturnType<typeof startQueues>>;

beforeAll(async () => {
	server = await startQueues([{ name: "pod-scheduled", visibilitySeconds: 30, maxReceives: 3 }]);
});
afterAll(async () => server.close());

describe("a wake-up", () => {
	it("is on the queue as launch reads it", async () => {
		const url = server.queues[0]?.url ?? "";
		await sqsWakeUps(server.sqs, url).wake("pod-1", signal);
		const { Messages = [] } = await server.sqs.send(
			new ReceiveMessageCommand({ QueueUrl: url, WaitTimeSeconds: 5 }),
		);
		expect(Messages.map(({ Body = "" }) => readWakeUp(Body))).toEqual(["pod-1"]);
	});

	it("has the bytes that were agreed on", () => {
		expect(wakeUpBody("pod-1")).toBe(
			'{"apiVersion":"cellwright.dev/v1","kind":"WakeUp","podUid":"pod-1"}',
		);
	});

	it("is no pod's own message, for whoever knows no wake-ups", () => {
		expect(readPodScheduled(wakeUpBody("pod-1"))).toMatchObject({ outcome: "unreadable" });
	});

	it("brings every uid that a pod may have, the longest one included", () => {
		const uid = fc.stringMatching(/^[A-Za-z0-9][-._A-Za-z0-9]{0,127}$/);
		fc.assert(fc.property(uid, (podUid) => readWakeUp(wakeUpBody(podUid)) === podUid));
		expect(readWakeUp(wakeUpBody("u".repeat(128)))).toBe("u".repeat(128));
	});

	it.each([
		{ when: "it is no JSON", body: "{" },
		{ when: "it is empty", body: "" },
		{ when: "it is null", body: "null" },
		{ when: "it is a list", body: "[]" },
		{ when: "it is a pod's message", body: wakeUpBody("a").replace("WakeUp", "PodScheduled") },
		{ when: "it is of another version", body: wakeUpBody("a").replace("/v1", "/v2") },
		{ when: "it names no pod", body: wakeUpBody("") },
		{ when: "its uid is no text", body: wakeUpBody("a").replace('"a"', '{"a":1}') },
		{ when: "its uid is longer than any", body: wakeUpBody("u".repeat(129)) },
		{ when: "it is nested deeply", body: "[".repeat(1_000) },
	])("isn't what stands there when $when", ({ body }) => {
		expect(readWakeUp(body)).toBeUndefined();
	});

	it("never throws, and reads nothing of a body that is too long for one", () => {
		fc.assert(fc.property(fc.string(), (body) => readWakeUp(body) === undefined));
		const long = `${" ".repeat(1_024 * 1_024)}${wakeUpBody("a")}`;
		expect(readWakeUp(long)).toBeUndefined();
	});
});
