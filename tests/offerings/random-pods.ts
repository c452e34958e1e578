import fc from "fast-check";
import type {
	AcceleratorRequirement,
	LabelRequirement,
	Requirements,
} from "../../shared/offerings/model.ts";
import type { SelectionSettings } from "../../shared/offerings/settings.ts";
import { usEast1 } from "./pods.ts";

const usualCpuMillis = [0, 50, 100, 250, 500, 1_000, 2_000, 4_000, 8_000, 16_000, 64_000];
const usualMemoryMib = [0, 128, 512, 1_024, 2_048, 4_096, 8_192, 16_384, 65_536, 262_144];

/** Mostly what pods ask for, sometimes anything. */
const amount = (usual: readonly number[], max: number) =>
	fc.oneof(
		{ weight: 6, arbitrary: fc.constantFrom(...usual) },
		{ weight: 3, arbitrary: fc.nat({ max: max / 100 }) },
		{ weight: 1, arbitrary: fc.nat({ max }) },
	);

const instanceType = fc.constantFrom(
	...["m5.large", "t3.nano", "t4g.small", "g4dn.xlarge", "g6f.large", "p5.48xlarge", "m9.huge"],
	...["c5*", "m5.*", "*", "*.xlarge", "r*.2xlarge", "g*", "inf*", "t*", "c*n.*large", "zz*"],
);

const accelerator: fc.Arbitrary<AcceleratorRequirement> = fc.oneof(
	fc.record({
		resource: fc.constant("nvidia.com/gpu" as const),
		count: fc.constantFrom(1, 2, 4, 8, 9),
		models: fc.subarray(["t4", "nvidia-l4", "a10g", "k80"], { maxLength: 2 }),
	}),
	fc.record({
		resource: fc.constantFrom("amd.com/gpu" as const, "aws.amazon.com/neuron" as const),
		count: fc.constantFrom(1, 4, 16),
		models: fc.subarray(["trainium"]),
	}),
);

const words = (key: string, ...values: [string, ...string[]]): fc.Arbitrary<LabelRequirement> =>
	fc.record({
		key: fc.constant(key),
		operator: fc.constantFrom("In" as const, "In" as const, "NotIn" as const),
		values: fc.subarray(values, { minLength: 1, maxLength: Math.min(3, values.length) }),
	});
const numbers = (key: string, ...values: string[]): fc.Arbitrary<LabelRequirement> =>
	fc.record({
		key: fc.constant(key),
		operator: fc.constantFrom("Gt" as const, "Lt" as const),
		values: fc.constantFrom(...values).map((value) => [value]),
	});
const presence = (key: string): fc.Arbitrary<LabelRequirement> =>
	fc.record({
		key: fc.constant(key),
		operator: fc.constantFrom("Exists" as const, "DoesNotExist" as const),
		values: fc.constant<string[]>([]),
	});

const karpenter = "karpenter.k8s.aws/instance-";
const expression = fc.oneof(
	words("kubernetes.io/arch", "amd64", "arm64"),
	words("topology.kubernetes.io/zone", "us-east-1a", "us-east-1b", "us-east-1c", "us-east-1e"),
	words("topology.kubernetes.io/region", "us-east-1", "eu-west-1"),
	words("karpenter.sh/capacity-type", "spot", "on-demand"),
	words(`${karpenter}family`, "m5", "c7i", "t3a", "r6a", "g5", "m9"),
	words(`${karpenter}category`, "m", "c", "r", "t", "u", "g"),
	words(`${karpenter}size`, "large", "xlarge", "2xlarge", "metal"),
	numbers(`${karpenter}generation`, "4", "6", "x"),
	numbers(`${karpenter}cpu`, "2", "8", "64"),
	presence(`${karpenter}local-nvme`),
	numbers(`${karpenter}local-nvme`, "100", "1000"),
);

export const anyRequirements: fc.Arbitrary<Requirements> = fc
	.record({
		cpuMillis: amount(usualCpuMillis, 1_000_000),
		memoryMib: amount(usualMemoryMib, 40_000_000),
		accelerators: fc.oneof(
			{ weight: 9, arbitrary: fc.constant<AcceleratorRequirement[]>([]) },
			{ weight: 1, arbitrary: fc.array(accelerator, { minLength: 1, maxLength: 2 }) },
		),
		instanceType: fc.oneof(
			{ weight: 5, arbitrary: fc.constant("") },
			{ weight: 1, arbitrary: instanceType },
		),
		capacityType: fc.constantFrom("on-demand" as const, "on-demand" as const, "spot" as const),
		labelTerms: fc.oneof(
			{ weight: 3, arbitrary: fc.constant<LabelRequirement[][]>([]) },
			{
				weight: 1,
				arbitrary: fc.array(fc.array(expression, { minLength: 1, maxLength: 3 }), { maxLength: 2 }),
			},
		),
		origins: fc.constant<string[]>([]),
	})
	.map(({ instanceType: named, ...rest }) =>
		named === "" ? rest : { ...rest, instanceType: named },
	);

export const anySettings: fc.Arbitrary<SelectionSettings> = fc.record({
	architectures: fc.subarray(["x86_64" as const, "arm64" as const], { minLength: 1 }),
	zones: fc.subarray([...usEast1], { minLength: 1 }),
	defaultInstanceType: fc.constantFrom("t3.nano", "m5.large", "t4g.nano", "m9.huge"),
	vmMemoryOverheadPercent: fc.constantFrom(0, 7.5, 10),
	agentMemoryMib: fc.constantFrom(0, 64, 1_000),
	burstable: fc.constantFrom("sustained" as const, "excluded" as const),
	acceleratedForAnyPod: fc.boolean(),
	spot: fc
		.record({
			maxHourlyUsd: fc.constantFrom(0, 0.02, 0.1, 1),
			fallback: fc.constantFrom("on-demand" as const, "none" as const),
		})
		.map(({ maxHourlyUsd, fallback }) =>
			maxHourlyUsd === 0 ? { fallback } : { maxHourlyUsd, fallback },
		),
});
