import type { Cell, CellStore } from "../cells/model.ts";
import { ended, terminated } from "../cells/transitions.ts";
import { ProvisionerError } from "../errors.ts";
import { type StatusBus, statusOf } from "../status/model.ts";
import { type EndInstancePorts, endInstance } from "./end-instance.ts";

/** What follows from a record's change touches these. */
export type ReconcilePorts = EndInstancePorts &
	Readonly<{
		cells: CellStore;
		bus: StatusBus;
		now: () => Date;
	}>;

/**
 * Does what follows from one change of a record: announces it, and ends the instance of a cell that failed or
 * whose pod is gone.
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
	const over = await withoutInstance(cell, ports, signal);
	if (over === undefined) return;
	try {
		await ports.cells.save(over, signal);
	} catch (error) {
		// Somebody wrote a newer version: it is in the stream behind this one, and is looked at then.
		if (!(error instanceof ProvisionerError) || error.kind !== "conflict") throw error;
	}
}

/** @returns the record to save; undefined where nothing has changed. */
async function withoutInstance(
	cell: Cell,
	ports: ReconcilePorts,
	signal: AbortSignal,
): Promise<Cell | undefined> {
	if (cell.phase === "Terminating")
		return terminated(cell, await endInstance(cell, ports, signal), ports.now());
	if (cell.phase !== "Failed" || cell.stages.endedAt !== undefined) return undefined;
	const instance = await endInstance(cell, ports, signal);
	return instance && ended(cell, instance, undefined, ports.now());
}
