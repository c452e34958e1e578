import type { PodRow } from "../api.ts";

/** Why something can't be done to a pod now; undefined: it can. */
export type PossibleActions = Readonly<Record<"interrupt" | "end" | "delete", string | undefined>>;

export function possibleActions({ phase, instanceId, offering }: PodRow): PossibleActions {
	const isOver = phase === "Terminating" || phase === "Terminated" || phase === "Failed";
	const runs = (phase === "Booting" || phase === "Ready") && instanceId !== undefined;
	const noCell = runs ? undefined : isOver ? "its cell is over" : "it has no cell yet";
	const onDemand =
		offering?.capacityType === "spot"
			? undefined
			: "its cell is on demand: EC2 takes only spot back";
	return {
		interrupt: noCell ?? onDemand,
		end: noCell,
		delete:
			phase === "Terminating" || phase === "Terminated" ? "it has been deleted already" : undefined,
	};
}
