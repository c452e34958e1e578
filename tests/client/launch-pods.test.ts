import { ReceiveMessageCommand } from "@aws-sdk/client-sqs";
import fc from "fast-check";
import { afterAll, beforeAll, describe, expect, it } from "vitest";
import {
	CellwrightError,
	deletePod,
	launchPod,
	launchPods,
	readManifests,
} from "../../client/index.ts";
import { batchesOf } from "../../client/send.ts";
import { laptopAws } from "../../infra/local/laptop-aws.ts";
import { startQueues } from "../../infra/local/queues.ts";
import { readPodDeleted, readPodScheduled } from "../../shared/pods/message.ts";
import { answeringServer } from "../support/answering-server.ts";

const spec = { containers: [{ name: "web", env: [{ name: "TOKEN", value: "hunter2" }] }] };
const aPod = (name: string, metadata: object = {}) => ({ metadata: { name, ...metadata }, spec });

let server: Awaited<ReturnType<typeof startQueues>>;

beforeAll(async () => {
	const settings = { visibilitySeconds: 600, maxReceives: 3 };
	server = await startQueues([
		{ name: "cellwright-test-pod-scheduled", ...settings },
		{ name: "cellwright-test-pod-deleted", ...settings },
	]);
});
afterAll(async () => server.close());

const at = () => ({
	deployment: "cellwright-test",
	sqs: { ...laptopAws, endpoint: server.endpoint },
});

/** What lies in a queue by now; it is taken out of sight. */
async function received(which: 0 | 1): Promise<readonly string[]> {
	const bodies: string[] = [];
	for (;;) {
		const { Messages = [] } = await server.sqs.send(
			new ReceiveMessageCommand({
				QueueUrl: server.queues[which]?.url,
				MaxNumberOfMessages: 10,
				WaitTimeSeconds: 0,
			}),
		);
		if (Messages.length === 0) return bodies;
		bodies.push(...Messages.map(({ Body = "" }) => Body));
	}
}

const podOf = (body: string) => {
	const read = readPodScheduled(body);
	return read.outcome === "read" ? read.message.pod.metadata : expect.unreachable(body);
};

const failureOf = async (work: Promise<unknown>): Promise<CellwrightError> => {
	try {
		await work;
	} catch (error) {
		if (error instanceof CellwrightError) return error;
		throw error;
	}
	return expect.unreachable("nothing failed");
};

describe("launching a pod", () => {
	it("puts a message that launch reads on the queue, and says who it is", async () => {
		const pod = await launchPod(aPod("web", { labels: { app: "web" } }), at());
		expect(pod).toEqual({ namespace: "default", name: "web", uid: expect.any(String) });
		expect((await received(0)).map(podOf)).toEqual([{ ...pod, labels: { app: "web" } }]);
	});

	it("keeps the pod's own uid and namespace", async () => {
		const identity = { name: "web", namespace: "shop", uid: "u-1" };
		expect(await launchPod({ metadata: identity, spec }, at())).toEqual(identity);
		expect((await received(0)).map(podOf)).toEqual([identity]);
	});
});

