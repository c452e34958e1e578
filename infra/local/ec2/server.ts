import { randomUUID } from "node:crypto";
import type { EventEmitter } from "node:events";
import { createServer } from "node:http";
import type { BootTime } from "../cell/boot-time.ts";
import { startCells } from "../cell/cells.ts";
import type { CellFault, CellMachine } from "../cell/model.ts";
import { claimNetwork } from "../cell/network.ts";
import type { CapacityLoss } from "./capacity.ts";
import { type Clock, systemClock } from "./clock.ts";
import { privateDnsName } from "./describe.ts";
import { ec2Endpoint } from "./endpoint.ts";
import { type Ec2BusEvent, tellEventBridge } from "./eventbridge.ts";
import { simulatedImages } from "./images.ts";
import { type Incidents, incidentsIn } from "./incidents.ts";
import { end, instanceInitiated, stop } from "./lifecycle.ts";
import type {
	Market,
	SimulatedImage,
	SimulatedInstance,
	SimulatedType,
	SimulatedZone,
	ZoneNames,
} from "./model.ts";
import { createRegion, type Ec2Events, type Ec2Times, type Machines } from "./region.ts";
import { tokenBuckets } from "./throttle.ts";

export type Ec2Options = Readonly<{
	/** Instance types by name. */
	types: Readonly<Record<string, SimulatedType>>;
	/** At most 16. */
	zones?: readonly SimulatedZone[];
	/** Zones of the region without a subnet: types are sold there, too. */
	otherZones?: readonly ZoneNames[];
	images?: readonly SimulatedImage[];
	accountId?: string;
	/** Absent: any well-formed id is a security group. */
	securityGroupIds?: readonly string[];
	/** vCPUs at once, per market; absent: no limit. */
	vcpuQuota?: Readonly<Partial<Record<Market, number>>>;
	/** EC2's request rates times this number; false: none. */
	throttling?: number | false;
	times?: Partial<Ec2Times>;
	clock?: Clock;
	/** Equal seeds give equal spot prices, and equal ids and boot times in the same order of launches. */
	seed?: string;
	bootTime?: BootTime;
	/** How each new machine misbehaves. */
	faultOf?: (machine: CellMachine) => CellFault;
	/** The parameter store that cells' launchers ask before they look at user data. */
	parametersUrl?: string;
	launcherRetryMs?: number;
	/** Absent: an agent that has crashed stays dead. systemd would take 3 s. */
	restartAfterMs?: number;
	/** How many agents share a thread; 1 parts them entirely, at 10 MB each. */
	agentsPerThread?: number;
	/** Tells cells apart by port even where they could have addresses. */
	forcePorts?: boolean;
	/** What EventBridge delivers about the instances. Runs within the change: it must not throw. */
	onEventBridgeEvent?: (event: Ec2BusEvent) => void;
}>;

/** An EC2 on loopback, its machines, and what only a simulator can do. */
export type SimulatedEc2 = Incidents &
	Readonly<{
		/** For the SDK's EC2 client. */
		endpoint: string;
		vpcId: string;
		zones: readonly SimulatedZone[];
		images: readonly SimulatedImage[];
		/** Whether each cell has an address of its own, or all share 127.0.0.1. */
		mode: "addresses" | "ports";
		events: EventEmitter<Ec2Events>;
		/** No capacity from now on, or none but for `left` more instances. @returns gives it back. */
		takeCapacity(loss: CapacityLoss): () => void;
		/** What EC2 keeps about an instance, found from its launch on until it is forgotten. */
		instance(instanceId: string): Readonly<SimulatedInstance> | undefined;
		/** Throws an exception inside an instance's agent. */
		crashAgent(instanceId: string): void;
		misbehave(instanceId: string, fault: CellFault): void;
		/** EC2's request rates times this number from now on; false: none. */
		setThrottling(scale: number | false): void;
		/** Of instances that are launched from now on. */
		setBootTime(bootTime: BootTime): void;
		/** How instances misbehave that are launched from now on. */
		setFaultOf(faultOf: (machine: CellMachine) => CellFault): void;
		/** Stands for 169.254.169.254 on that instance. Secret: user data is below it. */
		metadataUrl(instanceId: string): string | undefined;
		/** Leaves no thread, socket or timer behind. */
		close(): Promise<void>;
	}>;

const defaultZones: readonly SimulatedZone[] = [
	{ zoneId: "use1-az1", zone: "us-east-1a", subnetId: "subnet-0ce110000000000a1" },
	{ zoneId: "use1-az2", zone: "us-east-1b", subnetId: "subnet-0ce110000000000b2" },
	{ zoneId: "use1-az6", zone: "us-east-1c", subnetId: "subnet-0ce110000000000c6" },
];

