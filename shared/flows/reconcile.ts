import type { CellParameters } from "../bootstrap/model.ts";
import type { Cell, CellIn, CellStore } from "../cells/model.ts";
import { ended } from "../cells/transitions.ts";
import { ProvisionerError } from "../errors.ts";
import type { Instances } from "../instances/model.ts";
import { type StatusBus, statusOf } from "../status/model.ts";
import type { Log } from "../telemetry/log.ts";
import type { Metrics } from "../telemetry/metrics.ts";

/** What follows from a record's change touches these. */
export type ReconcilePorts = Readonly<{
	cells: CellStore;
	instances: Instances;
	cellParameters: Pick<CellParameters, "remove">;
	bus: StatusBus;
	now: () => Date;
	log: Log;
	metrics: Metrics;
}>;

/**
 * Does what follows from one change of a record: announces it, and ends the instance of a cell that failed.
 *
 * The stream brings every change at least once and in order; done twice, everything here does no harm.
 */
export async function reconcile(
	cell: Cell,
	ports: ReconcilePorts,
	signal: AbortSignal,
): Promise<void> {
	await ports.bus.announce([statusOf(cell)], signal);
	ports.metrics.add("StatusesAnnounced", 1, {});
	if (cell.phase === "Failed" && cell.plan !== undefined && cell.stages.endedAt === undefined)
		await end(cell, cell.plan.clientToken, ports, signal);
}

/**
 * @param clientToken finds the instance where the record has none: launch may have died, or may still be
 *   waiting, between EC2's yes and the record. One that appears later is ended by launch itself, which
 *   finds the record failed, or else by the janitor.
 */
async function end(
	cell: CellIn<"Failed">,
	clientToken: string,
	ports: ReconcilePorts,
	signal: AbortSignal,
): Promise<void> {
	const instance = cell.instance ?? (await ports.instances.byToken(clientToken, signal));
	if (instance === undefined) return;
	await ports.instances.terminate(instance.instanceId, signal);
	// By what the cell was made with: the configuration may have changed since.
	if (cell.plan?.cellFilesIn === "parameter-store")
		await ports.cellParameters.remove(instance.instanceId, signal);
	ports.metrics.add("InstancesEnded", 1, {});
	ports.log.info("instance of a failed cell ended", {
		podUid: cell.podUid,
		instanceId: instance.instanceId,
		reason: cell.reason,
	});
	try {
		await ports.cells.save(ended(cell, instance.instanceId, ports.now()), signal);
	} catch (error) {
		// Somebody wrote a newer version: it is in the stream behind this one, and is looked at then.
		if (!(error instanceof ProvisionerError) || error.kind !== "conflict") throw error;
	}
}