describe("launching pods", () => {
	it("sends replicas next to each other, and answers in the order that was given", async () => {
		const replicaOf = (uid: string) => ({
			ownerReferences: [
				{ apiVersion: "apps/v1", kind: "ReplicaSet", name: uid, uid, controller: true },
			],
		});
		const pods = Array.from({ length: 12 }, (_, index) =>
			aPod(`p-${index}`, replicaOf(`rs-${index % 3}`)),
		);
		const launched = await launchPods([aPod("alone"), ...pods], at());
		expect(launched.map(({ name }) => name)).toEqual([
			"alone",
			...pods.map(({ metadata }) => metadata.name),
		]);
		const owners = (await received(0))
			.map(podOf)
			.map(({ ownerReferences }) => ownerReferences?.[0]?.uid ?? "alone");
		expect(owners).toEqual([
			"alone",
			...["rs-0", "rs-1", "rs-2"].flatMap((owner) => Array(4).fill(owner)),
		]);
	});

	it("takes what manifests give, and an iterable of none", async () => {
		const { pods } = readManifests([{ kind: "Pod", metadata: { name: "a" }, spec }]);
		expect(await launchPods(pods, at())).toHaveLength(1);
		expect(await received(0)).toHaveLength(1);
		expect(await launchPods([], { deployment: "nobody-asks-it" })).toEqual([]);
	});

	it("sends nothing when one is wrong, and names the faults of all, without their secrets", async () => {
		const wrong = [
			aPod("Web"),
			aPod("api", { uid: "!" }),
			aPod("fine"),
			{ ...aPod("none"), spec: {} },
			aPod("much", { annotations: { "pod.elotl.co/volume-size": "20GiB" } }),
		];
		const error = await failureOf(launchPods(wrong, at()));
		expect(error).toMatchObject({ code: "InvalidPod", kind: "invalid" });
		expect(error.message.split("\n")).toEqual([
			expect.stringMatching(/^default\/Web: metadata.name: must be a DNS name/),
			expect.stringMatching(/^default\/api: metadata.uid: must be the uid/),
			expect.stringMatching(/^default\/none: spec.containers: must be an array, but is missing/),
			expect.stringMatching(/^default\/much: metadata.annotations.*: must be a quantity of bytes/),
		]);
		expect(error.message).not.toContain("hunter2");
		expect(await received(0)).toEqual([]);
	});

	it("refuses a pod whose message is too large for SQS in bytes", async () => {
		const annotations = { note: "é".repeat(600 * 1024) };
		const error = await failureOf(launchPods([aPod("large", { annotations })], at()));
		expect(error.message).toMatch(
			/^default\/large: message: has 12\d{5} bytes, more than the 1048576/,
		);
	});

	it("says what can't be reached", async () => {
		const error = await failureOf(launchPods([aPod("a")], { ...at(), deployment: "nowhere" }));
		expect(error).toMatchObject({ code: "QueueUnreachable", kind: "unavailable" });
		expect(error.message).toContain("the queue nowhere-pod-scheduled can't be reached");
	});

	it("ends with the signal's reason before anything was sent", async () => {
		const signal = AbortSignal.abort(new Error("enough"));
		await expect(launchPods([aPod("a")], { ...at(), signal })).rejects.toThrow("enough");
		expect(await received(0)).toEqual([]);
	});
});

/** An SQS that fails at some entries of a batch. */
async function capriciousSqs(
	failedOf: (names: readonly string[], call: number) => readonly number[] | "broken",
) {
	const json = (value: unknown) => ({
		status: 200,
		contentType: "application/x-amz-json-1.0",
		body: JSON.stringify(value),
	});
	let batches = 0;
	const { endpoint } = await answeringServer((body, call) => {
		if (call === 0) return json({ QueueUrl: "http://127.0.0.1/q" });
		const entries: { Id: string; MessageBody: string }[] = JSON.parse(body).Entries;
		const failed = failedOf(
			entries.map(({ MessageBody }) => podOf(MessageBody).name),
			batches++,
		);
		if (failed === "broken") return { ...json({}), status: 500 };
		const isFailed = (_: unknown, index: number) => failed.includes(index);
		return json({
			Failed: entries
				.filter(isFailed)
				.map(({ Id }) => ({ Id, Code: "InternalError", SenderFault: false })),
			Successful: entries
				.filter((each, index) => !isFailed(each, index))
				.map(({ Id }) => ({ Id, MessageId: Id, MD5OfMessageBody: "" })),
		});
	});
	return { sqs: { ...laptopAws, endpoint, md5: false as const }, batches: () => batches };
}

