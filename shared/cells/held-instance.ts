import type { Cell } from "./model.ts";

/** The instance that the record holds, or the one that it is leaving. */
export const heldInstanceId = (cell: Cell): string | undefined => {
	if (cell.phase === "Scheduled") return cell.leaving?.instance.instanceId;
	return cell.phase === "Launching" ? undefined : cell.instance?.instanceId;
};
