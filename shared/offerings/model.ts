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
