import type { Architecture, Subnet } from "./model.ts";

/** What the operator has settled about the choice of offerings, for every pod alike. */
export type SelectionSettings = Readonly<{
	/** Those that a boot image is configured for. */
	architectures: readonly Architecture[];
	/** Zones of the configured subnets; repeats don't matter. */
	zones: readonly Pick<Subnet, "zoneId" | "zone">[];
	/** For pods that ask for nothing. */
	defaultInstanceType: string;
	/** Share of nominal memory that the hypervisor, firmware and kernel keep. */
	vmMemoryOverheadPercent: number;
	/** What the agent and the image's own processes need beside the pod. */
	agentMemoryMib: number;
	/**
	 * `sustained`: burstable types count at their baseline, and the CPU above it costs unlimited
	 * mode's surcharge. `excluded`: only a pod that names one gets one.
	 */
	burstable: "sustained" | "excluded";
	/** Whether machines with GPUs or accelerators may take pods that ask for none, where they are cheapest. */
	acceleratedForAnyPod: boolean;
	spot: Readonly<{
		/** Most that is paid for an hour of spot, a burstable's surcharge included; absent: no limit. */
		maxHourlyUsd?: number;
		/** `on-demand`: what is sold on demand competes with spot at its own price. */
		fallback: "on-demand" | "none";
	}>;
}>;

/**
 * Where the operator says nothing; 0 and 0 for the two memory figures is Kip's nominal rule.
 *
 * 7.5 % is Karpenter's figure. 64 MiB is an estimate, not a measurement: the agent is two small Go
 * processes (itzo, and one more for each unit) beside a handful of daemons of a minimal image.
 */
export const defaultSelectionSettings = {
	architectures: ["x86_64"],
	defaultInstanceType: "t3.nano",
	vmMemoryOverheadPercent: 7.5,
	agentMemoryMib: 64,
	burstable: "sustained",
	acceleratedForAnyPod: false,
	spot: { fallback: "none" },
} as const satisfies Omit<SelectionSettings, "zones">;

/** MiB of a machine's nominal memory that a pod can have; never negative. Exact to a thousandth of a percent. */
export function memoryForPodMib(
	nominalMib: number,
	{
		vmMemoryOverheadPercent,
		agentMemoryMib,
	}: Pick<SelectionSettings, "vmMemoryOverheadPercent" | "agentMemoryMib">,
): number {
	const thousandths = Math.round(vmMemoryOverheadPercent * 1_000);
	const overheadMib = Math.ceil((nominalMib * thousandths) / 100_000);
	return Math.max(0, nominalMib - overheadMib - agentMemoryMib);
}
