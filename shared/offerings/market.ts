import type { Device, Snapshot } from "./snapshot.ts";

/** An instance type as EC2 describes it; what it costs and where it is sold are other questions. */
export type DescribedType = Readonly<{
	name: string;
	/** AWS's words, also those that no cell boots. */
	architectures: readonly string[];
	vcpus: number;
	memoryMib: number;
	/** CPU credits apply. */
	burstable: boolean;
	spot: boolean;
	hypervisor: "nitro" | "xen" | null;
	networkInterfaces: number;
	ipv4PerInterface: number;
	networkBaselineMbps: number;
	networkPeakMbps: number;
	localStorageGb: number;
	localStorage: Snapshot["columns"]["localStorage"][number];
	device?: Device;
}>;

/** What an hour of spot costs now, in millionths of a USD. */
export type SpotPrice = Readonly<{ instanceType: string; zoneId: string; microUsd: number }>;

/** What EC2 sells in one region, as it says itself. */
export type Market = Readonly<{
	types(signal: AbortSignal): Promise<readonly DescribedType[]>;
	/** The ids of the zones that sell each type, by its name. */
	zones(signal: AbortSignal): Promise<ReadonlyMap<string, readonly string[]>>;
	/** The prices in force, Linux. */
	spotPrices(signal: AbortSignal): Promise<readonly SpotPrice[]>;
}>;

/** AWS's price list. */
export type Prices = Readonly<{
	/** USD for an hour on demand, Linux, by instance type; what the list doesn't price is absent. */
	onDemand(region: string, signal: AbortSignal): Promise<ReadonlyMap<string, number>>;
}>;

/** The one catalogue that all processes share. */
export type CatalogueStore = Readonly<{
	/**
	 * @returns undefined before the first refresh.
	 * @throws ProvisionerError `operator` when what is stored can't be read.
	 */
	get(signal: AbortSignal): Promise<Snapshot | undefined>;
	/**
	 * Keeps it, unless a newer one is there already.
	 *
	 * @throws ProvisionerError `operator` when it is too large for the store.
	 */
	put(snapshot: Snapshot, signal: AbortSignal): Promise<void>;
}>;
