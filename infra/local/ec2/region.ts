import { EventEmitter } from "node:events";
import { type AddressPool, addressPool, subnetBase } from "./addresses.ts";
import { allCapacity, type Capacity, type CapacityPattern } from "./capacity.ts";
import type { Clock } from "./clock.ts";
import { type Ids, seededIds } from "./ids.ts";
import type {
	InstanceState,
	Market,
	SimulatedImage,
	SimulatedInstance,
	SimulatedType,
	SimulatedZone,
	ZoneNames,
} from "./model.ts";

/** What the simulator tells. Listeners run within the change: don't throw. */
export type Ec2Events = {
	/** An instance has changed its state, or (with `pending`) come into being. */
	"state-change": [change: Readonly<{ instanceId: string; state: InstanceState; atMs: number }>];
	/** The software on an instance listens, or has died; the instance itself runs on. */
	agent: [change: Readonly<{ instanceId: string; what: "serving" | "crashed"; atMs: number }>];
	/** EC2 or AWS Health has something to say about an instance. */
	notice: [
		notice: Readonly<
			{ instanceId: string; atMs: number } & (
				| { what: "spot-interruption" | "rebalance" }
				| { what: "scheduled-change"; startsAt: Date }
			)
		>,
	];
	/** A request has been answered. User data is replaced by its SHA-256. */
	taken: [
		request: Readonly<{
			action: string;
			parameters: Readonly<Record<string, string>>;
			/** HTTP status of the answer. */
			status: number;
			/** EC2's error code, where it refused. */
			code?: string;
			atMs: number;
		}>,
	];
};

/** The computers behind the instances. */
export type Machines = Readonly<{
	/** @returns the address at which the machine's agent will be found. */
	plug(instanceId: string, privateAddress: string): Promise<string>;
	switchOn(instance: SimulatedInstance, userData: Buffer): void;
	switchOff(instanceId: string): void;
}>;

/** How long things take, in ms. */
export type Ec2Times = Readonly<{
	/** After RunInstances' answer, until DescribeInstances and TerminateInstances know the instance. */
	visibleAfterMs: number;
	runningAfterMs: number;
	stoppedAfterMs: number;
	terminatedAfterMs: number;
	/** How long a terminated instance is still shown. */
	rememberedMs: number;
}>;

export type RegionSettings = Readonly<{
	accountId: string;
	vpcId: string;
	zones: readonly SimulatedZone[];
	/** Zones of the region in which the account has no subnet. */
	otherZones: readonly ZoneNames[];
	types: ReadonlyMap<string, SimulatedType>;
	images: readonly SimulatedImage[];
	/** Absent: any well-formed id is a security group. */
	securityGroupIds?: ReadonlySet<string>;
	/** vCPUs at once, per market; absent: no limit. */
	vcpuQuota: Readonly<Partial<Record<Market, number>>>;
	times: Ec2Times;
	clock: Clock;
	seed: string;
	/** Second octet of all addresses. */
	network: number;
	machines: Machines;
}>;

/** What was launched under a client token, and by which request. */
type TokenUse = Readonly<{ fingerprint: string; instances: readonly SimulatedInstance[] }>;

/** Everything that EC2 knows, for its actions. */
export type Region = RegionSettings &
	Readonly<{
		ids: Ids;
		startedAtMs: number;
		capacity: Capacity;
		/** Launches that die pending. */
		doomed: Set<CapacityPattern>;
		/** How long a new instance can't be found, from now on. */
		visibility: { afterMs: number };
		events: EventEmitter<Ec2Events>;
		/** By subnet id. */
		pools: ReadonlyMap<string, AddressPool>;
		/** By zone id and token: client tokens are zonal. */
		tokens: Map<string, TokenUse>;
		/** Every instance that is still remembered, in the order of birth. */
		instances: Map<string, SimulatedInstance>;
		/** Cancels all that is still to happen. */
		stop(): void;
		/** Like `clock.after`, but forgotten when the region stops. */
		later(delayMs: number, act: () => void): void;
	}>;

export function createRegion(settings: RegionSettings): Region {
	const appointments = new Set<() => void>();
	return {
		...settings,
		ids: seededIds(settings.seed),
		startedAtMs: settings.clock.nowMs(),
		capacity: allCapacity(),
		doomed: new Set(),
		visibility: { afterMs: settings.times.visibleAfterMs },
		events: new EventEmitter<Ec2Events>(),
		pools: new Map(
			settings.zones.map(({ subnetId, prefixLength = 20 }, index) => [
				subnetId,
				addressPool(subnetBase(settings.network, index, prefixLength), prefixLength),
			]),
		),
		tokens: new Map(),
		instances: new Map(),
		stop() {
			for (const cancel of appointments) cancel();
			appointments.clear();
		},
		later(delayMs, act) {
			const cancel = settings.clock.after(delayMs, () => {
				appointments.delete(cancel);
				act();
			});
			appointments.add(cancel);
		},
	};
}

/** Forgets what EC2 forgets: instances an hour after their end, tokens a day after. */
export function forget(region: Region): void {
	const nowMs = region.clock.nowMs();
	const endedBefore = ({ terminatedAtMs }: SimulatedInstance, ageMs: number) =>
		terminatedAtMs !== undefined && nowMs - terminatedAtMs >= ageMs;
	for (const instance of region.instances.values()) {
		if (endedBefore(instance, region.times.rememberedMs)) {
			region.instances.delete(instance.instanceId);
		}
	}
	for (const [key, { instances }] of region.tokens) {
		if (instances.every((instance) => endedBefore(instance, tokenLifeMs))) {
			region.tokens.delete(key);
		}
	}
}

/**
 * How long a token outlives its instance. AWS used to promise at least a day and names no time now.
 *
 * @see https://docs.aws.amazon.com/AWSEC2/latest/APIReference/Run_Instance_Idempotency.html
 */
const tokenLifeMs = 24 * 3_600_000;

/** The instances that Describe and Terminate can find now. */
export function visibleInstances(region: Region): readonly SimulatedInstance[] {
	forget(region);
	const nowMs = region.clock.nowMs();
	return [...region.instances.values()].filter(({ visibleAtMs }) => visibleAtMs <= nowMs);
}
