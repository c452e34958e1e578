import type { metricTable } from "../../shared/telemetry/metrics.ts";
import type { DeadLetterName, QueueName, TableName } from "../aws/names.ts";
import { deployedTimeouts, type FunctionName } from "../local/functions.ts";
import type { Each, MetricName, Single, Statistic } from "./definition.ts";

type DimensionsOf<Name extends MetricName> = (typeof metricTable)[Name]["dimensions"][number];

/** A metric of ours, with a value for each of its dimensions. */
export const ours = <Name extends MetricName>(
	metric: Name,
	statistic: Statistic,
	label: string,
	dimensions: Readonly<Record<DimensionsOf<Name>, string>>,
): Single => ({ of: "ours", metric, statistic, label, dimensions });

/** A metric of ours with one dimension: a line for each of its values. */
export const each = <Name extends MetricName>(
	metric: Name,
	by: DimensionsOf<Name>,
	statistic: Statistic,
): Each => ({ of: "each", metric, by, statistic });

export const queue = (
	name: QueueName | DeadLetterName,
	metric:
		| `ApproximateNumberOfMessages${"Visible" | "NotVisible"}`
		| "ApproximateAgeOfOldestMessage",
	label: string,
): Single => ({
	of: "aws",
	metric,
	statistic: "Maximum",
	label,
	resource: { what: "queue", name },
});

export const lambda = (
	name: FunctionName,
	metric:
		| "Errors"
		| "Throttles"
		| "Duration"
		| "ConcurrentExecutions"
		| "IteratorAge"
		| "Invocations",
	statistic: Statistic,
): Single => ({
	of: "aws",
	metric,
	statistic,
	label: name,
	resource: { what: "function", name },
});

export const table = (
	name: TableName,
	metric: "ReadThrottleEvents" | "WriteThrottleEvents",
	label: string,
): Single => ({
	of: "aws",
	metric,
	statistic: "Sum",
	label,
	resource: { what: "table", name },
});

const isFunction = (name: string): name is FunctionName => Object.hasOwn(deployedTimeouts, name);

/** Every function, each in a line of its own. */
export const functionNames: readonly FunctionName[] =
	Object.keys(deployedTimeouts).filter(isFunction);
