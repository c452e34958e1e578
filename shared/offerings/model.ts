import * as z from "zod";

/** Processor architectures that a boot image may have, in EC2's words. */
export const Architecture = z.enum(["x86_64", "arm64"]);
export type Architecture = z.infer<typeof Architecture>;

/** How EC2 sells an instance. */
export const CapacityType = z.enum(["on-demand", "spot"]);
export type CapacityType = z.infer<typeof CapacityType>;

/** The unit of choice: one instance type in one zone, bought one way, at a price. */
export const Offering = z.object({
	instanceType: z.string(),
	/** Zone id such as `use1-az4`: the same place in every account, unlike a zone's name. */
	zoneId: z.string(),
	capacityType: CapacityType,
	architecture: Architecture,
	/** List price of an hour in USD, plus the surcharge below where it applies. */
	hourlyUsd: z.number().nonnegative(),
	/** Burstable types: the credit mode that `hourlyUsd` assumes. Absent for all others. */
	cpuCredits: z.enum(["standard", "unlimited"]).optional(),
	/** True where the price is another region's or the day's is unknown. */
	approximate: z.boolean(),
	/** Spot only: what the same costs on demand, surcharge included. */
	onDemandHourlyUsd: z.number().nonnegative().optional(),
});
export type Offering = Readonly<z.infer<typeof Offering>>;

/** Whole devices of one Kubernetes extended resource. */
export const AcceleratorRequirement = z.object({
	resource: z.enum(["nvidia.com/gpu", "amd.com/gpu", "aws.amazon.com/neuron"]),
	count: z.int().min(1),
	/** Acceptable models in lower case, such as `t4` or `nvidia-tesla-t4`; empty: any. */
	models: z.array(z.string()),
});
export type AcceleratorRequirement = Readonly<z.infer<typeof AcceleratorRequirement>>;

/** One expression over a well-known label, as in Kubernetes node affinity. */
export const LabelRequirement = z.object({
	key: z.string(),
	operator: z.enum(["In", "NotIn", "Exists", "DoesNotExist", "Gt", "Lt"]),
	values: z.array(z.string()),
});
export type LabelRequirement = Readonly<z.infer<typeof LabelRequirement>>;

/** What an offering must satisfy to hold a pod. */
export const Requirements = z.object({
	/** 0 with `memoryMib` 0 and no accelerators: the pod asks for nothing. */
	cpuMillis: z.int().min(0),
	/** Rounded up from bytes. */
	memoryMib: z.int().min(0),
	accelerators: z.array(AcceleratorRequirement),
	/** Exact type (`m5.large`) or glob (`c5*`, where `*` is any run of characters). Absent: free choice. */
	instanceType: z.string().optional(),
	/** The only capacity type allowed; absent: on-demand. */
	capacityType: CapacityType,
	/** Terms are alternatives; within a term every expression must hold. Empty: no constraint. */
	labelTerms: z.array(z.array(LabelRequirement)),
	/** For people: where each figure came from, one short sentence each. */
	origins: z.array(z.string()),
});
export type Requirements = Readonly<z.infer<typeof Requirements>>;

/**
 * Well-known labels that offerings have values for, see `labels.ts`. The values are Kubernetes' and
 * Karpenter's own; what isn't here can't be answered, so a pod that asks for it must fail.
 *
 * @see https://kubernetes.io/docs/reference/labels-annotations-taints/
 * @see https://karpenter.sh/docs/concepts/scheduling/#well-known-labels
 */