describe("a queue that takes only some of the messages", () => {
	const pods = Array.from({ length: 12 }, (_, index) => aPod(`p-${index}`));

	it("is offered the others again, and only them", async () => {
		const offered: (readonly string[])[] = [];
		const { sqs } = await capriciousSqs((names, call) => {
			offered.push(names);
			return call === 0 ? [1, 3] : [];
		});
		expect(await launchPods(pods, { sqs })).toHaveLength(12);
		expect(offered.slice(1)).toEqual([
			["p-1", "p-3"],
			["p-10", "p-11"],
		]);
	});

	it("for good is an error that names every pod that was sent and that wasn't", async () => {
		const { sqs } = await capriciousSqs((names) =>
			names.flatMap((name, index) => (name === "p-7" ? [index] : [])),
		);
		const error = await failureOf(launchPods(pods, { sqs }));
		expect(error).toMatchObject({ code: "PodsNotSent", kind: "unavailable" });
		expect(error.notSent.map(({ name }) => name)).toEqual(["p-7"]);
		expect(error.sent).toHaveLength(11);
		expect(error.message).toMatch(/has not taken 1 of 12 messages \(InternalError\);/);
		expect(error.message).toMatch(/not sent: default\/p-7 \([0-9a-f-]{36}\)/);
	});

	it("and then breaks is asked no more", async () => {
		const { sqs, batches } = await capriciousSqs((_, call) => (call === 1 ? "broken" : []));
		const many = [...pods, ...pods, ...pods];
		const error = await failureOf(launchPods(many, { sqs: { ...sqs, maxAttempts: 1 } }));
		expect(error).toMatchObject({ code: "PodsNotSent" });
		expect([error.sent.length, error.notSent.length]).toEqual([10, 26]);
		expect(batches()).toBe(2);
	});
});

describe("a signal that ends while pods are sent", () => {
	it("stops there, and names those that were sent and those that may not be", async () => {
		const stop = new AbortController();
		const { sqs, batches } = await capriciousSqs((_, call) => {
			if (call === 1) stop.abort(new Error("enough"));
			return [];
		});
		const pods = Array.from({ length: 25 }, (_, index) => aPod(`p-${index}`));
		const error = await failureOf(launchPods(pods, { sqs, signal: stop.signal }));
		expect(error).toMatchObject({ code: "PodsNotSent", cause: new Error("enough") });
		expect(error.message).toMatch(/has not taken 15 of 25 messages \(the signal has ended it\);/);
		expect([error.sent.length, error.notSent.length, batches()]).toEqual([10, 15, 2]);
	});
});

describe("batches", () => {
	it("hold every message once, in order, and never more than SQS takes", () => {
		const sizes = fc.array(fc.integer({ min: 1, max: 1024 * 1024 }), { maxLength: 40 });
		const longest = "x".repeat(1024 * 1024);
		fc.assert(
			fc.property(sizes, (lengths) => {
				const pod = { uid: "u", namespace: "n", name: "a" };
				const messages = lengths.map((length) => ({ pod, body: longest.slice(0, length) }));
				const batches = batchesOf(messages);
				expect(batches.flat()).toEqual(messages);
				for (const batch of batches) {
					expect(batch.length).toBeLessThanOrEqual(10);
					const bytes = batch.reduce((sum, { body }) => sum + body.length, 0);
					expect(bytes).toBeLessThanOrEqual(1024 * 1024);
				}
			}),
		);
	});
});

describe("deleting a pod", () => {
	it("puts a message that terminate reads on the queue", async () => {
		const pod = { uid: "u-1", namespace: "shop", name: "web" };
		await deletePod(pod, at());
		expect((await received(1)).map(readPodDeleted)).toMatchObject([
			{ outcome: "read", message: { pod: { metadata: pod } } },
		]);
	});

	it("refuses an identity that is none", async () => {
		const error = await failureOf(deletePod({ uid: "", namespace: "shop", name: "web" }, at()));
		expect(error).toMatchObject({ code: "InvalidPod" });
		expect(error.message).toMatch(/^shop\/web: metadata.uid: must be the uid/);
	});
});
