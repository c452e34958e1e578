import fc from "fast-check";
import { describe, expect, it } from "vitest";
import { ProvisionerError } from "../../shared/errors.ts";
import { cellRequestOf } from "../../shared/pods/cell-request.ts";
import { readPodScheduled } from "../../shared/pods/message.ts";
import { CellRequest, Pod, type Sizing } from "../../shared/pods/model.ts";

type APod = { annotations?: Record<string, string>; spec?: Record<string, unknown> };

const aPod = ({ annotations = {}, spec = {} }: APod): Pod =>
	Pod.parse({
		metadata: { uid: "6c2b", namespace: "shop", name: "web", annotations },
		spec: { containers: [{ name: "app" }], ...spec },
	});

const requestOf = (over: APod, sizing: Sizing = "limits") => cellRequestOf(aPod(over), sizing);

/** The faults as lines. */
function faultsOf(over: APod): string[] {
	try {
		requestOf(over);
	} catch (error) {
		if (!(error instanceof ProvisionerError)) throw error;
		expect(error).toMatchObject({ kind: "invalid", reason: "InvalidPod" });
		return error.message.split("\n");
	}
	return [];
}

const container = (resources: Record<string, unknown>) => ({
	containers: [{ name: "app", resources }],
});
const aGpu = container({ limits: { "nvidia.com/gpu": 2 } });
const affinity = (...terms: unknown[]) => ({
	affinity: {
		nodeAffinity: { requiredDuringSchedulingIgnoredDuringExecution: { nodeSelectorTerms: terms } },
	},
});
const term = (...matchExpressions: unknown[]) => ({ matchExpressions });
const term0 =
	"spec.affinity.nodeAffinity.requiredDuringSchedulingIgnoredDuringExecution.nodeSelectorTerms";

