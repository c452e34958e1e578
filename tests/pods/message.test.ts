import fc from "fast-check";
import { describe, expect, it } from "vitest";
import { faultText } from "../../shared/errors.ts";
import { readPodDeleted, readPodScheduled } from "../../shared/pods/message.ts";
import { processorMs } from "../support/processor-time.ts";

const secret = "hunter2-do-not-show";

const aPod = (over: Record<string, unknown> = {}) => ({
	apiVersion: "v1",
	kind: "Pod",
	metadata: { uid: "6c2b", namespace: "shop", name: "web" },
	spec: { containers: [{ name: "app", env: [{ name: "TOKEN", value: secret }] }] },
	...over,
});
const aMessage = (over: Record<string, unknown> = {}) => ({
	apiVersion: "cellwright.dev/v1",
	kind: "PodScheduled",
	pod: aPod(),
	...over,
});
const inEventBridge = (detail: unknown) => ({
	version: "0",
	id: "7bf73129",
	"detail-type": "PodScheduled",
	source: "example.scheduler",
	account: "123456789012",
	time: "2026-01-01T00:00:00Z",
	region: "us-east-1",
	resources: [],
	detail,
});
const inSns = (message: unknown) => ({
	Type: "Notification",
	MessageId: "22b80b92",
	TopicArn: "arn:aws:sns:us-east-1:123456789012:pods",
	Message: JSON.stringify(message),
	Timestamp: "2026-01-01T00:00:00.000Z",
});

const read = (content: unknown) => readPodScheduled(JSON.stringify(content));

