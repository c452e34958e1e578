import { afterLoss } from "../../cells/after-loss.ts";
import type { CellIn } from "../../cells/model.ts";
import { type Why, withdrawn } from "../../cells/transitions.ts";
import { type SeenInstance, stateReasonText } from "../../instances/model.ts";
import { isWantOfCapacity } from "../lose-cell.ts";
import { refusalOf } from "../share-refusal.ts";
import type { JanitorPorts } from "./ports.ts";
import { seenBefore } from "./seen-before.ts";

/** What becomes of a cell whose instance isn't there touches these. */
type LosePorts = Pick<
	JanitorPorts,
	"cells" | "fleet" | "sightings" | "config" | "now" | "log" | "metrics"
>;

/**
 * Writes a loss on the record of a cell whose instance has ended without anybody telling. Where EC2 says that
 * it has, at once; where EC2 doesn't know the instance, at the second sighting.
 *
 * @throws ProvisionerError `conflict` when somebody else has written the record since.
 */
export async function loseIfGone(
	cell: CellIn<"Booting" | "Ready">,
	ports: LosePorts,
	signal: AbortSignal,
): Promise<void> {
	const { podUid, attempt, phase, instance } = cell;
	const { instanceId } = instance;
	const found = await ports.fleet.find(instanceId, signal);
	if (found !== undefined && livingStates.has(found.state)) return;
	if (found === undefined && !(await seenBefore(`gone#${instanceId}`, ports, signal))) {
		ports.log.warn("cell's instance not found", { podUid, attempt, instanceId, phase });
		return;
	}
	const reason = found?.stateReason;
	if (cell.phase === "Booting" && reason !== undefined && isWantOfCapacity(reason)) {
		// EC2's late "no" to a launch: no loss.
		const refusal = refusalOf(cell.plan, { ...reason, reason: "no-capacity" }, ports.now());
		await ports.cells.save(withdrawn(cell, refusal), signal);
		return;
	}
	const why = whyGone(instanceId, found);
	const next = await ports.cells.save(
		afterLoss(cell, why, ports.config.cells, ports.now()),
		signal,
	);
	const Reason = why.reason;
	ports.metrics.add("CellsLost", 1, { Reason });
	if (next.phase === "Failed") ports.metrics.add("CellsFailed", 1, { Reason });
	ports.log.error("cell's instance was gone, and nobody had told", {
		podUid,
		attempt,
		instanceId,
		from: phase,
		to: next.phase,
		...why,
	});
}

/** Not `stopped`: a cell that was stopped is never started again. */
const livingStates: ReadonlySet<string> = new Set(["pending", "running", "stopping"]);

const whyGone = (instanceId: string, found: SeenInstance | undefined): Why => {
	if (found === undefined)
		return { reason: "InstanceGone", message: `EC2 doesn't know instance ${instanceId} any more` };
	const { state, stateReason } = found;
	const said = stateReason === undefined ? "" : `; ${stateReasonText(stateReason)}`;
	return { reason: "InstanceGone", message: `instance ${instanceId} is ${state}${said}` };
};
