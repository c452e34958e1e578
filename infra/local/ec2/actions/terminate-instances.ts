import * as z from "zod";
import { stateXml } from "../describe.ts";
import { dryRun, invalidValue, missingParameter } from "../fault.ts";
import { end, userInitiated } from "../lifecycle.ts";
import { common, flag, list, type Parameters, read } from "../query.ts";
import { type Region, visibleInstances } from "../region.ts";
import type { Xml } from "../xml.ts";
import { findInstances } from "./describe-instances.ts";

const Input = z.strictObject({
	...common,
	InstanceId: list(z.string()),
	SkipOsShutdown: flag.optional(),
});

/**
 * Idempotent; one bad id fails the call.
 *
 * @see https://docs.aws.amazon.com/AWSEC2/latest/APIReference/API_TerminateInstances.html
 */
export function terminateInstances(region: Region, parameters: Parameters): Xml {
	const input = read(Input, parameters);
	if (input.InstanceId.length === 0) throw missingParameter("InstanceId");
	if (input.InstanceId.length > 1000) {
		throw invalidValue("At most 1000 instances can be terminated in one request");
	}
	const instances = findInstances(visibleInstances(region), input.InstanceId);
	if (input.DryRun) throw dryRun();
	return {
		instancesSet: instances.map((instance) => {
			const previousState = stateXml(instance.state);
			end(region, instance, userInitiated);
			return {
				instanceId: instance.instanceId,
				currentState: stateXml(instance.state),
				previousState,
			};
		}),
	};
}
