import fc from "fast-check";
import { beforeEach, describe, expect, it } from "vitest";
import * as cellwright from "../../client/index.ts";
import { laptopAws } from "../../infra/local/laptop-aws.ts";
import { answeringServer } from "../support/answering-server.ts";

// As plain JavaScript calls them: with anything.
const ways = {
	launchPod: async (...given: unknown[]) => await Reflect.apply(cellwright.launchPod, null, given),
	launchPods: async (...given: unknown[]) =>
		await Reflect.apply(cellwright.launchPods, null, given),
	deletePod: async (...given: unknown[]) => await Reflect.apply(cellwright.deletePod, null, given),
	deletePods: async (...given: unknown[]) =>
		await Reflect.apply(cellwright.deletePods, null, given),
	watchPods: async (...given: unknown[]) =>
		await Reflect.apply(cellwright.watchPods, null, given).next(),
	readManifests: async (...given: unknown[]) =>
		Reflect.apply(cellwright.readManifests, null, given),
} as const;
type Way = keyof typeof ways;

/** AWS, which refuses everything, and hears of it. */
let aws: Awaited<ReturnType<typeof answeringServer>>;
beforeEach(async () => {
	aws = await answeringServer(() => ({
		status: 400,
		contentType: "application/x-amz-json-1.0",
		body: '{"__type":"AccessDeniedException"}',
	}));
});
const options = (): object => {
	const settings = { ...laptopAws, endpoint: aws.endpoint, maxAttempts: 1 };
	return { sqs: settings, dynamodb: settings };
};

async function failureOf(way: Way, given: readonly unknown[]): Promise<cellwright.CellwrightError> {
	try {
		await ways[way](...given);
	} catch (error) {
		if (error instanceof cellwright.CellwrightError) return error;
		throw error;
	}
	return expect.unreachable(`${way} took it`);
}

const circular: { metadata: object; spec: Record<string, unknown> } = {
	metadata: { name: "a" },
	spec: { token: "hunter2" },
};
circular.spec["itself"] = circular;

const isRequired = "must be an object, but is missing";
const list = "must be a list of pods; one alone goes into brackets: [pod]";
const identity = "must be an object with uid, namespace and name, as launchPod returns it";
const manifest = "is a manifest: give its metadata, with uid, namespace and name";
const uid = "must be the uid that Kubernetes gave the pod: letters, digits, dashes, at most 128";
const json = "can't be written as JSON: it holds a BigInt, or itself";
const reading = 'must be a text or a list of objects; readFile(path, "utf8") gives a text';
const looks = "must be the milliseconds between two looks, from 1 to 2147483647";
const isAbsent = "must be a string, but is missing";

const misuses: readonly [Way, readonly unknown[], readonly string[]][] = [
	["launchPod", [], [`pod: ${isRequired}`]],
	["launchPod", [null], ["pod: must be an object"]],
	["launchPod", ["text"], ["pod: must be an object; readManifests makes pods of YAML and JSON"]],
	["launchPod", [[{}]], ["pod: must be one pod; launchPods takes a list"]],
	["launchPod", [{}], [`pod.metadata: ${isRequired}`]],
	["launchPod", [{ metadata: {} }], [`pod.metadata.name: ${isAbsent}`]],
	[
		"launchPod",
		[{ metadata: { name: 5, namespace: null, uid: ["hunter2"] } }],
		["name", "namespace", "uid"].map((member) => `pod.metadata.${member}: must be a string`),
	],
	["launchPod", [circular], [`pod: ${json}`]],
	["launchPod", [{ metadata: { name: "a" }, spec: { cpu: 1n } }], [`pod: ${json}`]],
	["launchPods", [], [`pods: ${list}`]],
	["launchPods", ["text"], [`pods: ${list}`]],
	["launchPods", [{ metadata: { name: "a" }, spec: {} }], [`pods: ${list}`]],
	["launchPods", [{ pods: [] }], [`pods: ${list}`]],
	["deletePod", [], [`pod: ${identity}`]],
	["deletePod", ["uid"], [`pod: ${identity}`]],
	["deletePod", [{ uid: "u" }], [`pod.namespace: ${isAbsent}`, `pod.name: ${isAbsent}`]],
	["deletePod", [{ metadata: { name: "a" } }], [`pod: ${manifest}`]],
	["deletePods", [{ uid: "u", namespace: "n", name: "a" }], [`pods: ${list}`]],
	["deletePods", [["u", undefined]], [`pods[0]: ${identity}`, `pods[1]: ${identity}`]],
	["watchPods", [], [`pods: ${list}`]],
	["watchPods", [{ uid: "u" }], [`pods: ${list}`]],
	[
		"watchPods",
		[[{}, "", 5, "fine", { metadata: {} }]],
		[`pods[0].uid: ${uid}`, `pods[1]: ${uid}`, `pods[2]: ${uid}`, `pods[4]: ${manifest}`],
	],
	["readManifests", [], [`manifests: ${reading}`]],
	["readManifests", [{ kind: "Pod" }], [`manifests: ${reading}`]],
	["readManifests", [Buffer.from("kind: Pod")], [`manifests: ${reading}`]],
	[
		"readManifests",
		["", { file: "a.yaml", newUid: "u" }],
		[
			"options.newUid: must be a function",
			"options.file: is no option; there are source, namespace, newUid",
		],
	],
];

