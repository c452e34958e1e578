import type { Cell } from "../../shared/cells/model.ts";
import type { ReceivePorts } from "../../shared/flows/receive.ts";
import { type ReconcilePorts, reconcile } from "../../shared/flows/reconcile.ts";
import type { StatusEvent } from "../../shared/status/model.ts";
import { launchPorts } from "./launch-ports.ts";
import { memoryFleet } from "./memory-fleet.ts";
import { memoryLimits } from "./memory-limits.ts";

/** Everything that launch and reconcile touch, in memory, with limits that nobody reaches. */
export function lifePorts(over: Partial<ReceivePorts> = {}) {
	const made = launchPorts(over);
	const announced: StatusEvent[] = [];
	const woken: string[] = [];
	const ports = {
		...made.ports,
		fleet: memoryFleet(made.instances, made.ports.controllerId),
		limits: memoryLimits({ cells: 1_000, hourlyUsd: undefined }, made.ports.now),
		bus: { announce: async (events: readonly StatusEvent[]) => void announced.push(...events) },
		wakeUps: { wake: async (podUid: string) => void woken.push(podUid) },
	} satisfies ReceivePorts & ReconcilePorts;
	return { ...made, ports, announced: announced as readonly StatusEvent[], woken };
}

/** As the stream does: every change, in order, also those that come of it, until there are no more. */
export async function reconcileAll(history: readonly Cell[], ports: ReconcilePorts): Promise<void> {
	const { signal } = new AbortController();
	for (let seen = 0; seen < history.length; seen++) {
		const cell = history[seen];
		if (cell !== undefined) await reconcile(cell, ports, signal);
	}
}

/** A pod loses its instance so often as nobody forbids. */
export const generousRules = {
	bootAttempts: 10,
	replaceLost: true,
	lossesPerHour: 10,
	capacityTimeoutSeconds: 900,
};
