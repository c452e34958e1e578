import type { Cell, CellCost, LaunchPlan } from "./model.ts";

/** The instance that the record holds, or the one that it is leaving. */
export const heldInstanceId = (cell: Cell): string | undefined => {
	if (cell.phase === "Scheduled") return cell.leaving?.instance.instanceId;
	return cell.phase === "Launching" ? undefined : cell.instance?.instanceId;
};

/** What that instance costs. One that has been told to end is settled, and counts nowhere. */
export const heldCost = (cell: Cell): CellCost | undefined => {
	if (heldInstanceId(cell) === undefined) return undefined;
	const plan = cell.phase === "Scheduled" ? cell.leaving?.plan : cell.plan;
	return plan && costOf(plan);
};

const costOf = ({ offering, baselineHourlyUsd }: LaunchPlan): CellCost => ({
	capacityType: offering.capacityType,
	hourlyUsd: offering.hourlyUsd,
	baselineHourlyUsd: baselineHourlyUsd ?? offering.hourlyUsd,
});
