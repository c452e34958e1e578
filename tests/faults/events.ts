import { rebalance, spotWarning, stateChange } from "../support/ec2-events.ts";
import type { Machine, MachineState } from "./ec2.ts";

/** As EventBridge tells what has become, or will become, of a machine. */
export const eventOf = (
	{ instance: { instanceId } }: Machine,
	what: MachineState | "interruption warning" | "rebalance",
	at: Date,
): unknown => {
	if (what === "interruption warning") return spotWarning(instanceId, at);
	return what === "rebalance" ? rebalance(instanceId, at) : stateChange(instanceId, what, at);
};
