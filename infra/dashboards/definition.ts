import type { metricTable } from "../../shared/telemetry/metrics.ts";
import type { DeadLetterName, QueueName, TableName } from "../aws/names.ts";
import type { FunctionName } from "../local/functions.ts";

export type MetricName = keyof typeof metricTable;
export type Statistic =
	| "Sum"
	| "Average"
	| "Maximum"
	| "Minimum"
	| "SampleCount"
	| "p50"
	| "p90"
	| "p99";

/** Something of the deployment that AWS itself measures. */
export type Resource =
	| Readonly<{ what: "queue"; name: QueueName | DeadLetterName }>
	| Readonly<{ what: "function"; name: FunctionName }>
	| Readonly<{ what: "table"; name: TableName }>;

/** One line of a graph, and what an alarm looks at. */
export type Single = Readonly<{ statistic: Statistic; label: string }> &
	(
		| Readonly<{
				of: "ours";
				metric: MetricName;
				/** Beside `Controller`. */
				dimensions: Readonly<Record<string, string>>;
		  }>
		| Readonly<{ of: "aws"; metric: string; resource: Resource }>
	);

/** One line for each value of a dimension, whatever values come. */
export type Each = Readonly<{ of: "each"; metric: MetricName; by: string; statistic: Statistic }>;

export type Series = Single | Each;

/** A widget says in its title what good looks like. */
export type Widget = Readonly<{
	title: string;
	/** Of 24 columns. */
	width: 6 | 8 | 12;
}> &
	(
		| Readonly<{ shows: "lines" | "stacked" | "latest"; axis: string; series: readonly Series[] }>
		/** How often a line of the log came, by one of its fields: for what would be too dear as a dimension. */
		| Readonly<{ shows: "log"; function: FunctionName; message: string; by: string }>
	);

export type Dashboard = Readonly<{
	/** Behind the deployment's name. */
	name: "fleet" | "health";
	rows: readonly (readonly Widget[])[];
}>;

/** What must wake somebody, or at least be looked at the same day. */
export type Alarm = Readonly<{
	/** Behind the deployment's name; the runbook in docs/operate.md has a section of this name. */
	name: string;
	/** What it means, in one sentence. */
	means: string;
	/** Added up, or the largest or smallest of them, where there are several; absent means there is one. */
	series: readonly [Single, ...Single[]];
	combined?: "SUM" | "MAX" | "MIN";
	/** Of our own metrics, or AWS's unit of theirs. */
	unit: "Count" | "Seconds" | "Milliseconds" | "None";
	threshold: Readonly<{ above: number } | { below: number }>;
	periodSeconds: number;
	/** So many periods in a row. */
	periods: number;
	/** Silence is what idleness looks like (`fine`), unless something reports in any case. */
	silence: "fine" | "alarm";
	/** Why this threshold, these periods and this reading of silence. */
	because: string;
}>;
