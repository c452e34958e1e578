import type { BootPorts } from "./boot-ports.ts";
import type { PlanPartyPorts } from "./plan-party.ts";

/** Everything that giving a pod its cell touches. */
export type LaunchPorts = PlanPartyPorts & BootPorts;
