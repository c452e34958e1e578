import type { InstanceState, SimulatedInstance } from "./model.ts";
import type { Region } from "./region.ts";

/** Why an instance ends, in EC2's words. */
export type EndReason = Readonly<{ code: string; message: string; transition: string }>;

/** A new instance enters the world: known to EC2, its machine switched on. */
export function begin(region: Region, instance: SimulatedInstance, userData: Buffer): void {
	region.instances.set(instance.instanceId, instance);
	tell(region, instance);
	region.machines.switchOn(instance, userData);
	region.later(region.times.runningAfterMs, () => {
		if (instance.state === "pending") change(region, instance, "running");
	});
}

/** Starts the end of an instance; nothing happens to one that is ending already. */
export function end(region: Region, instance: SimulatedInstance, reason: EndReason): void {
	if (instance.state === "shutting-down" || instance.state === "terminated") return;
	instance.stateReason = { code: reason.code, message: reason.message };
	instance.transitionReason = `${reason.transition} (${gmt(region.clock.nowMs())})`;
	change(region, instance, "shutting-down");
	region.machines.switchOff(instance.instanceId);
	region.later(region.times.terminatedAfterMs, () => {
		instance.terminatedAtMs = region.clock.nowMs();
		region.pools.get(instance.zone.subnetId)?.give(instance.subnetAddresses);
		change(region, instance, "terminated");
	});
}

/** The reason of an instance that TerminateInstances ends. */
export const userInitiated: EndReason = {
	code: "Client.UserInitiatedShutdown",
	message: "Client.UserInitiatedShutdown: User initiated shutdown",
	transition: "User initiated",
};

function change(region: Region, instance: SimulatedInstance, state: InstanceState): void {
	instance.state = state;
	tell(region, instance);
}

const tell = (region: Region, { instanceId, state }: SimulatedInstance): void => {
	region.events.emit("state-change", { instanceId, state, atMs: region.clock.nowMs() });
};

const gmt = (atMs: number): string =>
	new Date(atMs).toISOString().replace("T", " ").replace(/\..*/, " GMT");