describe("a call that isn't as the types say", () => {
	it.each(misuses)("is refused before anything is sent: %s(%o)", async (way, given, lines) => {
		const all = way === "readManifests" ? given : [given[0], options()];
		const error = await failureOf(way, all);
		expect(error).toMatchObject({ code: "InvalidArgument", kind: "invalid" });
		expect(error.message.split("\n")).toEqual(lines);
		expect(error.faults).toHaveLength(lines.length);
		expect(aws.bodies).toEqual([]);
	});

	const optionFaults: readonly [unknown, readonly string[]][] = [
		[null, ["options: must be an object"]],
		["cellwright-prod", ["options: must be an object"]],
		[
			{ deployment: "", sqs: "http://127.0.0.1", dynamodb: 1, signal: new AbortController() },
			[
				"options.deployment: must not be empty",
				"options.sqs: must be one of the SDK's clients, or an object of its settings",
				"options.dynamodb: must be one of the SDK's clients, or an object of its settings",
				"options.signal: must be an AbortSignal, such as AbortSignal.timeout(60_000)",
			],
		],
		[
			{ sqs: { requestHandler: null } },
			[
				"options.sqs.requestHandler: must be one of the SDK's request handlers, or an object of its settings",
			],
		],
		[
			{ deploymnet: "cellwright-prod" },
			["options.deploymnet: is no option; there are deployment, sqs, dynamodb, signal, everyMs"],
		],
		...["soon", 0, -1, 0.5, Number.NaN, Number.POSITIVE_INFINITY, 2 ** 31].map(
			(everyMs): [unknown, readonly string[]] => [{ everyMs }, [`options.everyMs: ${looks}`]],
		),
	];
	it.each(optionFaults)("is refused for its options: %o", async (given, lines) => {
		for (const way of ["launchPods", "deletePods", "watchPods"] as const) {
			const error = await failureOf(way, [[], given]);
			expect(error).toMatchObject({ code: "InvalidArgument" });
			expect(error.message.split("\n")).toEqual(lines);
		}
	});

	it("is told everything else as well, and no value of a pod", async () => {
		const spec = { containers: [{ name: "a", env: [{ name: "TOKEN", value: "hunter2" }] }] };
		const pods = [null, { metadata: { name: "Web" }, spec }, { metadata: "hunter2" }];
		const error = await failureOf("launchPods", [pods, { ...options(), everyMs: 0 }]);
		expect(error.message.split("\n")).toEqual([
			"pods[0]: must be an object",
			"pods[2].metadata: must be an object",
			`options.everyMs: ${looks}`,
			expect.stringMatching(/^default\/Web: metadata.name: must be a DNS name/),
		]);
		expect(error.message).not.toContain("hunter2");
		expect(aws.bodies).toEqual([]);
	});

	const anything = fc.anything({
		withBigInt: true,
		withDate: true,
		withMap: true,
		withNullPrototype: true,
		withSet: true,
		withSparseArray: true,
		withTypedArray: true,
	});

	it("fails with a CellwrightError, whatever it is", async () => {
		const anyOf = fc.oneof(anything, fc.array(anything), fc.record({ metadata: anything }));
		const property = fc.asyncProperty(
			fc.constantFrom(...Object.keys(ways).filter(isWay)),
			anyOf,
			anything,
			async (way, pods, given) => {
				const calls = [way === "readManifests" ? [pods] : [pods, options()], [[], given]];
				for (const call of calls)
					await ways[way](...call).catch((error) => {
						if (!(error instanceof cellwright.CellwrightError)) throw error;
					});
			},
		);
		await fc.assert(property, { numRuns: 200 });
	});
});

const isWay = (name: string): name is Way => name in ways;
