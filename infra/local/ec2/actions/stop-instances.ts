import * as z from "zod";
import { stateXml } from "../describe.ts";
import { dryRun, Ec2Fault, missingParameter } from "../fault.ts";
import { stop, userInitiated } from "../lifecycle.ts";
import type { SimulatedInstance } from "../model.ts";
import { common, flag, list, type Parameters, read } from "../query.ts";
import { type Region, visibleInstances } from "../region.ts";
import type { Xml } from "../xml.ts";
import { findInstances } from "./describe-instances.ts";

const Input = z.strictObject({
	...common,
	InstanceId: list(z.string()),
	Force: flag.optional(),
	SkipOsShutdown: flag.optional(),
});

/**
 * Idempotent; one instance that can't be stopped fails the call. Nobody of ours calls it: this is how an
 * operator meddles.
 *
 * @see https://docs.aws.amazon.com/AWSEC2/latest/APIReference/API_StopInstances.html
 */
export function stopInstances(region: Region, parameters: Parameters): Xml {
	const input = read(Input, parameters);
	if (input.InstanceId.length === 0) throw missingParameter("InstanceId");
	const instances = findInstances(visibleInstances(region), input.InstanceId);
	for (const instance of instances) checkStoppable(instance);
	if (input.DryRun) throw dryRun();
	return {
		instancesSet: instances.map((instance) => {
			const previousState = stateXml(instance.state);
			stop(region, instance, userInitiated);
			return {
				instanceId: instance.instanceId,
				currentState: stateXml(instance.state),
				previousState,
			};
		}),
	};
}

const stoppable: ReadonlySet<string> = new Set(["running", "stopping", "stopped"]);

function checkStoppable({ instanceId, state, isOneTimeSpot }: SimulatedInstance): void {
	if (isOneTimeSpot) {
		throw new Ec2Fault(
			"UnsupportedOperation",
			`You can't stop the Spot Instance '${instanceId}' because it is associated with a one-time Spot Instance request. You can only stop Spot Instances associated with persistent Spot Instance requests.`,
		);
	}
	if (!stoppable.has(state)) {
		throw new Ec2Fault(
			"IncorrectInstanceState",
			`The instance '${instanceId}' is not in a state from which it can be stopped.`,
		);
	}
}
