import type { InstanceTypeInfo } from "@aws-sdk/client-ec2";
import type { DescribedType } from "./market.ts";
import type { Device } from "./snapshot.ts";

/** None or one: a type that EC2 describes without what a choice needs is left out. */
export function describedType(described: InstanceTypeInfo): DescribedType[] {
	const { InstanceType: name, NetworkInfo: network } = described;
	const vcpus = described.VCpuInfo?.DefaultVCpus;
	const memoryMib = described.MemoryInfo?.SizeInMiB;
	const networkInterfaces = network?.MaximumNetworkInterfaces;
	const ipv4PerInterface = network?.Ipv4AddressesPerInterface;
	if (name === undefined || vcpus === undefined || memoryMib === undefined) return [];
	if (networkInterfaces === undefined || ipv4PerInterface === undefined) return [];
	const cards = network?.NetworkCards ?? [];
	const device = deviceOf(described);
	return [
		{
			name,
			architectures: described.ProcessorInfo?.SupportedArchitectures ?? [],
			vcpus,
			memoryMib,
			burstable: described.BurstablePerformanceSupported === true,
			spot: described.SupportedUsageClasses?.includes("spot") === true,
			hypervisor: described.BareMetal === true ? null : (described.Hypervisor ?? null),
			networkInterfaces,
			ipv4PerInterface,
			networkBaselineMbps: megabits(cards.map((card) => card.BaselineBandwidthInGbps)),
			networkPeakMbps: megabits(cards.map((card) => card.PeakBandwidthInGbps)),
			localStorageGb: described.InstanceStorageInfo?.TotalSizeInGB ?? 0,
			localStorage: localStorageOf(described),
			...(device && { device }),
		},
	];
}

/** Over all cards; 0 where EC2 doesn't say. */
const megabits = (gigabits: readonly (number | undefined)[]): number =>
	Math.round(gigabits.reduce<number>((sum, each = 0) => sum + each, 0) * 1_000);

function localStorageOf({ InstanceStorageInfo }: InstanceTypeInfo): DescribedType["localStorage"] {
	const kind = InstanceStorageInfo?.Disks?.[0]?.Type;
	if (kind !== "ssd" && kind !== "hdd") return null;
	const nvme = InstanceStorageInfo?.NvmeSupport;
	return nvme === "required" || nvme === "supported" ? `nvme-${kind}` : kind;
}

type Accelerator = Readonly<{
	Count?: number | undefined;
	LogicalGpuCount?: number | undefined;
	Manufacturer?: string | undefined;
	Name?: string | undefined;
	MemoryInfo?: { SizeInMiB?: number | undefined } | undefined;
}>;

/** No machine has devices of two kinds; inf1's are described twice, and count as what the Neuron plugin sees. */
function deviceOf(described: InstanceTypeInfo): Device | undefined {
	const found: readonly [Device["kind"], Accelerator | undefined][] = [
		["gpu", described.GpuInfo?.Gpus?.[0]],
		["neuron", described.NeuronInfo?.NeuronDevices?.[0]],
		["inference", described.InferenceAcceleratorInfo?.Accelerators?.[0]],
		["fpga", described.FpgaInfo?.Fpgas?.[0]],
		["media", described.MediaAcceleratorInfo?.Accelerators?.[0]],
	];
	for (const [kind, device] of found) {
		if (device === undefined) continue;
		const {
			Count: count = 0,
			LogicalGpuCount: slices = 0,
			Manufacturer,
			Name,
			MemoryInfo,
		} = device;
		return {
			kind,
			count,
			slices: count === 0 ? slices : 0,
			manufacturer: Manufacturer ?? "AWS",
			name: Name ?? "",
			memoryMib: MemoryInfo?.SizeInMiB ?? 0,
		};
	}
	return undefined;
}
