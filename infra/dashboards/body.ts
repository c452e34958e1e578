import { metricNamespace } from "../../shared/telemetry/metrics.ts";
import type { Dashboard, Resource, Series, Single, Widget } from "./definition.ts";

/** What a deployment is called, and where it is. */
export type Deployment = Readonly<{
	/** The beginning of all its resources' names. */
	prefix: string;
	/** The dimension `Controller` of its metrics. */
	controllerId: string;
	region: string;
}>;

/** The janitor, who measures what there is, runs so often. */
const periodSeconds = 300;
/** Rows are of one height, in CloudWatch's units. */
export const rowHeight = 6;

type MetricLine = readonly unknown[];

/**
 * A dashboard as CloudWatch takes it.
 *
 * @see https://docs.aws.amazon.com/AmazonCloudWatch/latest/APIReference/CloudWatch-Dashboard-Body-Structure.html
 */
export const dashboardBody = ({ rows }: Dashboard, deployment: Deployment) => ({
	start: "-PT6H",
	periodOverride: "inherit",
	widgets: placed(rows).map(({ widget, x, y }) => ({
		x,
		y,
		width: widget.width,
		height: rowHeight,
		...(widget.shows === "log" ? logWidget(widget, deployment) : graph(widget, deployment)),
	})),
});

/** Where each widget stands, in CloudWatch's units: 24 in a row. */
export const placed = (rows: Dashboard["rows"]) =>
	rows.flatMap((row, index) =>
		row.map((widget, place) => ({
			widget,
			x: row.slice(0, place).reduce((sum, { width }) => sum + width, 0),
			y: index * rowHeight,
		})),
	);

const graph = (
	{ title, shows, axis, series }: Extract<Widget, { series: unknown }>,
	deployment: Deployment,
) => ({
	type: "metric",
	properties: {
		title,
		region: deployment.region,
		view: shows === "latest" ? "singleValue" : "timeSeries",
		stacked: shows === "stacked",
		period: periodSeconds,
		...(shows === "latest" ? {} : { yAxis: { left: { label: axis, showUnits: false, min: 0 } } }),
		metrics: series.map((each, index) => metricLine(each, `e${index}`, deployment)),
	},
});

const logWidget = (
	{ title, function: name, message, by }: Extract<Widget, { shows: "log" }>,
	{ prefix, region }: Deployment,
) => ({
	type: "log",
	properties: {
		title,
		region,
		view: "bar",
		query: [
			`SOURCE '/aws/lambda/${prefix}-${name}'`,
			`filter message = "${message}"`,
			`stats count(*) as times by ${by}`,
			"sort times desc",
			"limit 20",
		].join(" | "),
	},
});

function metricLine(series: Series, id: string, deployment: Deployment): MetricLine {
	if (series.of === "each") return [{ expression: search(series, deployment), id }];
	const { statistic, label } = series;
	return [...metricPath(series, deployment), { stat: statistic, label }];
}

/** Follows new values of the dimension by itself. It bears no label: CloudWatch's is the value. */
const search = (
	{ metric, by, statistic }: Extract<Series, { of: "each" }>,
	{ controllerId }: Deployment,
): string =>
	`SEARCH('{${metricNamespace},Controller,${by}} MetricName="${metric}" Controller="${controllerId}"', '${statistic}', ${periodSeconds})`;

/** Namespace, name and dimensions, one after the other. */
const metricPath = (series: Single, deployment: Deployment): readonly string[] => {
	const { namespace, dimensions } = metricOf(series, deployment);
	return [namespace, series.metric, ...Object.entries(dimensions).flat()];
};

/** Where CloudWatch keeps a metric. */
export const metricOf = (
	series: Single,
	{ prefix, controllerId }: Deployment,
): Readonly<{ namespace: string; dimensions: Readonly<Record<string, string>> }> => {
	if (series.of === "ours")
		return {
			namespace: metricNamespace,
			dimensions: { Controller: controllerId, ...series.dimensions },
		};
	const { what, name } = series.resource;
	return { namespace: namespaces[what], dimensions: { [named[what]]: `${prefix}-${name}` } };
};

const namespaces = {
	queue: "AWS/SQS",
	function: "AWS/Lambda",
	table: "AWS/DynamoDB",
} as const satisfies Record<Resource["what"], string>;

const named = {
	queue: "QueueName",
	function: "FunctionName",
	table: "TableName",
} as const satisfies Record<Resource["what"], string>;