describe("cellRequestOf", () => {
	it("asks for nothing when the pod does", () => {
		expect(requestOf({})).toEqual({
			requirements: {
				cpuMillis: 0,
				memoryMib: 0,
				accelerators: [],
				capacityType: "on-demand",
				labelTerms: [],
				origins: [],
			},
			securityGroupIds: [],
			cloudRoutes: [],
			restartPolicy: "Always",
		});
	});

	it("carries everything that a pod can ask for", () => {
		const annotations = {
			"pod.elotl.co/instance-type": "g4dn.*",
			"pod.elotl.co/launch-type": "spot",
			"pod.elotl.co/private-ip-only": "true",
			"pod.elotl.co/volume-size": "100Gi",
			"pod.elotl.co/security-groups": "sg-0a1b2c3d",
			"pod.elotl.co/instance-profile": "cell-role",
			"pod.elotl.co/healthcheck-healthy-timeout": "120",
			"pod.elotl.co/cloud-route": "10.20.0.0/16",
			"pod.elotl.co/image-overlay-rootfs": "true",
			"pod.elotl.co/task-role": "anything: it is Fargate's",
		};
		const spec = {
			...container({
				requests: { cpu: 2, memory: "1Gi" },
				limits: { cpu: "3", memory: "2Gi", "nvidia.com/gpu": "1" },
			}),
			nodeSelector: { "topology.kubernetes.io/zone": "us-east-1a", "node.elotl.co/gpu-T4": "" },
			restartPolicy: "Never",
		};
		const request = requestOf({ annotations, spec });
		expect(CellRequest.parse(request)).toEqual(request);
		expect(request).toEqual({
			requirements: {
				cpuMillis: 3000,
				memoryMib: 2048,
				accelerators: [{ resource: "nvidia.com/gpu", count: 1, models: ["t4"] }],
				instanceType: "g4dn.*",
				capacityType: "spot",
				labelTerms: [
					[{ key: "topology.kubernetes.io/zone", operator: "In", values: ["us-east-1a"] }],
				],
				origins: [
					"cpu 3: limits of container app",
					"memory 2Gi: limits of container app",
					"nvidia.com/gpu 1: limits of container app",
				],
			},
			volumeGib: 100,
			privateAddressOnly: true,
			securityGroupIds: ["sg-0a1b2c3d"],
			instanceProfile: "cell-role",
			cloudRoutes: ["10.20.0.0/16"],
			healthyTimeoutSeconds: 120,
			restartPolicy: "Never",
		});
	});

	it("sizes by requests where the operator says so", () => {
		const spec = container({ requests: { cpu: 2 }, limits: { cpu: "3" } });
		expect(requestOf({ spec }, "requests").requirements.cpuMillis).toBe(2000);
	});

	it.each([
		{ storage: "30Gi", size: "20Gi", gib: 30 },
		{ storage: "30Gi", size: "40Gi", gib: 40 },
		{ storage: "1500Mi", size: undefined, gib: 2 },
	])(
		"makes the volume $gib GiB for storage $storage and volume-size $size",
		({ storage, size, gib }) => {
			const annotations = size === undefined ? {} : { "pod.elotl.co/volume-size": size };
			const spec = container({ requests: { "ephemeral-storage": storage } });
			expect(requestOf({ annotations, spec }).volumeGib).toBe(gib);
		},
	);

	it("collects the faults of every part into one error", () => {
		const annotations = {
			"pod.elotl.co/volume-size": "200GiB",
			"pod.elotl.co/private-ip-only": "",
		};
		const spec = {
			...container({ limits: { cpu: "1aa", "example.com/x": "1" } }),
			nodeSelector: { "example.com/rack": "7", "kubernetes.io/os": "windows" },
			...affinity(term({ key: "kubernetes.io/arch", operator: "In", values: [] })),
		};
		expect(faultsOf({ annotations, spec })).toEqual([
			expect.stringMatching(
				/^spec\.containers\[0\]\.resources\.limits\.cpu: isn't a quantity.*\(found: 1aa\)$/,
			),
			expect.stringMatching(
				/^spec\.containers\[0\]\.resources\.limits\["example\.com\/x"\]: no cell has example\.com\/x/,
			),
			expect.stringMatching(
				/^spec\.nodeSelector\["example\.com\/rack"\]: no cell has the label example\.com\/rack/,
			),
			expect.stringMatching(/^spec\.nodeSelector\["kubernetes\.io\/os"\]: must allow linux/),
			`${term0}[0].matchExpressions[0]: In needs at least one value (found: kubernetes.io/arch In)`,
			expect.stringMatching(
				/^metadata\.annotations\["pod\.elotl\.co\/volume-size"\]: .*\(found: 200GiB\)$/,
			),
			expect.stringMatching(
				/^metadata\.annotations\["pod\.elotl\.co\/private-ip-only"\]: must be true or false/,
			),
		]);
	});

	it.each([
		{ when: "by annotation", over: { annotations: { "pod.elotl.co/volume-size": "100Ti" } } },
		{ when: "by storage", over: { spec: container({ limits: { "ephemeral-storage": "1Ei" } }) } },
	])("refuses a volume that can't exist, asked for $when", ({ over }) => {
		expect(faultsOf(over)).toEqual([expect.stringContaining("no volume is larger than 65536Gi")]);
	});

	it("takes more than any machine has: that is for the offerings to answer", () => {
		const spec = container({ limits: { cpu: "16E", memory: "30Ti" } });
		const { requirements } = requestOf({ spec });
		expect(requirements.memoryMib).toBe(31_457_280);
		expect(CellRequest.shape.requirements.safeParse(requirements).success).toBe(true);
	});

	it("throws nothing but InvalidPod for any pod that can be read", () => {
		const word = fc.constantFrom(
			"cpu",
			"memory",
			"nvidia.com/gpu",
			"x/y",
			"kubernetes.io/os",
			"In",
			"Gt",
			"1",
			"1aa",
			"",
		);
		const list = fc.dictionary(word, fc.oneof(word, fc.double()), { maxKeys: 3 });
		const resources = fc.record({ requests: list, limits: list }, { requiredKeys: [] });
		const containers = fc.array(
			fc.record({ name: word, resources, restartPolicy: fc.constantFrom("Always", null) }),
		);
		const expressions = fc.array(
			fc.record({
				key: word,
				operator: fc.constantFrom("In", "NotIn", "Exists", "Gt"),
				values: fc.array(word),
			}),
		);
		const pod = fc.record({
			metadata: fc.constant({ uid: "6c2b", name: "web" }),
			spec: fc.record({
				containers,
				initContainers: containers,
				resources,
				overhead: list,
				nodeSelector: fc.dictionary(word, word),
				affinity: expressions.map((found) => affinity(term(...found)).affinity),
			}),
		});
		fc.assert(
			fc.property(pod, fc.constantFrom<Sizing>("limits", "requests"), (candidate, sizing) => {
				const message = { apiVersion: "cellwright.dev/v1", kind: "PodScheduled", pod: candidate };
				const read = readPodScheduled(JSON.stringify(message));
				if (read.outcome !== "read") return;
				try {
					CellRequest.parse(cellRequestOf(read.message.pod, sizing));
				} catch (error) {
					expect(error).toMatchObject({ kind: "invalid", reason: "InvalidPod" });
				}
			}),
		);
	});
});

