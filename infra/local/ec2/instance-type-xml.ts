import { isSoldAsSpot } from "./market.ts";
import type { SimulatedDevice, SimulatedType } from "./model.ts";
import type { Xml } from "./xml.ts";

/** vCPUs of a type about which nothing is told. */
const plainVcpus = 2;
const plainMemoryMibPerVcpu = 4_096;

/** `vcpus` and `memoryMib` of a type, also where the options leave them out. */
export function sizeOf({
	vcpus = plainVcpus,
	memoryMib = vcpus * plainMemoryMibPerVcpu,
}: SimulatedType) {
	return { vcpus, memoryMib };
}

/** A type as DescribeInstanceTypes shows it. */
export function instanceTypeXml(name: string, type: SimulatedType): Xml {
	const { architecture, hypervisor = "nitro", localStorageGb = 0, burstable = false } = type;
	const { vcpus, memoryMib } = sizeOf(type);
	const threadsPerCore = architecture === "x86_64" && vcpus > 1 ? 2 : 1;
	return {
		instanceType: name,
		// As in EC2, false also for m5, c6i and other mainstream families.
		currentGeneration: !/^[a-z]+[1-6][a-z-]*\./.test(name),
		freeTierEligible: name === "t3.micro",
		supportedUsageClasses: ["on-demand", ...(isSoldAsSpot(type) ? ["spot"] : [])],
		supportedRootDeviceTypes: ["ebs"],
		supportedVirtualizationTypes: ["hvm"],
		bareMetal: hypervisor === null,
		hypervisor: hypervisor ?? undefined,
		processorInfo: {
			// Old machines run 32-bit systems, too.
			supportedArchitectures:
				architecture === "x86_64" && hypervisor === "xen" ? ["i386", "x86_64"] : [architecture],
			sustainedClockSpeedInGhz: 2.5,
		},
		vCpuInfo: {
			defaultVCpus: vcpus,
			defaultCores: vcpus / threadsPerCore,
			defaultThreadsPerCore: threadsPerCore,
		},
		memoryInfo: { sizeInMiB: memoryMib },
		instanceStorageSupported: localStorageGb > 0,
		instanceStorageInfo: localStorageGb > 0 ? storageXml(type, localStorageGb) : undefined,
		ebsInfo: {
			ebsOptimizedSupport: "default",
			encryptionSupport: "supported",
			nvmeSupport: hypervisor === "xen" ? "unsupported" : "required",
		},
		networkInfo: networkXml(type),
		...(type.device === undefined ? {} : deviceXml(type.device)),
		placementGroupInfo: { supportedStrategies: ["partition", "spread"] },
		hibernationSupported: false,
		burstablePerformanceSupported: burstable,
		dedicatedHostsSupported: true,
		autoRecoverySupported: true,
		supportedBootModes: architecture === "arm64" ? ["uefi"] : ["legacy-bios", "uefi"],
	};
}

const storageXml = ({ localStorage }: SimulatedType, totalGb: number): Xml => ({
	totalSizeInGB: totalGb,
	disks: [{ sizeInGB: totalGb, count: 1, type: localStorage?.endsWith("hdd") ? "hdd" : "ssd" }],
	nvmeSupport: localStorage?.startsWith("nvme") ? "required" : "unsupported",
	encryptionSupport: localStorage?.startsWith("nvme") ? "required" : "unsupported",
});

function networkXml({
	networkInterfaces = 4,
	ipv4PerInterface = 15,
	networkBaselineMbps = 750,
	networkPeakMbps = 10_000,
	hypervisor,
}: SimulatedType): Xml {
	const upTo = networkPeakMbps > networkBaselineMbps ? "Up to " : "";
	const networkPerformance = `${upTo}${networkPeakMbps / 1000} Gigabit`;
	return {
		networkPerformance,
		maximumNetworkInterfaces: networkInterfaces,
		maximumNetworkCards: 1,
		defaultNetworkCardIndex: 0,
		networkCards: [
			{
				networkCardIndex: 0,
				networkPerformance,
				maximumNetworkInterfaces: networkInterfaces,
				baselineBandwidthInGbps: networkBaselineMbps / 1000,
				peakBandwidthInGbps: networkPeakMbps / 1000,
			},
		],
		ipv4AddressesPerInterface: ipv4PerInterface,
		ipv6AddressesPerInterface: ipv4PerInterface,
		ipv6Supported: true,
		enaSupport: hypervisor === "xen" ? "unsupported" : "required",
		efaSupported: false,
	};
}

/** Each kind of device has an element of its own; slices of a GPU count as none. */
function deviceXml({ kind, count, slices, manufacturer, name, memoryMib }: SimulatedDevice): {
	readonly [element: string]: Xml;
} {
	const device = { count, name, manufacturer, memoryInfo: { sizeInMiB: memoryMib } };
	const totalMib = memoryMib * (count + slices);
	// The one list of EC2's whose elements aren't called `item`.
	const accelerators = { member: device };
	const inference = { accelerators, totalInferenceMemoryInMiB: totalMib };
	switch (kind) {
		case "gpu": {
			const gpu = { ...device, logicalGpuCount: slices > 0 ? slices : undefined };
			return { gpuInfo: { gpus: [gpu], totalGpuMemoryInMiB: totalMib } };
		}
		case "neuron": {
			// A Neuron device has no manufacturer: it is AWS's own.
			const neuron = { count, name, memoryInfo: device.memoryInfo };
			return {
				...(name.startsWith("Inferentia") ? { inferenceAcceleratorInfo: inference } : {}),
				neuronInfo: { neuronDevices: [neuron], totalNeuronDeviceMemoryInMiB: totalMib },
			};
		}
		case "inference":
			return { inferenceAcceleratorInfo: inference };
		case "fpga":
			return { fpgaInfo: { fpgas: [device], totalFpgaMemoryInMiB: totalMib } };
		case "media":
			return { mediaAcceleratorInfo: { accelerators: [device], totalMediaMemoryInMiB: totalMib } };
	}
}
