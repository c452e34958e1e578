import { describeAvailabilityZones } from "./actions/describe-availability-zones.ts";
import { describeImages } from "./actions/describe-images.ts";
import { describeInstanceTypeOfferings } from "./actions/describe-instance-type-offerings.ts";
import { describeInstanceTypes } from "./actions/describe-instance-types.ts";
import { describeInstances } from "./actions/describe-instances.ts";
import { describeSpotPriceHistory } from "./actions/describe-spot-price-history.ts";
import { describeSubnets } from "./actions/describe-subnets.ts";
import { getConsoleOutput } from "./actions/get-console-output.ts";
import { runInstances } from "./actions/run-instances.ts";
import { stopInstances } from "./actions/stop-instances.ts";
import { terminateInstances } from "./actions/terminate-instances.ts";
import type { Parameters } from "./query.ts";
import type { Region } from "./region.ts";
import { type Allowance, allowances } from "./throttle.ts";
import type { Xml } from "./xml.ts";

type Action = Readonly<{
	/** @throws Ec2Fault when EC2 would refuse. */
	answer(region: Region, parameters: Parameters): Xml | Promise<Xml>;
	/** Name and size of the buckets that the call drains. */
	bucket(parameters: Parameters): readonly [name: string, Allowance];
	/** Tokens that the call takes from the resource bucket. */
	resources(parameters: Parameters): number;
}>;

/** Every action that the simulator knows. */
export const actions: ReadonlyMap<string, Action> = new Map<string, Action>([
	["DescribeAvailabilityZones", read("DescribeAvailabilityZones", describeAvailabilityZones)],
	["DescribeImages", read("DescribeImages", describeImages)],
	[
		"DescribeInstanceTypeOfferings",
		read("DescribeInstanceTypeOfferings", describeInstanceTypeOfferings),
	],
	["DescribeInstanceTypes", read("DescribeInstanceTypes", describeInstanceTypes)],
	[
		"DescribeInstances",
		{ ...read("DescribeInstances", describeInstances), bucket: instancesBucket },
	],
	["DescribeSpotPriceHistory", read("DescribeSpotPriceHistory", describeSpotPriceHistory)],
	["DescribeSubnets", read("DescribeSubnets", describeSubnets)],
	["GetConsoleOutput", read("GetConsoleOutput", getConsoleOutput)],
	[
		"RunInstances",
		{
			answer: runInstances,
			bucket: () => ["RunInstances", allowances.RunInstances],
			// Nonsense is refused later, and costs what one instance costs.
			resources: (parameters) => Math.max(1, Number(parameters.get("MaxCount")) || 1),
		},
	],
	[
		"StopInstances",
		{
			answer: stopInstances,
			bucket: () => ["StopInstances", allowances.StopInstances],
			resources: (parameters) => namesUnder(parameters, "InstanceId."),
		},
	],
	[
		"TerminateInstances",
		{
			answer: terminateInstances,
			bucket: () => ["TerminateInstances", allowances.TerminateInstances],
			resources: (parameters) => namesUnder(parameters, "InstanceId."),
		},
	],
]);

function read(name: string, answer: Action["answer"]): Action {
	return { answer, bucket: () => [name, allowances.filteredRead], resources: () => 0 };
}

/** A DescribeInstances that asks for everything at once has a smaller bucket of its own. */
function instancesBucket(parameters: Parameters): readonly [string, Allowance] {
	const narrowed =
		parameters.has("MaxResults") ||
		parameters.has("NextToken") ||
		namesUnder(parameters, "Filter.") + namesUnder(parameters, "InstanceId.") > 0;
	return narrowed
		? ["DescribeInstances", allowances.filteredRead]
		: ["DescribeInstances unfiltered", allowances.unfilteredRead];
}

const namesUnder = (parameters: Parameters, prefix: string): number =>
	[...parameters.keys()].filter((name) => name.startsWith(prefix)).length;
