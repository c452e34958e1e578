import type { LabelRequirement, Requirements, Subnet } from "../../shared/offerings/model.ts";
import { Requirements as RequirementsSchema } from "../../shared/offerings/model.ts";
import {
	defaultSelectionSettings,
	type SelectionSettings,
} from "../../shared/offerings/settings.ts";

/** A pod that asks for nothing, but for what the case is about. */
export const asking = (over: Partial<Requirements> = {}): Requirements =>
	RequirementsSchema.parse({
		cpuMillis: 0,
		memoryMib: 0,
		accelerators: [],
		capacityType: "on-demand",
		labelTerms: [],
		origins: [],
		...over,
	});

/** CPU in vCPU and memory in GiB, as the cases of the contract write them. */
export const sized = (cpu: number, memoryGib: number, over: Partial<Requirements> = {}) =>
	asking({ cpuMillis: cpu * 1_000, memoryMib: Math.ceil(memoryGib * 1_024), ...over });

export const gpus = (count: number, ...models: string[]): Requirements["accelerators"] => [
	{ resource: "nvidia.com/gpu", count, models },
];

/** `key operator value…`, one expression. */
export const label = (
	key: string,
	operator: LabelRequirement["operator"],
	...values: string[]
): LabelRequirement => ({ key, operator, values });

/** us-east-1 as the account that gathered the data names its zones. */
export const usEast1: readonly Pick<Subnet, "zoneId" | "zone">[] = [
	{ zoneId: "use1-az1", zone: "us-east-1d" },
	{ zoneId: "use1-az2", zone: "us-east-1a" },
	{ zoneId: "use1-az3", zone: "us-east-1e" },
	{ zoneId: "use1-az4", zone: "us-east-1b" },
	{ zoneId: "use1-az5", zone: "us-east-1f" },
	{ zoneId: "use1-az6", zone: "us-east-1c" },
];

/** Subnets in three zones of us-east-1, and the defaults. */
export const settings = (over: Partial<SelectionSettings> = {}): SelectionSettings => ({
	...defaultSelectionSettings,
	zones: usEast1.filter(({ zone }) => /[abc]$/.test(zone)),
	...over,
});

/** Kip's rule: a machine offers all of its nominal memory. */
export const nominal = { vmMemoryOverheadPercent: 0, agentMemoryMib: 0 } as const;
