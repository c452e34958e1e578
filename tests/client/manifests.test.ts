import fc from "fast-check";
import { describe, expect, it } from "vitest";
import { CellwrightError } from "../../client/errors.ts";
import { type ReadOptions, readManifests } from "../../client/manifests/read.ts";
import { podScheduledMessage } from "../../client/messages.ts";
import { readPodScheduled } from "../../shared/pods/message.ts";

const spec = { containers: [{ name: "web", image: "nginx" }] };

const pod = (name: string) => `
apiVersion: v1
kind: Pod
metadata: {name: ${name}}
spec: {containers: [{name: web, image: nginx}]}
`;

const workload = (kind: string, over: object = {}, metadata: object = {}) => ({
	apiVersion: kind === "Job" ? "batch/v1" : "apps/v1",
	kind,
	metadata: { name: "web", namespace: "shop", ...metadata },
	spec: { template: { metadata: { labels: { app: "web" } }, spec }, ...over },
});

/** A pod with nine to the thirtieth values. */
const laughs = `
kind: Pod
metadata: {name: a}
a: &a0 [x, x, x, x, x, x, x, x, x]
${Array.from({ length: 30 }, (_, index) => `b${index}: &a${index + 1} [${Array(9).fill(`*a${index}`).join(", ")}]`).join("\n")}
`;

const named = (manifests: Parameters<typeof readManifests>[0], options?: ReadOptions) =>
	readManifests(manifests, options).pods.map(
		({ metadata }) => `${metadata.namespace}/${metadata.name}`,
	);

const faultsOf = (manifests: Parameters<typeof readManifests>[0], options?: ReadOptions) => {
	try {
		readManifests(manifests, options);
	} catch (error) {
		if (error instanceof CellwrightError) return error;
		throw error;
	}
	return expect.unreachable("no fault was found");
};

