import { afterLoss, type LossRules } from "../cells/after-loss.ts";
import type { CellIn, CellStore } from "../cells/model.ts";
import { withdrawn } from "../cells/transitions.ts";
import type { SeenInstance } from "../instances/model.ts";
import { refusalReason } from "../instances/refusals.ts";
import { whyLost } from "../interruptions/why-lost.ts";
import type { Metrics } from "../telemetry/metrics.ts";
import { refusalOf, type ShareRefusalPorts, shareRefusal, where } from "./share-refusal.ts";

/** What writing down the loss of a cell touches. */
export type LoseCellPorts = ShareRefusalPorts &
	Readonly<{
		cells: Pick<CellStore, "save">;
		rules: LossRules;
		now: () => Date;
		metrics: Metrics;
	}>;

type Running = CellIn<"Booting" | "Ready">;

/**
 * The cell's instance is stopping or ending, or has: its pod waits for the next one, or has failed.
 *
 * @param state EC2's word for where the instance stands.
 * @throws ProvisionerError `conflict` when the record has changed meanwhile.
 */
export async function loseCell(
	cell: Running,
	{ state, stateReason }: Pick<SeenInstance, "state" | "stateReason">,
	ports: LoseCellPorts,
	signal: AbortSignal,
): Promise<void> {
	if (cell.phase === "Booting" && stateReason !== undefined && isWantOfCapacity(stateReason))
		return await withdraw(cell, stateReason, ports, signal);
	const why = whyLost({ state, stateReason, notice: cell.notice });
	const next = await ports.cells.save(afterLoss(cell, why, ports.rules, ports.now()), signal);
	const { reason } = why;
	ports.metrics.add("CellsLost", 1, { Reason: reason });
	if (next.phase === "Failed") ports.metrics.add("CellsFailed", 1, { Reason: reason });
	ports.log.warn("cell lost", { ...whose(cell), from: cell.phase, to: next.phase, reason });
}

/** Whether an instance ended because EC2 had no room for it after all. */
export const isWantOfCapacity = ({
	code,
	message,
}: NonNullable<SeenInstance["stateReason"]>): boolean =>
	refusalReason({ code, message, httpStatus: undefined }) === "no-capacity";

/** EC2's late "no" to a launch that it had accepted: what a refusal does, it does. */
async function withdraw(
	cell: CellIn<"Booting">,
	{ code, message }: NonNullable<SeenInstance["stateReason"]>,
	ports: LoseCellPorts,
	signal: AbortSignal,
): Promise<void> {
	const reason = "no-capacity";
	const refusal = refusalOf(cell.plan, { reason, code, message }, ports.now());
	const until = await shareRefusal(refusal, cell.podUid, ports, signal);
	await ports.cells.save(withdrawn(cell, refusal), signal);
	ports.metrics.add("LaunchesRefused", 1, { Reason: reason });
	ports.log.info("launch refused after it was accepted", {
		...whose(cell),
		...where(cell.plan),
		reason,
		code,
		...(until === undefined ? {} : { until }),
	});
}

/** A running cell, as log lines name it. */
export const whose = ({ podUid, cellName, attempt, instance: { instanceId } }: Running) => ({
	podUid,
	cellName,
	attempt,
	instanceId,
});