describe("readPodScheduled", () => {
	it.each([
		{ form: "bare", content: aMessage() },
		{ form: "in an EventBridge event", content: inEventBridge(aMessage()) },
		{ form: "in an SNS notification", content: inSns(aMessage()) },
		{ form: "in EventBridge in SNS", content: inSns(inEventBridge(aMessage())) },
		{ form: "in SNS in EventBridge in SNS", content: inSns(inEventBridge(inSns(aMessage()))) },
	])("reads a message $form", ({ content }) => {
		expect(read(content)).toEqual({ outcome: "read", message: aMessage() });
	});

	it("puts a pod without a namespace into default", () => {
		const pod = aPod({ metadata: { uid: "6c2b", name: "web" } });
		expect(read(aMessage({ pod }))).toMatchObject({
			message: { pod: { metadata: { namespace: "default" } } },
		});
	});

	it("keeps fields of a newer Kubernetes, and takes null for what is empty", () => {
		const spec = {
			containers: [{ name: "app", resources: null, newField: { deep: [1] } }],
			initContainers: null,
			nodeSelector: null,
			affinity: { nodeAffinity: null },
		};
		const pod = aPod({ spec });
		expect(read(aMessage({ pod }))).toMatchObject({ outcome: "read", message: { pod: { spec } } });
	});

	it.each([
		{
			when: "the version is unknown",
			over: { apiVersion: "cellwright.dev/v9" },
			path: "apiVersion",
		},
		{ when: "the kind is unknown", over: { kind: "PodDeleted" }, path: "kind" },
		{ when: "the pod has no spec", over: { pod: aPod({ spec: undefined }) }, path: "spec" },
		{
			when: "it has no containers",
			over: { pod: aPod({ spec: { containers: [] } }) },
			path: "spec.containers",
		},
		{
			when: "a quantity is an object",
			over: {
				pod: aPod({
					spec: { containers: [{ name: "a", resources: { limits: { "nvidia.com/gpu": {} } } }] },
				}),
			},
			path: 'spec.containers[0].resources.limits["nvidia.com/gpu"]',
		},
		{ when: "the pod is no pod", over: { pod: aPod({ kind: "Deployment" }) }, path: "pod.kind" },
		{
			when: "the restart policy is unknown",
			over: { pod: aPod({ spec: { containers: [{ name: "a" }], restartPolicy: "Sometimes" } }) },
			path: "spec.restartPolicy",
		},
	])("tells the pod's owner when $when", ({ over, path }) => {
		expect(read(aMessage(over))).toMatchObject({
			outcome: "invalid",
			pod: { uid: "6c2b", namespace: "shop", name: "web" },
			faults: [{ path }],
		});
	});

	it.each([
		{ when: "there is no uid", metadata: { namespace: "shop", name: "web" }, path: "metadata.uid" },
		{
			when: "the uid is empty",
			metadata: { uid: "", namespace: "shop", name: "web" },
			path: "metadata.uid",
		},
		{
			when: "the uid is a number",
			metadata: { uid: 7, namespace: "shop", name: "web" },
			path: "metadata.uid",
		},
		{
			when: "there is no name",
			metadata: { uid: "6c2b", namespace: "shop" },
			path: "metadata.name",
		},
		{
			when: "the name is no DNS name",
			metadata: { uid: "6c2b", name: "a b" },
			path: "metadata.name",
		},
		{
			when: "the namespace is no DNS label",
			metadata: { uid: "6c2b", name: "a", namespace: "A.b" },
			path: "metadata.namespace",
		},
	])("can tell nobody when $when", ({ metadata, path }) => {
		expect(read(aMessage({ pod: aPod({ metadata }) }))).toMatchObject({
			outcome: "unreadable",
			faults: [{ path }],
		});
	});

	it("reports every fault, with its value where that can't be secret", () => {
		const pod = aPod({ metadata: { uid: "a b", name: "Web" }, spec: { containers: secret } });
		const result = read({ apiVersion: "v1", kind: "Pod", pod });
		expect(result.outcome === "read" ? [] : result.faults.map(faultText)).toEqual([
			'apiVersion: must be "cellwright.dev/v1" (found: v1)',
			'kind: must be "PodScheduled" (found: Pod)',
			expect.stringMatching(/^metadata\.uid: must be the uid .* \(found: a b\)$/),
			expect.stringMatching(/^metadata\.name: must be a DNS name.* \(found: Web\)$/),
			"spec.containers: must be an array",
		]);
	});

	it("never shows what a pod carries, wherever it is wrong", () => {
		const places: Record<string, unknown>[] = [
			{ apiVersion: { [secret]: secret } },
			{ kind: [secret] },
			{ pod: secret },
			{ pod: { ...aPod(), spec: { containers: [secret] } } },
			{ pod: { ...aPod(), spec: { containers: [{ name: { secret } }] } } },
			{ pod: { ...aPod(), metadata: { uid: "6c2b", name: "web", annotations: { a: [secret] } } } },
			{ pod: { ...aPod(), spec: { containers: [{ name: "a", resources: secret }] } } },
		];
		for (const over of places) {
			const result = read(aMessage(over));
			expect(result.outcome).not.toBe("read");
			expect(JSON.stringify(result)).not.toContain(secret);
		}
		expect(JSON.stringify(readPodScheduled(`{"pod": "${secret}" oops`))).not.toContain(secret);
	});
});