describe("manifests", () => {
	it("give every pod, with a uid of its own and the default namespace", () => {
		const { pods, notes } = readManifests([pod("a"), pod("b"), ""].join("---\n"));
		expect(pods.map(({ metadata }) => `${metadata.namespace}/${metadata.name}`)).toEqual([
			"default/a",
			"default/b",
		]);
		expect(new Set(pods.map(({ metadata }) => metadata.uid)).size).toBe(2);
		expect(notes).toEqual([]);
	});

	it.each(["Pod", "Deployment", "ReplicaSet", "StatefulSet", "Job"])(
		"of a %s become messages that launch reads",
		(kind) => {
			const object = kind === "Pod" ? pod("a") : JSON.stringify(workload(kind));
			const { pods } = readManifests(object);
			expect(pods).toHaveLength(1);
			for (const each of pods)
				expect(readPodScheduled(podScheduledMessage(each))).toMatchObject({
					outcome: "read",
					message: { pod: { metadata: each.metadata, spec } },
				});
		},
	);

	it("of a Deployment are its replicas, as Kubernetes names and owns them", () => {
		const { pods } = readManifests([workload("Deployment", { replicas: 3 })]);
		const names = pods.map(({ metadata }) => metadata.name);
		expect(new Set(names).size).toBe(3);
		for (const name of names) expect(name).toMatch(/^web-[a-z0-9]{10}-[a-z0-9]{5}$/);
		const [owner] = pods[0]?.metadata.ownerReferences ?? [];
		expect(owner).toMatchObject({
			apiVersion: "apps/v1",
			kind: "ReplicaSet",
			name: names[0]?.slice(0, -6),
			controller: true,
		});
		for (const { metadata } of pods) {
			expect(metadata.ownerReferences).toEqual([owner]);
			expect(metadata.labels).toEqual({
				app: "web",
				"pod-template-hash": owner?.name.slice("web-".length),
			});
		}
	});

	it("mean the same workload when they are read again, and another one with another uid", () => {
		const ownerOf = (metadata: object) =>
			readManifests([workload("Deployment", {}, metadata)]).pods[0]?.metadata.ownerReferences?.[0]
				?.uid;
		expect(ownerOf({})).toBe(ownerOf({}));
		expect(ownerOf({})).toMatch(/^[0-9a-f]{8}-[0-9a-f]{4}-8[0-9a-f]{3}-8[0-9a-f]{3}-[0-9a-f]{12}$/);
		const others = [{ uid: "u-1" }, { uid: "u-2" }, { namespace: "other" }, { name: "other" }];
		expect(new Set([{}, ...others].map(ownerOf)).size).toBe(5);
	});

	it.each([
		{
			what: "a StatefulSet's ordinals",
			object: workload("StatefulSet", { replicas: 2, ordinals: { start: 5 } }),
			names: ["shop/web-5", "shop/web-6"],
		},
		{
			what: "an indexed Job's indexes",
			object: workload("Job", { completions: 2, parallelism: 2, completionMode: "Indexed" }),
			names: [/^shop\/web-0-.{5}$/, /^shop\/web-1-.{5}$/],
		},
		{
			what: "a ReplicaSet's suffix",
			object: workload("ReplicaSet"),
			names: [/^shop\/web-.{5}$/],
		},
		{
			what: "the suffix of a pod with generateName",
			object: { kind: "Pod", metadata: { generateName: "run-" }, spec },
			names: [/^default\/run-.{5}$/],
		},
	])("name pods by $what", ({ object, names }) => {
		const found = named([object]);
		expect(found).toEqual(
			names.map((name) => (typeof name === "string" ? name : expect.stringMatching(name))),
		);
	});

	it.each([
		{ job: {}, count: 1, note: undefined },
		{ job: { parallelism: 3 }, count: 3, note: undefined },
		{ job: { completions: 2, parallelism: 3 }, count: 2, note: undefined },
		{ job: { completions: 5, parallelism: 2 }, count: 2, note: "begins with 2 of its 5" },
		{ job: { completions: 5 }, count: 1, note: "begins with 1 of its 5" },
		{ job: { suspend: true, parallelism: 4 }, count: 0, note: "is suspended" },
		{ job: { parallelism: 0 }, count: 0, note: "has no replicas" },
	])("of the Job $job are $count pods", ({ job, count, note }) => {
		const { pods, notes } = readManifests([workload("Job", job)]);
		expect(pods).toHaveLength(count);
		expect(notes).toEqual(note === undefined ? [] : [expect.stringContaining(`Job web ${note}`)]);
	});

	it.each([
		{
			what: "a List",
			object: {
				apiVersion: "v1",
				kind: "List",
				items: [{ kind: "Pod", metadata: { name: "a" }, spec }],
			},
		},
		{
			what: "a PodList, whose items don't say their kind",
			object: { apiVersion: "v1", kind: "PodList", items: [{ metadata: { name: "a" }, spec }] },
		},
	])("may stand in $what", ({ object }) => {
		expect(named([object])).toEqual(["default/a"]);
	});

	it("of a cluster keep the pod's uid and owner, and lose what only a cluster needs", () => {
		const ofCluster = {
			apiVersion: "v1",
			kind: "Pod",
			metadata: {
				name: "web-x",
				namespace: "shop",
				uid: "u-7",
				creationTimestamp: null,
				managedFields: [{ manager: "kubectl" }],
				annotations: {
					"kubectl.kubernetes.io/last-applied-configuration": "{…}",
					"cellwright.dev/expect": "Ready",
				},
				ownerReferences: [
					{ apiVersion: "apps/v1", kind: "ReplicaSet", name: "web", uid: "rs", controller: true },
				],
			},
			spec: { ...spec, nodeName: "node-1" },
			status: { phase: "Running" },
		};
		const { pods, notes } = readManifests([ofCluster, ofCluster]);
		expect(pods).toHaveLength(2);
		expect(pods[0]?.metadata).toMatchObject({
			uid: "u-7",
			ownerReferences: [{ uid: "rs" }],
			annotations: { "cellwright.dev/expect": "Ready" },
		});
		expect(JSON.stringify(pods)).not.toMatch(/managedFields|last-applied|"status"/);
		expect(notes).toEqual([
			"left out, as only a cluster needs it: status, metadata.managedFields, the annotation kubectl.kubernetes.io/last-applied-configuration",
			"what is on a node of its cluster already gets a cell all the same",
		]);
	});

	it("are put into a namespace, unless they name another", () => {
		expect(named(pod("a"), { namespace: "shop" })).toEqual(["shop/a"]);
		expect(() => named([workload("Job")], { namespace: "other" })).toThrow(
			"Job web: metadata.namespace: is another namespace than other",
		);
	});
});