export const KnownLabel = z.enum([
	"kubernetes.io/arch",
	"beta.kubernetes.io/arch",
	"kubernetes.io/os",
	"beta.kubernetes.io/os",
	"node.kubernetes.io/instance-type",
	"beta.kubernetes.io/instance-type",
	"topology.kubernetes.io/region",
	"failure-domain.beta.kubernetes.io/region",
	"topology.kubernetes.io/zone",
	"failure-domain.beta.kubernetes.io/zone",
	"topology.k8s.aws/zone-id",
	"karpenter.sh/capacity-type",
	"karpenter.k8s.aws/instance-category",
	"karpenter.k8s.aws/instance-family",
	"karpenter.k8s.aws/instance-generation",
	"karpenter.k8s.aws/instance-size",
	"karpenter.k8s.aws/instance-cpu",
	"karpenter.k8s.aws/instance-memory",
	"karpenter.k8s.aws/instance-hypervisor",
	"karpenter.k8s.aws/instance-network-bandwidth",
	"karpenter.k8s.aws/instance-local-nvme",
	"karpenter.k8s.aws/instance-gpu-name",
	"karpenter.k8s.aws/instance-gpu-manufacturer",
	"karpenter.k8s.aws/instance-gpu-count",
	"karpenter.k8s.aws/instance-gpu-memory",
	"karpenter.k8s.aws/instance-accelerator-name",
	"karpenter.k8s.aws/instance-accelerator-manufacturer",
	"karpenter.k8s.aws/instance-accelerator-count",
	"karpenter.k8s.aws/instance-capability-flex",
]);
export type KnownLabel = z.infer<typeof KnownLabel>;

/** Whether a node selector or node affinity over this label can be answered. */
export const isKnownLabel = (key: string): key is KnownLabel => KnownLabel.safeParse(key).success;

/**
 * Why an offering isn't taken, in the order in which the rules are applied: an offering counts for
 * the first that removes it. What `set-aside` removes would fit, and may have capacity later.
 */
export const SelectionRule = z.enum([
	/** No boot image for its architecture. */
	"architecture",
	/** No configured subnet in its zone. */
	"zone",
	/** Not sold in the way that was asked for. */
	"capacity-type",
	/** Not the type, or not like the pattern, that the pod names. */
	"instance-type",
	/** The pod's node selector or node affinity. */
	"labels",
	/** Too few GPUs or accelerators, or of another model. */
	"accelerators",
	/** Its GPUs or accelerators are kept for pods that ask for some. */
	"accelerated-machine",
	/** The operator wants no burstable types. */
	"burstable",
	"cpu",
	"memory",
	/** Dearer than the operator pays for spot. */
	"spot-price",
	/** EC2 refused it lately. */
	"set-aside",
]);
export type SelectionRule = z.infer<typeof SelectionRule>;

/** Why an offering was chosen, or none; bounded, since it is kept on the cell's record. */
export const Decision = z.object({
	/** The figures that were asked for and where each came from. */
	asked: z.array(z.string().max(300)).max(24),
	/** Offerings that each rule removed, in the order of the rules; rules that removed none are left out. */
	removed: z.array(z.object({ rule: SelectionRule, count: z.int().min(1) })),
	/** The first by price; the nearest misses where nothing fits. */
	candidates: z
		.array(
			Offering.pick({
				instanceType: true,
				zoneId: true,
				capacityType: true,
				hourlyUsd: true,
			}).extend({
				verdict: z.string().max(300),
			}),
		)
		.max(10),
	/** Absent: nothing can be launched now. */
	chosen: Offering.optional(),
	/** For people: what was chosen and why, or what would have to change. */
	summary: z.string().max(1_500),
});
export type Decision = Readonly<z.infer<typeof Decision>>;

/** A subnet that a cell may be launched into. */
export const Subnet = z.object({
	subnetId: z.string(),
	zoneId: z.string(),
	/** The account's own name for the zone, such as `us-east-1a`. */
	zone: z.string(),
	/** As EC2 last told; a cell takes two. */
	freeAddresses: z.int().min(0),
});
export type Subnet = Readonly<z.infer<typeof Subnet>>;

/** The operator's subnets as EC2 knows them. */
export type Subnets = Readonly<{
	/**
	 * The configured subnets, in the configured order; may be minutes old.
	 *
	 * @throws ProvisionerError `operator` when EC2 doesn't know one of them.
	 */
	list(signal: AbortSignal): Promise<readonly Subnet[]>;
}>;