const defaultTimes: Ec2Times = {
	visibleAfterMs: 200,
	runningAfterMs: 1_000,
	stoppedAfterMs: 1_000,
	terminatedAfterMs: 1_000,
	rememberedMs: 3_600_000,
};

const vpcId = "vpc-0ce1100000000000c";

const defaults = {
	zones: defaultZones,
	otherZones: [],
	images: simulatedImages,
	accountId: "123456789012",
	vcpuQuota: {},
	throttling: 1,
	clock: systemClock,
	bootTime: { medianMs: 4_000, spread: 0.25 },
	faultOf: () => "none",
	launcherRetryMs: 3_000,
	agentsPerThread: 8,
	forcePorts: false,
} as const satisfies Partial<Ec2Options>;

/** Starts the simulator on a free port of 127.0.0.1. */
export async function startEc2(options: Ec2Options): Promise<SimulatedEc2> {
	const settings = { seed: randomUUID(), ...defaults, ...options };
	const { clock, seed } = settings;
	const network = await claimNetwork(settings.forcePorts);
	const cells = await startCells({
		...settings,
		mode: network.mode,
		nowMs: () => clock.nowMs(),
		after: (delayMs, act) => clock.after(delayMs, act),
		onConsole: (instanceId, text) => write(region.instances.get(instanceId), text),
		onEvent: ({ event, instanceId }) =>
			region.events.emit("agent", { instanceId, what: event, atMs: clock.nowMs() }),
		onPowerOff(instanceId) {
			const instance = region.instances.get(instanceId);
			if (instance === undefined) return;
			const act = instance.shutdownBehavior === "terminate" ? end : stop;
			act(region, instance, instanceInitiated);
		},
	});
	const machines: Machines = {
		plug: cells.plug,
		switchOn: (instance, userData) => cells.switchOn(machineOf(instance, userData)),
		switchOff: cells.switchOff,
	};
	const region = createRegion({
		accountId: settings.accountId,
		vpcId,
		zones: settings.zones,
		otherZones: settings.otherZones,
		types: new Map(Object.entries(settings.types)),
		images: settings.images,
		...(options.securityGroupIds && { securityGroupIds: new Set(options.securityGroupIds) }),
		vcpuQuota: settings.vcpuQuota,
		times: { ...defaultTimes, ...options.times },
		clock,
		seed,
		network: network.octet,
		machines,
	});
	if (options.onEventBridgeEvent !== undefined) {
		tellEventBridge(region, options.onEventBridgeEvent);
	}
	let throttling: number | false = settings.throttling;
	const throttle = tokenBuckets(() => throttling);
	const server = createServer(ec2Endpoint(region, throttle));
	await new Promise<void>((resolve, reject) => {
		server.once("error", reject);
		server.listen(0, "127.0.0.1", () => resolve());
	});
	const address = server.address();
	return {
		endpoint: `http://127.0.0.1:${typeof address === "object" ? address?.port : 0}`,
		vpcId,
		zones: region.zones,
		images: region.images,
		mode: network.mode,
		events: region.events,
		...incidentsIn(region),
		takeCapacity: region.capacity.take,
		instance: (instanceId) => region.instances.get(instanceId),
		crashAgent: cells.crash,
		misbehave: cells.misbehave,
		setThrottling(scale) {
			throttling = scale;
		},
		setBootTime: cells.setBootTime,
		setFaultOf: cells.setFaultOf,
		metadataUrl: cells.metadataUrl,
		async close() {
			region.stop();
			const closed = new Promise<void>((resolve) => server.close(() => resolve()));
			server.closeAllConnections();
			await closed;
			await cells.close();
			await network.release();
		},
	};
}

/** EC2 keeps no more. */
const consoleBytes = 65_536;

function write(instance: SimulatedInstance | undefined, text: string): void {
	if (instance !== undefined) instance.console = (instance.console + text).slice(-consoleBytes);
}

const machineOf = (instance: SimulatedInstance, userData: Buffer): CellMachine => ({
	instanceId: instance.instanceId,
	instanceType: instance.instanceType,
	imageId: instance.image.imageId,
	zone: instance.zone.zone,
	address: instance.subnetAddresses[0] ?? "",
	hostname: privateDnsName(instance),
	httpTokens: instance.httpTokens,
	metadataProtocol: instance.image.metadataProtocol,
	userData,
});