describe("what stands beside pods, as in a chart", () => {
	it("is passed by, and named in a note", () => {
		const beside = "---\nkind: Service\nmetadata: {name: web}\n---\nkind: Secret\ndata: {a: b}\n";
		const { pods, notes } = readManifests(`${pod("a")}${beside}`);
		expect(pods).toHaveLength(1);
		expect(notes).toEqual(["not sent, as no pod comes of it: Service web, Secret"]);
	});

	it("is passed by in lists, too, and five of many are named", () => {
		const items = ["a", "b", "c", "d", "e", "f", "g"].map((name) => ({
			kind: "ConfigMap",
			metadata: { name },
		}));
		const list = { kind: "List", items: [...items, workload("Deployment", { replicas: 1 })] };
		const { pods, notes } = readManifests([list]);
		expect(pods).toHaveLength(1);
		expect(notes.join()).toContain("ConfigMap e, and 2 more");
	});

	it("doesn't hide what is wrong with the rest, nor an object that nobody knows", () => {
		const text = "kind: Service\n---\nkind: Widget\n---\nkind: CronJob\n";
		expect(faultsOf(text).faults.map(({ object }) => object)).toEqual(["Widget", "CronJob"]);
	});

	it("is the wrong file where there is nothing else", () => {
		expect(faultsOf("kind: Service\n---\nkind: ConfigMap\n").faults).toHaveLength(2);
	});
});

