import * as z from "zod";
import { dryRun, Ec2Fault, missingParameter } from "../fault.ts";
import { common, flag, type Parameters, read } from "../query.ts";
import { type Region, visibleInstances } from "../region.ts";
import type { Xml } from "../xml.ts";
import { findInstances } from "./describe-instances.ts";

const Input = z.strictObject({
	...common,
	InstanceId: z.string(),
	Latest: flag.default(false),
});

/**
 * What the machine has written, in base64; nothing at all before its first word. Who doesn't ask for the
 * latest gets it here just the same: EC2 would show what it kept at the last change of state.
 *
 * @see https://docs.aws.amazon.com/AWSEC2/latest/APIReference/API_GetConsoleOutput.html
 */
export function getConsoleOutput(region: Region, parameters: Parameters): Xml {
	const input = read(Input, parameters);
	const [instance] = findInstances(visibleInstances(region), [input.InstanceId]);
	if (instance === undefined) throw missingParameter("InstanceId");
	if (input.DryRun) throw dryRun();
	if (input.Latest && region.types.get(instance.instanceType)?.hypervisor === "xen") {
		throw new Ec2Fault(
			"UnsupportedOperation",
			"This instance type does not support retrieving the latest console logs.",
		);
	}
	return {
		instanceId: instance.instanceId,
		timestamp: new Date(region.clock.nowMs()).toISOString(),
		output: instance.console === "" ? undefined : Buffer.from(instance.console).toString("base64"),
	};
}
