import type { CellParameters } from "../bootstrap/model.ts";
import type { Cell, CellIn, LaunchPlan } from "../cells/model.ts";
import { isSettled, left } from "../cells/transitions.ts";
import { ProvisionerError } from "../errors.ts";
import type { Instance, Instances } from "../instances/model.ts";
import type { Log } from "../telemetry/log.ts";
import type { Metrics } from "../telemetry/metrics.ts";

/** What ending a cell's instance touches. */
export type EndInstancePorts = Readonly<{
	instances: Pick<Instances, "byToken" | "terminate">;
	cellParameters: Pick<CellParameters, "remove">;
	now: () => Date;
	log: Log;
	metrics: Metrics;
}>;

/** So long after its launch EC2 may not know an instance yet, by clocks that may be minutes apart. */
const unknownForMs = 8 * 60_000;

/** A cell that is over, or about to be. */
type EndedCell = CellIn<"Failed" | "Terminating" | "Terminated">;

/**
 * What there is of an instance of a cell that is over.
 *
 * A record may have none although its plan has made one: launch died, or still waits, between EC2's yes and
 * the record; then the client token finds it. EC2 may not show it yet. Launch itself ends what it gets for a
 * record that is over, and its message looks once more (`endStray`). Only the janitor finds an instance
 * that appears after that look, or whose message never came back, and parameters that a worker wrote before
 * it died.
 *
 * @returns undefined where EC2 shows none.
 */
export async function instanceLeft(
	{ plan, instance }: EndedCell,
	{ instances }: Pick<EndInstancePorts, "instances">,
	signal: AbortSignal,
): Promise<Instance | undefined> {
	if (instance !== undefined || plan === undefined) return instance;
	return await instances.byToken(plan.clientToken, plan.group?.index ?? 0, signal);
}

/**
 * Ends a cell's instance, with the parameters that were written for it. Done twice, it does no harm.
 *
 * @param plan what it was made with: the configuration may have changed since.
 * @throws ProvisionerError `unavailable` `InstanceNotShown` for a new instance that EC2 doesn't know yet: it lives.
 */
export async function endInstance(
	{ podUid, phase }: Cell,
	plan: LaunchPlan,
	{ instanceId, launchedAt }: Instance,
	{ instances, cellParameters, now, log, metrics }: EndInstancePorts,
	signal: AbortSignal,
): Promise<void> {
	const done = await instances.terminate(instanceId, signal);
	const ageMs = now().getTime() - new Date(launchedAt).getTime();
	if (done === "unknown" && ageMs < unknownForMs) throw notShown(podUid, instanceId);
	if (plan.cellFilesIn === "parameter-store") await cellParameters.remove(instanceId, signal);
	metrics.add("InstancesEnded", 1, {});
	log.info("instance ended", { podUid, instanceId, phase });
}

export const notShown = (podUid: string, instanceId: string) =>
	new ProvisionerError(
		"unavailable",
		"InstanceNotShown",
		`EC2 doesn't know the new instance ${instanceId} of pod ${podUid} yet, and can't end it`,
		{ retryAfterSeconds: 20 },
	);

/**
 * Ends the instance that a pod has lost, so that the next one may be asked for.
 *
 * @returns the record without it, to be saved.
 */
export async function leaveInstance(
	cell: CellIn<"Scheduled">,
	ports: EndInstancePorts,
	signal: AbortSignal,
): Promise<CellIn<"Scheduled">> {
	const { leaving } = cell;
	if (leaving === undefined) return cell;
	await endInstance(cell, leaving.plan, leaving.instance, ports, signal);
	return left(cell, undefined);
}

/** Once more, for a record that has none although its plan may have made one. */
export async function endStray(
	cell: Cell,
	ports: EndInstancePorts,
	signal: AbortSignal,
): Promise<void> {
	if (!isEnded(cell) || cell.plan === undefined || !mayHaveStray(cell)) return;
	const instance = await instanceLeft(cell, ports, signal);
	if (instance !== undefined) await endInstance(cell, cell.plan, instance, ports, signal);
}

/** Whether the plan of a cell that is over may have made an instance that nobody has ended. */
export const mayHaveStray = (cell: Cell): boolean =>
	isEnded(cell) && cell.plan !== undefined && cell.instance === undefined && !isSettled(cell);

const isEnded = (cell: Cell): cell is EndedCell =>
	cell.phase === "Failed" || cell.phase === "Terminating" || cell.phase === "Terminated";
