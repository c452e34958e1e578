import type { CellParameter } from "../bootstrap/model.ts";
import type { Cell, CellIn } from "../cells/model.ts";
import { booting } from "../cells/transitions.ts";
import { isConflict } from "../errors.ts";
import type { Instance } from "../instances/model.ts";
import type { BootPorts } from "./boot-ports.ts";
import { notShown } from "./end-instance.ts";
import { cellParametersOf, parameterTags } from "./launch-request.ts";
import { where } from "./share-refusal.ts";

/**
 * The instance becomes the record's. If the record has moved on without it (failed, released, another attempt),
 * nobody will ever: it is ended.
 *
 * @param parameters written before the record says `Booting`: whoever finds it launching writes them again,
 *   the same ones, and no cell is waited for that has none.
 * @returns the record that stands: with this instance, or without it.
 */
export async function own(
	cell: CellIn<"Launching">,
	instance: Instance,
	parameters: readonly CellParameter[],
	ports: BootPorts,
	signal: AbortSignal,
): Promise<Cell> {
	const { instanceId } = instance;
	if (parameters.length > 0)
		await ports.cellParameters.write(instanceId, parameters, parameterTags(cell, ports), signal);
	try {
		const saved = await ports.cells.save(booting(cell, instance, ports.now()), signal);
		const { offering } = cell.plan;
		ports.metrics.add("LaunchesAccepted", 1, { CapacityType: offering.capacityType });
		ports.metrics.add("HourlyUsd", offering.hourlyUsd, {});
		ports.log.info("cell launched", {
			podUid: cell.podUid,
			cellName: cell.cellName,
			attempt: cell.attempt,
			instanceId,
			...where(cell.plan),
		});
		return saved;
	} catch (error) {
		if (!isConflict(error)) throw error;
		const standing = await disowned(cell, instance, parameters.length > 0, ports, signal);
		if (standing === undefined) throw error;
		return standing;
	}
}

/** After a lost race: unless the record that stands may own the instance, it is ended. */
async function disowned(
	{ podUid, plan }: CellIn<"Launching">,
	{ instanceId }: Instance,
	hasParameters: boolean,
	ports: BootPorts,
	signal: AbortSignal,
): Promise<Cell | undefined> {
	const standing = await ports.cells.get(podUid, signal);
	if (standing !== undefined && mayOwn(standing, plan.clientToken)) return standing;
	const done = await ports.instances.terminate(instanceId, signal);
	if (done === "unknown") throw notShown(podUid, instanceId);
	if (hasParameters) await ports.cellParameters.remove(instanceId, signal);
	ports.log.warn("instance ended that no record wants", {
		podUid,
		instanceId,
		phase: standing?.phase,
	});
	return standing;
}

/**
 * An instance of a group's call, at another pod's place: that pod's, where its record wants it, else nobody's,
 * and ended.
 */
export async function ownOrEnd(
	podUid: string,
	clientToken: string,
	instance: Instance,
	ports: BootPorts,
	signal: AbortSignal,
): Promise<void> {
	const { instanceId } = instance;
	const standing = await ports.cells.get(podUid, signal);
	if (standing !== undefined && holds(standing, instanceId)) return;
	if (standing?.phase === "Launching" && standing.plan.clientToken === clientToken) {
		const issuer = await ports.issuers.named(standing.plan, signal);
		const parameters = cellParametersOf(standing, { ...ports, issuer });
		await own(standing, instance, parameters, ports, signal);
		return;
	}
	const done = await ports.instances.terminate(instanceId, signal);
	ports.log.warn("instance of a group ended that no record wants", { podUid, instanceId, done });
}

const holds = (cell: Cell, instanceId: string): boolean =>
	("instance" in cell && cell.instance?.instanceId === instanceId) ||
	("leaving" in cell && cell.leaving?.instance.instanceId === instanceId);

/** Whether this record has, or is about to get, the instance that the token made. */
const mayOwn = (cell: Cell, clientToken: string): boolean =>
	(cell.phase === "Launching" || cell.phase === "Booting" || cell.phase === "Ready") &&
	cell.plan.clientToken === clientToken;

/**
 * Makes the instance that this plan has made the record's, where the answer was lost.
 *
 * @returns undefined where the plan has made none.
 */
export const adopt = async (
	cell: CellIn<"Launching">,
	ports: BootPorts,
	signal: AbortSignal,
): Promise<Cell | undefined> => {
	const instance = await ports.instances.byToken(
		cell.plan.clientToken,
		cell.plan.group?.index ?? 0,
		signal,
	);
	if (instance === undefined) return undefined;
	const issuer = await ports.issuers.named(cell.plan, signal);
	const parameters = cellParametersOf(cell, { ...ports, issuer });
	return await own(cell, instance, parameters, ports, signal);
};