describe("cellRequestOf with GPUs", () => {
	// Rows 28 and 29 of Kip's own tests (cell-contract.md, 7.3), and their neighbours.
	it.each([
		{ nodeSelector: { "node.elotl.co/gpu-nvidia-tesla-v100": "" }, models: ["nvidia-tesla-v100"] },
		{
			nodeSelector: { "cloud.google.com/gke-accelerator": "NVIDIA-Tesla-K80" },
			models: ["nvidia-tesla-k80"],
		},
		{ nodeSelector: { "node.elotl.co/gpu-model": "t4" }, models: ["t4"] },
		{ nodeSelector: { "cloud.google.com/gke-accelerator": "" }, models: [] },
		{ nodeSelector: {}, models: [] },
	])("takes the models $models from $nodeSelector", ({ nodeSelector, models }) => {
		const { requirements } = requestOf({ spec: { ...aGpu, nodeSelector } });
		expect(requirements.accelerators).toEqual([{ resource: "nvidia.com/gpu", count: 2, models }]);
		expect(requirements.labelTerms).toEqual([]);
	});

	it("leaves Karpenter's label for the model to the label terms", () => {
		const nodeSelector = { "karpenter.k8s.aws/instance-gpu-name": "t4" };
		expect(requestOf({ spec: { ...aGpu, nodeSelector } }).requirements.labelTerms).toEqual([
			[{ key: "karpenter.k8s.aws/instance-gpu-name", operator: "In", values: ["t4"] }],
		]);
	});

	it("refuses two models at once", () => {
		const nodeSelector = { "node.elotl.co/gpu-t4": "", "cloud.google.com/gke-accelerator": "v100" };
		expect(faultsOf({ spec: { ...aGpu, nodeSelector } })).toEqual([
			"spec.nodeSelector: names several GPU models, and no machine has them all; keep one (found: v100, t4)",
		]);
	});

	it("says that a model without a GPU has no effect", () => {
		const nodeSelector = { "node.elotl.co/gpu-t4": "" };
		expect(requestOf({ spec: { nodeSelector } }).requirements.origins).toEqual([
			"the node selector's GPU model t4 has no effect: no GPU is asked for",
		]);
	});
});

describe("cellRequestOf with node selection", () => {
	it("makes the node selector part of each affinity term", () => {
		const spec = {
			nodeSelector: { "topology.kubernetes.io/zone": "us-east-1a", "kubernetes.io/arch": "arm64" },
			...affinity(
				term({ key: "karpenter.k8s.aws/instance-family", operator: "In", values: ["c7g", "m7g"] }),
				term(
					{ key: "karpenter.k8s.aws/instance-cpu", operator: "Gt", values: ["3"] },
					{ key: "karpenter.k8s.aws/instance-gpu-name", operator: "DoesNotExist" },
				),
				term(),
			),
		};
		const base = [
			{ key: "kubernetes.io/arch", operator: "In", values: ["arm64"] },
			{ key: "topology.kubernetes.io/zone", operator: "In", values: ["us-east-1a"] },
		];
		expect(requestOf({ spec }).requirements.labelTerms).toEqual([
			[
				...base,
				{ key: "karpenter.k8s.aws/instance-family", operator: "In", values: ["c7g", "m7g"] },
			],
			[
				...base,
				{ key: "karpenter.k8s.aws/instance-cpu", operator: "Gt", values: ["3"] },
				{ key: "karpenter.k8s.aws/instance-gpu-name", operator: "DoesNotExist", values: [] },
			],
		]);
	});

	it("doesn't depend on the order in which the selector was written", () => {
		const nodeSelector = {
			"kubernetes.io/arch": "arm64",
			"topology.kubernetes.io/zone": "us-east-1a",
		};
		const reversed = Object.fromEntries(Object.entries(nodeSelector).reverse());
		expect(requestOf({ spec: { nodeSelector: reversed } })).toEqual(
			requestOf({ spec: { nodeSelector } }),
		);
	});

	it("passes over what sends pods to a virtual node", () => {
		const nodeSelector = { type: "virtual-kubelet", "kubernetes.io/role": "agent" };
		expect(requestOf({ spec: { nodeSelector } }).requirements.labelTerms).toEqual([]);
		expect(faultsOf({ spec: { nodeSelector: { type: "metal" } } })).toHaveLength(1);
	});

	it.each([
		{
			when: "a label is unknown",
			expression: { key: "disktype", operator: "Exists" },
			fault:
				/^\[0\]\.matchExpressions\[0\]: no cell has the label disktype.*\(found: disktype Exists\)$/,
		},
		{
			when: "the system isn't Linux",
			expression: { key: "kubernetes.io/os", operator: "NotIn", values: ["linux"] },
			fault: /must allow linux/,
		},
		{
			when: "a comparison has no number",
			expression: { key: "karpenter.k8s.aws/instance-cpu", operator: "Gt", values: ["many"] },
			fault: /Gt needs exactly one whole number/,
		},
		{
			when: "existence has a value",
			expression: { key: "kubernetes.io/arch", operator: "Exists", values: ["x"] },
			fault: /Exists takes no values/,
		},
		{
			when: "a value is longer than a label's",
			expression: { key: "kubernetes.io/arch", operator: "In", values: ["x".repeat(64)] },
			fault: /at most 63 characters/,
		},
	])("names the label when $when", ({ expression, fault }) => {
		const faults = faultsOf({ spec: affinity(term(expression)) });
		expect(faults.map((line) => line.replace(term0, ""))).toEqual([expect.stringMatching(fault)]);
	});

	it.each([
		{ when: "there is no term", terms: [], fault: "matches no node at all" },
		{ when: "every term is empty", terms: [{}, term()], fault: "matches no node at all" },
		{
			when: "a term wants a certain node",
			terms: [
				{
					...term({ key: "kubernetes.io/arch", operator: "Exists" }),
					matchFields: [{ key: "metadata.name" }],
				},
			],
			fault: "a cell isn't chosen by a node's fields",
		},
		{
			when: "the terms would fill the cell's record",
			terms: Array.from({ length: 40 }, () =>
				term({
					key: "kubernetes.io/arch",
					operator: "NotIn",
					values: Array.from({ length: 30 }, (_, i) => `${i}`),
				}),
			),
			fault: "at most 1000 expressions and values",
		},
	])("refuses node affinity when $when", ({ terms, fault }) => {
		expect(faultsOf({ spec: affinity(...terms) })).toEqual([expect.stringContaining(fault)]);
	});
});

