import type { CellIndex, CellStore, UnsettledRows } from "../../cells/model.ts";
import type { SeenInstance } from "../../instances/model.ts";
import { oneByOne } from "./one-by-one.ts";
import { owns } from "./ownership.ts";
import type { JanitorPorts } from "./ports.ts";
import { seenBefore } from "./seen-before.ts";

type OrphanPorts = Pick<
	JanitorPorts,
	| "cells"
	| "index"
	| "instances"
	| "cellParameters"
	| "sightings"
	| "config"
	| "now"
	| "log"
	| "metrics"
>;

/** Launch may not have heard of a younger one. By EC2's clock and ours: it only saves reads. */
const youngSeconds = 120;

/**
 * Ends machines that no record owns, at their second sighting, so many in a run as the operator allows.
 *
 * @returns how many of them could not be handled.
 */
export async function endOrphans(
	machines: readonly SeenInstance[],
	records: UnsettledRows,
	ports: OrphanPorts,
	signal: AbortSignal,
): Promise<number> {
	const suspects = strangersAmong(machines, records, ports.now());
	const count = { orphans: 0, ended: 0, left: 0 };
	let begun = 0;
	const failures = await oneByOne(
		suspects,
		fieldsOf,
		async (machine) => {
			if (await isOwned(machine, ports, signal)) return;
			count.orphans += 1;
			if (!(await seenBefore(machine.instanceId, ports, signal))) {
				ports.log.warn("machine seen that no record owns", fieldsOf(machine));
				return;
			}
			if (begun >= ports.config.janitor.maxEnded) {
				count.left += 1;
				return;
			}
			// Right before its end, once more: whatever was read above may be old by now.
			if (await isOwned(machine, ports, signal)) return;
			begun += 1;
			await end(machine, ports, signal);
			count.ended += 1;
		},
		ports.log,
		signal,
	);
	ports.metrics.add("Orphans", count.orphans, {});
	ports.metrics.add("OrphansEnded", count.ended, {});
	ports.metrics.add("OrphansLeft", count.left, {});
	if (count.left > 0) ports.log.error("more orphans than may be ended in one run", count);
	return failures;
}

/** Machines, not quite new, that the index calls nobody's. Where it is late and calls one somebody's, the next run sees. */
export const strangersAmong = (
	machines: readonly SeenInstance[],
	{ rows, unreadable }: UnsettledRows,
	now: Date,
): readonly SeenInstance[] => {
	const somebodys = new Set([...rows, ...unreadable].map(({ instanceId }) => instanceId));
	const latest = now.getTime() - youngSeconds * 1000;
	return machines.filter(
		({ instanceId, launchedAt }) => launchedAt.getTime() <= latest && !somebodys.has(instanceId),
	);
};

/**
 * By the record of the pod that its tags name, else by the one that holds it. A machine without a tag that is
 * launching right now is taken for an orphan in time; launch then finds its token spent, and plans again.
 */
export async function isOwned(
	machine: SeenInstance,
	{ cells, index }: Readonly<{ cells: Pick<CellStore, "get">; index: CellIndex }>,
	signal: AbortSignal,
): Promise<boolean> {
	const { podUid, instanceId } = machine;
	const named = podUid === undefined ? undefined : await cells.get(podUid, signal);
	if (named !== undefined && owns(named, machine)) return true;
	const holder = await index.byInstance(instanceId, signal);
	return holder !== undefined && owns(holder, machine);
}

async function end(machine: SeenInstance, ports: OrphanPorts, signal: AbortSignal): Promise<void> {
	const { instanceId } = machine;
	await ports.instances.terminate(instanceId, signal);
	ports.log.error("machine ended that no record owns", fieldsOf(machine));
	// If it should live all the same, it is seen anew.
	await ports.sightings.forget(instanceId, signal);
	if (ports.config.cells.useCloudParameterStore)
		await ports.cellParameters.remove(instanceId, signal);
}

const fieldsOf = ({ instanceId, instanceType, podUid, state, launchedAt }: SeenInstance) => ({
	instanceId,
	instanceType,
	podUid,
	state,
	launchedAt,
});
