import type { Cell, LaunchPlan } from "../../cells/model.ts";
import { isSettled } from "../../cells/transitions.ts";
import type { SeenInstance } from "../../instances/model.ts";

/** What ties a machine to a record. */
type Ties = Pick<SeenInstance, "instanceId" | "clientToken" | "launchIndex">;

/**
 * Whether somebody else will use this machine, or end it, because of this record.
 *
 * A machine that a record doesn't own now, it never will: a plan is saved before EC2 is asked for it, and there
 * is no way back to an earlier one. So the answer depends on no clock.
 */
export function owns(cell: Cell, machine: Ties): boolean {
	// Told to end, and lives: EC2 didn't know it yet, or the record was settled too soon.
	if (isSettled(cell)) return false;
	if (cell.phase === "Scheduled") return cell.leaving?.instance.instanceId === machine.instanceId;
	if (cell.phase === "Launching") return hasMade(cell.plan, machine);
	if (cell.instance !== undefined) return cell.instance.instanceId === machine.instanceId;
	return cell.plan !== undefined && hasMade(cell.plan, machine);
}

const hasMade = ({ clientToken, group }: LaunchPlan, machine: Ties): boolean =>
	clientToken === machine.clientToken && (group?.index ?? 0) === machine.launchIndex;