describe("cellRequestOf and capacity types", () => {
	const capacity = (operator: string, ...values: string[]) => ({
		key: "karpenter.sh/capacity-type",
		operator,
		values,
	});
	const spot = { "pod.elotl.co/launch-type": "spot" };

	it.each([
		{ when: "nothing is said", over: {}, capacityType: "on-demand" },
		{ when: "the annotation says spot", over: { annotations: spot }, capacityType: "spot" },
		{
			when: "the selector says spot",
			over: { spec: { nodeSelector: { "karpenter.sh/capacity-type": "spot" } } },
			capacityType: "spot",
		},
		{
			when: "the affinity says spot",
			over: { spec: affinity(term(capacity("In", "spot"))) },
			capacityType: "spot",
		},
		{
			when: "the affinity allows both",
			over: { spec: affinity(term(capacity("In", "spot", "on-demand"))) },
			capacityType: "on-demand",
		},
		{
			when: "the affinity excludes on-demand",
			over: { spec: affinity(term(capacity("NotIn", "on-demand"))) },
			capacityType: "spot",
		},
		{
			when: "one alternative needs no spot",
			over: {
				spec: affinity(
					term(capacity("In", "spot")),
					term({ key: "kubernetes.io/arch", operator: "Exists" }),
				),
			},
			capacityType: "on-demand",
		},
	])("chooses $capacityType when $when", ({ over, capacityType }) => {
		expect(requestOf(over).requirements.capacityType).toBe(capacityType);
	});

	it("refuses spot where the affinity allows only on-demand", () => {
		const spec = { nodeSelector: { "karpenter.sh/capacity-type": "on-demand" } };
		expect(faultsOf({ annotations: spot, spec })).toEqual([
			expect.stringContaining(
				"asks for spot, but the pod's karpenter.sh/capacity-type doesn't allow it",
			),
		]);
	});

	it("refuses capacity that a cell can't be bought as", () => {
		const spec = { nodeSelector: { "karpenter.sh/capacity-type": "reserved" } };
		expect(faultsOf({ spec })).toEqual([
			expect.stringContaining("allows neither on-demand nor spot"),
		]);
	});

	it("says that a launch type it doesn't know has no effect", () => {
		const annotations = { "pod.elotl.co/launch-type": "cheap" };
		const { requirements } = requestOf({ annotations });
		expect(requirements).toMatchObject({
			capacityType: "on-demand",
			origins: ["pod.elotl.co/launch-type isn't spot and has no effect"],
		});
	});
});
