import { isOffering } from "./capacity.ts";
import type { InstanceState, SimulatedInstance } from "./model.ts";
import type { Region } from "./region.ts";

/**
 * Why an instance ends or stops, in EC2's words.
 *
 * @see https://docs.aws.amazon.com/AWSEC2/latest/APIReference/API_StateReason.html
 */
export type EndReason = Readonly<{
	/** `Server.SpotInstanceTermination`, say. */
	code: string;
	/** Absent: the code alone. */
	message?: string;
	/** The human half, which gets the time; absent: the code. */
	transition?: string;
}>;

/** The reason of an instance that TerminateInstances ends, or StopInstances stops. */
export const userInitiated: EndReason = {
	code: "Client.UserInitiatedShutdown",
	message: "User initiated shutdown",
	transition: "User initiated",
};

/** The reason of an instance that shuts itself down. */
export const instanceInitiated: EndReason = {
	code: "Client.InstanceInitiatedShutdown",
	message: "Instance initiated shutdown",
};

/** The reason of a spot instance that EC2 takes back. */
export const spotTermination: EndReason = {
	code: "Server.SpotInstanceTermination",
	message: "Spot instance termination",
};

const diedPending: EndReason = {
	code: "Server.InsufficientInstanceCapacity",
	message: "Insufficient capacity to satisfy instance request",
};

/** A new instance enters the world: known to EC2, its machine switched on. */
export function begin(region: Region, instance: SimulatedInstance, userData: Buffer): void {
	region.instances.set(instance.instanceId, instance);
	tell(region, instance);
	const { instanceType, zone, market } = instance;
	const isDoomed = [...region.doomed].some((pattern) =>
		isOffering(pattern, instanceType, zone, market),
	);
	if (!isDoomed) region.machines.switchOn(instance, userData);
	region.later(region.times.runningAfterMs, () => {
		if (instance.state !== "pending") return;
		if (isDoomed) die(region, instance, diedPending);
		else change(region, instance, "running");
	});
}

/** Starts the end of an instance; nothing happens to one that is ending already. */
export function end(region: Region, instance: SimulatedInstance, reason: EndReason): void {
	if (instance.state === "shutting-down" || instance.state === "terminated") return;
	give(region, instance, reason);
	change(region, instance, "shutting-down");
	region.machines.switchOff(instance.instanceId);
	region.later(region.times.terminatedAfterMs, () => gone(region, instance));
}

/** Stops an instance, which keeps its addresses; nothing happens to one that isn't running. */
export function stop(region: Region, instance: SimulatedInstance, reason: EndReason): void {
	if (instance.state !== "running") return;
	give(region, instance, reason);
	change(region, instance, "stopping");
	region.machines.switchOff(instance.instanceId);
	region.later(region.times.stoppedAfterMs, () => {
		if (instance.state === "stopping") change(region, instance, "stopped");
	});
}

/** The end of an instance that never ran: it isn't shut down. */
function die(region: Region, instance: SimulatedInstance, reason: EndReason): void {
	give(region, instance, reason);
	region.machines.switchOff(instance.instanceId);
	gone(region, instance);
}

function gone(region: Region, instance: SimulatedInstance): void {
	instance.terminatedAtMs = region.clock.nowMs();
	region.pools.get(instance.zone.subnetId)?.give(instance.subnetAddresses);
	change(region, instance, "terminated");
}

function give(region: Region, instance: SimulatedInstance, reason: EndReason): void {
	const { code, message, transition = code } = reason;
	instance.stateReason = {
		code,
		message: message === undefined ? code : `${code}: ${message}`,
	};
	instance.transitionReason = `${transition} (${gmt(region.clock.nowMs())})`;
}

function change(region: Region, instance: SimulatedInstance, state: InstanceState): void {
	instance.state = state;
	tell(region, instance);
}

const tell = (region: Region, { instanceId, state }: SimulatedInstance): void => {
	region.events.emit("state-change", { instanceId, state, atMs: region.clock.nowMs() });
};

const gmt = (atMs: number): string =>
	new Date(atMs).toISOString().replace("T", " ").replace(/\..*/, " GMT");