describe("a fault in a manifest", () => {
	it.each([
		{
			text: "kind: Service\nmetadata: {name: a}",
			told: "x.yaml:1: Service a: kind: can't be launched; what can: Pod, Deployment,",
		},
		{ text: "kind: CronJob", told: "x.yaml:1: CronJob: kind: makes Jobs at times to come" },
		{ text: "kind: DaemonSet", told: "x.yaml:1: DaemonSet: kind: wants a pod on every node" },
		{
			text: "apiVersion: batch.volcano.sh/v1alpha1\nkind: Job",
			told: "x.yaml:1: Job: apiVersion: must be batch/v1 for a Job (found: batch.volcano.sh/v1alpha1)",
		},
		{ text: `${pod("a")}---\nkind: Pod`, told: "x.yaml:7: Pod: metadata.name: must be a DNS name" },
		{ text: "cloud: {aws: {}}", told: "x.yaml:1: kind: must be a string, but is missing" },
		{ text: "just text", told: "x.yaml:1: must be an object" },
		{ text: "a: [", told: "x.yaml:1: is not readable as YAML" },
		{ text: "", told: "x.yaml: holds no Kubernetes object" },
		{ text: laughs, told: "x.yaml:2: holds more than 1000000 values" },
		{ text: `${pod("a")}---\n&a {b: *a}`, told: "x.yaml:7: holds more than" },
		{ text: " ".repeat(17 * 2 ** 20), told: "x.yaml: has 17825792 characters" },
		{ text: "[".repeat(100_000), told: "nesting exceeded maxDepth (100)" },
		{
			text: "kind: Deployment\nmetadata: {name: web}\nspec:\n  replicas: two\n  template: {}\n",
			told: [
				"x.yaml:4: Deployment web: spec.replicas: must be a whole number, 0 or more",
				"x.yaml:5: Deployment web: spec.template.spec: must be an object, but is missing",
			].join("\n"),
		},
		{
			text: "kind: Deployment\nmetadata: {name: web}\nspec:\n  template:\n    metadata: {}\n",
			told: "x.yaml:4: Deployment web: spec.template.spec: must be an object, but is missing",
		},
		{
			text: "kind: Deployment\nmetadata: {name: web}\nspec:\n  template:\n    spec:\n      containers:\n      - image: a\n",
			told: "x.yaml:7: Deployment web: spec.template.spec.containers[0].name: must be a string, but is missing",
		},
		{
			text: "kind: List\nitems:\n- kind: Pod\n  metadata: {name: A}\n  spec: {containers: []}\n",
			told: [
				"x.yaml:4: Pod A: metadata.name: must be a DNS name: lower-case letters, digits, dashes and dots, at most 253 (found: A)",
				"x.yaml:5: Pod A: spec.containers: must hold at least one container",
			].join("\n"),
		},
		{
			text: `${pod("a").replace("image: nginx", "resources: {limits: {cpu: 500mm}}")}`,
			told: "x.yaml:5: Pod a: spec.containers[0].resources.limits.cpu: isn't a quantity",
		},
		{
			text: "kind: Deployment\nmetadata: {name: web}\nspec:\n  replicas: 0.5\n  template:\n    metadata:\n      annotations: {pod.elotl.co/volume-size: 20GiB}\n    spec:\n      containers:\n      - name: a\n        resources:\n          limits: {cpu: 1aa}\n",
			told: [
				"x.yaml:4: Deployment web: spec.replicas: must be a whole number, 0 or more",
				'x.yaml:7: Deployment web: spec.template.metadata.annotations["pod.elotl.co/volume-size"]: must be a quantity of bytes above 0, such as 20Gi (found: 20GiB)',
				"x.yaml:12: Deployment web: spec.template.spec.containers[0].resources.limits.cpu: isn't a quantity",
			].join("\n"),
		},
		{
			text: "apiVersion: v2\nkind: Pod\nmetadata: {name: 7, namespace: 8}\nspec:\n  containers: [{name: a}]\n  nodeSelector: {disktype: ssd}\n",
			told: [
				"x.yaml:1: Pod: apiVersion: must be v1 for a Pod (found: v2)",
				"x.yaml:3: Pod: metadata.namespace: must be a string",
				"x.yaml:3: Pod: metadata.name: must be a string",
				"x.yaml:6: Pod: spec.nodeSelector.disktype: ",
			].join("\n"),
		},
		{
			text: JSON.stringify(workload("Deployment", { replicas: 1_000_000 })),
			told: "x.yaml:1: Deployment web: spec: asks for 1000000 pods; a file may hold 10000 more",
		},
	])("is told with its line and path: $told", ({ text, told }) => {
		expect(faultsOf(text, { source: "x.yaml" }).message).toContain(told);
	});

	it("comes with all others, of which programs get the parts", () => {
		const { code, kind, faults } = faultsOf(`kind: DaemonSet\n---\nkind: CronJob\n`, {
			source: "x",
		});
		expect({ code, kind }).toEqual({ code: "InvalidManifest", kind: "invalid" });
		expect(faults).toMatchObject([
			{ source: "x", line: 1, object: "DaemonSet", path: "kind", value: "DaemonSet" },
			{ source: "x", line: 3, object: "CronJob", path: "kind", value: "CronJob" },
		]);
	});

	it("doesn't quote the text: pods hold secrets", () => {
		const text = "env: [{name: TOKEN, value: hunter2}\nb: [}";
		expect(faultsOf(text).message).toMatch(/^line \d/);
		expect(faultsOf(text).message).not.toMatch(/hunter2/);
		const env = pod("a").replace("name: web", "name: 7, env: [{name: T, value: hunter2}]");
		expect(faultsOf(env).message).not.toMatch(/hunter2/);
	});

	it("is all that ever comes of a text: no text makes anything else fail", () => {
		const keys = fc.constantFrom(
			"kind",
			"metadata",
			"spec",
			"template",
			"name",
			"items",
			"replicas",
		);
		const values = fc.letrec((tie) => ({
			value: fc.oneof(
				{ depthSize: "small" },
				fc.constantFrom("Pod", "List", "Deployment", "Job", null, 2, "web", true),
				fc.array(tie("value"), { maxLength: 2 }),
				fc.dictionary(keys, tie("value"), { maxKeys: 4 }),
			),
		})).value;
		fc.assert(
			fc.property(
				fc.oneof(
					values.map((value) => JSON.stringify(value)),
					fc.string(),
				),
				(text) => {
					try {
						for (const each of readManifests(text).pods)
							expect(readPodScheduled(podScheduledMessage(each)).outcome).toBe("read");
					} catch (error) {
						expect(error).toBeInstanceOf(CellwrightError);
					}
				},
			),
			{ numRuns: 300 },
		);
	});
});

describe("the replicas of a workload", () => {
	it("never have a name in common", () => {
		const { pods } = readManifests([workload("Deployment", { replicas: 5_000 })], {
			newUid: () => "none-yet",
		});
		expect(new Set(pods.map(({ metadata }) => metadata.name)).size).toBe(5_000);
	});
});