describe("readPodScheduled with hostile bodies", () => {
	const million = 1024 * 1024;
	const nested = (open: string, close: string, depth: number) =>
		`{"pod":${open.repeat(depth)}1${close.repeat(depth)}}`;

	it.each([
		{ body: "nothing", text: "", problem: "isn't JSON" },
		{ body: "half an object", text: '{"pod":', problem: "isn't JSON" },
		{ body: "null", text: "null", problem: "must be an object" },
		{ body: "a list", text: "[]", problem: "must be an object" },
		{ body: "text", text: '"pod"', problem: "must be an object" },
		{
			body: "more than a queue carries",
			text: " ".repeat(million + 1),
			problem: "more than the 1048576",
		},
		{ body: "open brackets only", text: "[".repeat(million), problem: "isn't JSON" },
		{ body: "lists in lists", text: nested("[", "]", 500_000), problem: "nests deeper than 64" },
		{
			body: "objects in objects",
			text: nested('{"a":', "}", 150_000),
			problem: "nests deeper than 64",
		},
		{
			body: "too many values",
			text: `{"pod":[${"1,".repeat(500_000)}1]}`,
			problem: "holds more than 20000",
		},
		{
			body: "a prototype",
			text: '{"__proto__":{"apiVersion":"cellwright.dev/v1"}}',
			problem: "__proto__",
		},
		{
			body: "a deep prototype",
			text: '{"pod":{"metadata":{"labels":{"__proto__":{"a":"b"}}}}}',
			problem: "__proto__",
		},
		{
			body: "a notification of no JSON",
			text: JSON.stringify({ Type: "Notification", Message: "hi" }),
			problem: "isn't JSON",
		},
		{
			body: "too many envelopes",
			text: JSON.stringify(inSns(inSns(inSns(inSns(aMessage()))))),
			problem: "wrapped more than 3 times",
		},
	])("says what is wrong with $body", ({ text, problem }) => {
		let result: unknown;
		const ms = processorMs(() => {
			result = readPodScheduled(text);
		});
		expect(ms).toBeLessThan(2_000);
		expect(result).toMatchObject({
			outcome: "unreadable",
			faults: [{ path: "message", problem: expect.stringContaining(problem) }],
		});
	});

	it("attributes a body with too many values to its pod", () => {
		const pod = aPod({ spec: { containers: Array.from({ length: 30_000 }, () => 1) } });
		expect(read(aMessage({ pod }))).toMatchObject({ outcome: "invalid", pod: { uid: "6c2b" } });
	});

	it("cuts faults, values and paths to a readable length", () => {
		const long = "x".repeat(300_000);
		const labels = Object.fromEntries(
			Array.from({ length: 500 }, (_, index) => [`${index}-${"y".repeat(500)}`, 1]),
		);
		const pod = aPod({ metadata: { uid: long, name: long, labels } });
		const result = read(aMessage({ pod }));
		const faults = result.outcome === "read" ? [] : result.faults;
		expect(faults).toHaveLength(33);
		expect(faults.at(-1)?.problem).toBe("470 more faults like these");
		for (const fault of faults) expect(faultText(fault).length).toBeLessThan(400);
	});

	it("shows values on one line, without control characters", () => {
		const result = read(aMessage({ kind: "a\n\u001b[31m\u2028b" }));
		expect(result).toMatchObject({ faults: [{ value: "a\uFFFD\uFFFD[31m\uFFFDb" }] });
	});

	it("takes a pod that fills the whole message", () => {
		const pod = aPod({
			metadata: {
				uid: "6c2b",
				namespace: "shop",
				name: "web",
				annotations: { a: "x".repeat(1_000_000) },
			},
		});
		expect(read(aMessage({ pod })).outcome).toBe("read");
	});

	it.each([
		{
			what: "a wrong name and wrong wishes",
			pod: aPod({
				metadata: { uid: "6c2b", namespace: "shop", name: "web", labels: { a: 1 } },
				spec: {
					containers: [{ name: "app", resources: { limits: { cpu: "1aa" } } }],
					nodeSelector: { disktype: "ssd" },
				},
			}),
			paths: [
				"metadata.labels.a",
				"spec.containers[0].resources.limits.cpu",
				"spec.nodeSelector.disktype",
			],
		},
		{
			what: "a wrong container and wrong annotations",
			pod: aPod({
				metadata: {
					uid: "6c2b",
					namespace: "shop",
					name: "web",
					annotations: { "pod.elotl.co/volume-size": "20GiB" },
				},
				spec: { containers: [] },
			}),
			paths: ["spec.containers", 'metadata.annotations["pod.elotl.co/volume-size"]'],
		},
	])("tells of $what at once", ({ pod, paths }) => {
		const found = read(aMessage({ pod }));
		expect(found.outcome === "invalid" && found.faults.map(({ path }) => path)).toEqual(paths);
		const nobodys = read(aMessage({ pod: { ...pod, metadata: { ...pod.metadata, uid: 7 } } }));
		expect(nobodys.outcome === "unreadable" && nobodys.faults.length).toBe(paths.length + 1);
	});

	it("judges no pod of a message that may mean something else", () => {
		const pod = aPod({
			spec: { containers: [{ name: "app", resources: { limits: { cpu: "1aa" } } }] },
		});
		expect(read(aMessage({ pod, apiVersion: "cellwright.dev/v9" }))).toMatchObject({
			outcome: "invalid",
			faults: [{ path: "apiVersion" }],
		});
	});

	it("never throws on any text", () => {
		fc.assert(
			fc.property(fc.string({ unit: "binary", maxLength: 200 }), (text) => {
				expect(readPodScheduled(text).outcome).toBe("unreadable");
			}),
		);
	});

	it("never throws on any JSON, in any place of a message", () => {
		const places = [
			(value: unknown) => value,
			(pod: unknown) => aMessage({ pod }),
			(metadata: unknown) => aMessage({ pod: aPod({ metadata }) }),
			(spec: unknown) => aMessage({ pod: aPod({ spec }) }),
			(container: unknown) => aMessage({ pod: aPod({ spec: { containers: [container] } }) }),
			(detail: unknown) => inEventBridge(detail),
			(message: unknown) => inSns(message),
		];
		fc.assert(
			fc.property(fc.constantFrom(...places), fc.jsonValue(), (place, value) => {
				expect(["read", "invalid", "unreadable"]).toContain(read(place(value)).outcome);
			}),
		);
	});
});

