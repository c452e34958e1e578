import type { Architecture } from "../../../shared/offerings/model.ts";

/** How an instance is paid for. */
export type Market = "on-demand" | "spot";

/** GPUs or other accelerators of a machine, as the catalogue knows them. */
export type SimulatedDevice = Readonly<{
	kind: "gpu" | "neuron" | "inference" | "fpga" | "media";
	/** Whole devices; 0 where the machine has slices of one. */
	count: number;
	/** Slices of a GPU; 0 where the devices are whole. */
	slices: number;
	manufacturer: string;
	name: string;
	/** Of one device, or of one slice. */
	memoryMib: number;
}>;

export type SimulatedType = Readonly<{
	architecture: Architecture;
	/** What an instance takes from the vCPU quota; 0 or absent: nothing. */
	vcpus?: number;
	/** Private IPv4 addresses that one interface may hold; absent: any number. */
	ipv4PerInterface?: number;
	/** Zone ids that sell the type; absent: all of them. */
	zoneIds?: readonly string[];
	// What follows is only told, by DescribeInstanceTypes and the prices.
	/** Absent: 4 GiB for each vCPU. */
	memoryMib?: number;
	/** What spot prices are a share of; absent: the type isn't sold as spot. */
	onDemandHourlyUsd?: number;
	/** Whether it is sold as spot as well; absent: wherever it has a price. */
	spot?: boolean;
	/** null: bare metal; absent: nitro. */
	hypervisor?: "nitro" | "xen" | null;
	networkInterfaces?: number;
	networkBaselineMbps?: number;
	networkPeakMbps?: number;
	/** Instance store; 0 or absent: none. */
	localStorageGb?: number;
	localStorage?: "nvme-ssd" | "nvme-hdd" | "ssd" | "hdd" | null;
	/** Whether CPU credits apply. */
	burstable?: boolean;
	device?: SimulatedDevice;
}>;

/** An availability zone by its two names. */
export type ZoneNames = Readonly<{
	/** `use1-az1`: the same place in every account. */
	zoneId: string;
	/** `us-east-1a`: this account's name for it. */
	zone: string;
}>;

/** An availability zone with its subnet. */
export type SimulatedZone = ZoneNames &
	Readonly<{
		subnetId: string;
		/** Size of the subnet, 20 to 28 as in `/20`; EC2 keeps five addresses of each. */
		prefixLength?: number;
		tags?: Readonly<Record<string, string>>;
	}>;

export type SimulatedImage = Readonly<{
	imageId: string;
	name: string;
	ownerId: string;
	architecture: Architecture;
	/** ISO 8601 with milliseconds, as EC2 writes it. */
	creationDate: string;
	/** Hidden from everybody who doesn't ask for deprecated images, from then on. */
	deprecationTime?: string;
	state?: "available" | "pending" | "failed";
	rootDeviceName: string;
	/** Absent: the image has no mapping for its root device. */
	rootVolume?: Readonly<{
		snapshotId: string;
		sizeGib: number;
		volumeType: string;
		iops?: number;
		throughputMibps?: number;
	}>;
	/** Accounts that may launch it; absent: everybody. */
	sharedWith?: readonly string[];
	tags?: Readonly<Record<string, string>>;
	/** How its cloud-init reads instance metadata: elotl/cloud-init knows no tokens. */
	metadataProtocol: "IMDSv1" | "IMDSv2";
}>;

/** EC2's words and numbers for the states of an instance. */
export const stateCodes = {
	pending: 0,
	running: 16,
	"shutting-down": 32,
	terminated: 48,
	stopping: 64,
	stopped: 80,
} as const;
export type InstanceState = keyof typeof stateCodes;

export type Tags = ReadonlyMap<string, string>;

/** An instance as the simulator keeps it. User data isn't here: the metadata service has it. */
export type SimulatedInstance = {
	readonly instanceId: string;
	readonly reservationId: string;
	readonly launchIndex: number;
	readonly instanceType: string;
	readonly image: SimulatedImage;
	readonly market: Market;
	/** Nobody can stop it: it would never come back. */
	readonly isOneTimeSpot: boolean;
	readonly zone: SimulatedZone;
	readonly vcpus: number;
	/** Milliseconds since 1970, as are all instants here. */
	readonly launchedAtMs: number;
	/** DescribeInstances doesn't find it before. */
	readonly visibleAtMs: number;
	readonly clientToken: string | undefined;
	readonly tags: Tags;
	readonly networkInterfaceId: string;
	/** EC2 shows those of volume and interface elsewhere. */
	readonly networkInterfaceTags: Tags;
	/** The agent's: `host`, or `host:port` where only one loopback address exists. */
	readonly privateAddress: string;
	readonly secondaryAddresses: readonly string[];
	/** What it takes from its subnet. */
	readonly subnetAddresses: readonly string[];
	readonly securityGroupIds: readonly string[];
	readonly instanceProfile: Readonly<{ arn: string; id: string }> | undefined;
	readonly shutdownBehavior: "stop" | "terminate";
	readonly httpTokens: "optional" | "required";
	readonly httpPutResponseHopLimit: number;
	readonly rootVolume: Readonly<{ volumeId: string; deleteOnTermination: boolean; tags: Tags }>;
	state: InstanceState;
	stateReason: Readonly<{ code: string; message: string }> | undefined;
	/** The human half of the reason, with its time: `User initiated (2026-11-23 09:00:00 GMT)`. */
	transitionReason: string;
	terminatedAtMs: number | undefined;
	/** What its machine has written, the latest 64 KiB; kept when the machine is gone. */
	console: string;
};
