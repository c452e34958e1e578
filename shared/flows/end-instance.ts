import type { CellParameters } from "../bootstrap/model.ts";
import type { Cell, CellIn } from "../cells/model.ts";
import type { Instance, Instances } from "../instances/model.ts";
import type { Log } from "../telemetry/log.ts";
import type { Metrics } from "../telemetry/metrics.ts";

/** What ending a cell's instance touches. */
export type EndInstancePorts = Readonly<{
	instances: Pick<Instances, "byToken" | "terminate">;
	cellParameters: Pick<CellParameters, "remove">;
	log: Log;
	metrics: Metrics;
}>;

/** A cell that is over, or about to be. */
type EndedCell = CellIn<"Failed" | "Terminating" | "Terminated">;

/**
 * Ends the instance of a cell that is over, with the parameters that were written for it. Done twice, it does
 * no harm.
 *
 * A record may have none although its plan has made one: launch died, or still waits, between EC2's yes and
 * the record; then the client token finds it. EC2 may not show it yet. Launch itself ends what it gets for a
 * record that is over, and its message looks once more (`endStray`). Only the janitor finds an instance
 * that appears after that look, or whose message never came back, and parameters that a worker wrote before
 * it died.
 *
 * @returns undefined where EC2 shows none.
 */
export async function endInstance(
	cell: EndedCell,
	ports: EndInstancePorts,
	signal: AbortSignal,
): Promise<Instance | undefined> {
	const { plan, podUid, phase, reason } = cell;
	if (plan === undefined) return undefined;
	const instance =
		cell.instance ??
		(await ports.instances.byToken(plan.clientToken, plan.group?.index ?? 0, signal));
	if (instance === undefined) return undefined;
	const { instanceId } = instance;
	await ports.instances.terminate(instanceId, signal);
	// By what the cell was made with: the configuration may have changed since.
	if (plan.cellFilesIn === "parameter-store") await ports.cellParameters.remove(instanceId, signal);
	ports.metrics.add("InstancesEnded", 1, {});
	ports.log.info("instance ended of a cell that is over", { podUid, instanceId, phase, reason });
	return instance;
}

/** Once more, for a record that has none although its plan may have made one. */
export async function endStray(
	cell: Cell,
	ports: EndInstancePorts,
	signal: AbortSignal,
): Promise<void> {
	if (isEnded(cell) && mayHaveStray(cell)) await endInstance(cell, ports, signal);
}

/** Whether the plan of a cell that is over may have made an instance that nobody has ended. */
export const mayHaveStray = (cell: Cell): boolean =>
	isEnded(cell) &&
	cell.plan !== undefined &&
	cell.instance === undefined &&
	!(cell.phase === "Failed" && cell.stages.endedAt !== undefined);

const isEnded = (cell: Cell): cell is EndedCell =>
	cell.phase === "Failed" || cell.phase === "Terminating" || cell.phase === "Terminated";