describe("readPodDeleted", () => {
	const metadata = { uid: "6c2b", namespace: "shop", name: "web" };
	const deletion = (over: Record<string, unknown> = {}) => ({
		...aMessage({ kind: "PodDeleted", pod: { metadata } }),
		...over,
	});
	const readDeletion = (content: unknown) => readPodDeleted(JSON.stringify(content));

	it.each([
		{ form: "bare", content: deletion() },
		{ form: "in an EventBridge event", content: inEventBridge(deletion()) },
		{ form: "in an SNS notification", content: inSns(deletion()) },
		{ form: "with a whole pod", content: deletion({ pod: aPod() }) },
		{
			form: "with a pod that is wrong but for its metadata",
			content: deletion({ pod: { metadata, spec: 7 } }),
		},
	])("reads a message $form", ({ content }) => {
		expect(readDeletion(content)).toMatchObject({
			outcome: "read",
			message: { pod: { metadata } },
		});
	});

	it.each([
		{ when: "it schedules a pod", content: aMessage(), path: "kind" },
		{ when: "its version is unknown", content: deletion({ apiVersion: "v9" }), path: "apiVersion" },
		{ when: "it names no pod", content: deletion({ pod: undefined }), path: "pod" },
		{
			when: "it says no uid",
			content: deletion({ pod: { metadata: { name: "web" } } }),
			path: "metadata.uid",
		},
		{
			when: "it holds the key __proto__",
			content: JSON.parse('{"pod":{"__proto__":{}}}'),
			path: "message",
		},
	])("ends nobody's cell when $when", ({ content, path }) => {
		expect(readDeletion(content)).toMatchObject({ outcome: "unreadable", faults: [{ path }] });
	});

	it("never throws, and shows nothing of a pod", () => {
		const text = JSON.stringify(aMessage());
		expect(JSON.stringify(readPodDeleted(text))).not.toContain(secret);
		fc.assert(
			fc.property(fc.oneof(fc.string(), fc.json()), (body) => {
				expect(readPodDeleted(body)).toHaveProperty("outcome");
			}),
		);
	});
});
