import type { KnownLabel } from "../../shared/offerings/model.ts";
import { code, table } from "./markdown.ts";

/** What each label matches, and a value that some offering of us-east-1 has. */
export const labelMeanings = {
	"kubernetes.io/arch": { matches: "architecture: amd64 or arm64", example: "arm64" },
	"beta.kubernetes.io/arch": { matches: "the same, its old name", example: "amd64" },
	"kubernetes.io/os": { matches: "always linux; anything else is a fault", example: "linux" },
	"beta.kubernetes.io/os": { matches: "the same, its old name", example: "linux" },
	"node.kubernetes.io/instance-type": { matches: "instance type", example: "m5.large" },
	"beta.kubernetes.io/instance-type": { matches: "the same, its old name", example: "m5.large" },
	"topology.kubernetes.io/region": { matches: "region", example: "us-east-1" },
	"failure-domain.beta.kubernetes.io/region": {
		matches: "the same, its old name",
		example: "us-east-1",
	},
	"topology.kubernetes.io/zone": {
		matches: "zone, by the account's own name for it",
		example: "us-east-1a",
	},
	"failure-domain.beta.kubernetes.io/zone": {
		matches: "the same, its old name",
		example: "us-east-1a",
	},
	"topology.k8s.aws/zone-id": {
		matches: "zone, by the id that is the same in every account",
		example: "use1-az1",
	},
	"karpenter.sh/capacity-type": {
		matches: "on-demand or spot; spot only where nothing else is allowed",
		example: "spot",
	},
	"karpenter.k8s.aws/instance-category": { matches: "letters before the generation", example: "m" },
	"karpenter.k8s.aws/instance-family": { matches: "type before the dot", example: "m5" },
	"karpenter.k8s.aws/instance-generation": { matches: "generation, a number", example: "5" },
	"karpenter.k8s.aws/instance-size": { matches: "type after the dot", example: "large" },
	"karpenter.k8s.aws/instance-cpu": { matches: "vCPUs", example: "4" },
	"karpenter.k8s.aws/instance-memory": { matches: "nominal memory in MiB", example: "16384" },
	"karpenter.k8s.aws/instance-hypervisor": {
		matches: "nitro or xen; absent on metal",
		example: "nitro",
	},
	"karpenter.k8s.aws/instance-network-bandwidth": {
		matches: "sustained network bandwidth in Mbit/s",
		example: "750",
	},
	"karpenter.k8s.aws/instance-local-nvme": {
		matches: "local NVMe storage in GB; absent without any",
		example: "75",
	},
	"karpenter.k8s.aws/instance-gpu-name": { matches: "GPU model", example: "t4" },
	"karpenter.k8s.aws/instance-gpu-manufacturer": { matches: "GPU maker", example: "nvidia" },
	"karpenter.k8s.aws/instance-gpu-count": { matches: "GPUs", example: "1" },
	"karpenter.k8s.aws/instance-gpu-memory": {
		matches: "memory of one GPU in MiB",
		example: "16384",
	},
	"karpenter.k8s.aws/instance-accelerator-name": {
		matches: "model of an accelerator that is no GPU",
		example: "inferentia",
	},
	"karpenter.k8s.aws/instance-accelerator-manufacturer": {
		matches: "maker of such an accelerator",
		example: "aws",
	},
	"karpenter.k8s.aws/instance-accelerator-count": {
		matches: "such accelerators",
		example: "1",
	},
	"karpenter.k8s.aws/instance-capability-flex": {
		matches: "true for flex types, false for all others",
		example: "false",
	},
} as const satisfies Record<KnownLabel, Readonly<{ matches: string; example: string }>>;

export const labelsTable = (): string =>
	table(
		["label", "matches", "example"],
		Object.entries(labelMeanings).map(([label, { matches, example }]) => [
			code(label),
			matches,
			code(example),
		]),
	);
