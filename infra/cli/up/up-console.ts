import { type StackConsoleOptions, startStackConsole } from "../../console/stack-console.ts";
import { type SwitchableEc2, switchboard } from "../../console/switchboard.ts";
import type { SimulatedEc2 } from "../../local/ec2/server.ts";
import type { UpOptions, upSettingsFrom } from "./up-options.ts";

type UpSettings = ReturnType<typeof upSettingsFrom>;

/** The console's address and end; the stack is of use without one. */
export async function upConsole({ console: isWanted }: UpOptions, options: StackConsoleOptions) {
	if (!isWanted) return undefined;
	try {
		return await startStackConsole(options);
	} catch (error) {
		const why = error instanceof Error ? error.message : String(error);
		console.log(`warning: no console (${why}); --console-port 0 takes a port that is free`);
		return undefined;
	}
}

/** The switchboard with what the flags say: capacity is taken away before the first pod is sent. */
export function upSwitches(
	ec2: SimulatedEc2,
	{ switches: started, capacity }: UpSettings,
	neverBoots: UpOptions["neverBoots"],
): SwitchableEc2 {
	const switches = switchboard(ec2, started, Date.now);
	for (const pattern of capacity.withoutCapacity)
		switches.takeCapacity(pattern, capacity.capacityReturnsAfterMs);
	for (const pods of neverBoots) switches.say(`as started: cells of such pods never boot: ${pods}`);
	return switches;
}
