import type { Alarm, Dashboard, Series, Single } from "../../../infra/dashboards/definition.ts";

/** As far as metrics tell of themselves. */
type Told = Readonly<
	Record<string, Readonly<{ unit: string; dimensions: readonly string[] }> | undefined>
>;

/** What is wrong with what a graph or an alarm asks for. @param emitted the metrics that the code observes. */
function seriesFaults(
	series: Series,
	table: Told,
	emitted: ReadonlySet<string>,
	values: Readonly<Record<string, ReadonlySet<string> | undefined>>,
): readonly string[] {
	if (series.of === "aws") return [];
	const { metric } = series;
	const told = table[metric];
	if (told === undefined) return [`${metric} isn't in the table of metrics`];
	const faults = emitted.has(metric) ? [] : [`${metric} is emitted by nobody`];
	const asked = series.of === "each" ? [series.by] : Object.keys(series.dimensions);
	if (asked.toSorted().join() !== told.dimensions.toSorted().join())
		faults.push(`${metric} has the dimensions ${told.dimensions.join()}, not ${asked.join()}`);
	if (series.of === "ours")
		for (const [dimension, value] of Object.entries(series.dimensions))
			if (values[dimension]?.has(value) !== true)
				faults.push(`${metric} is never emitted with ${dimension} ${value}`);
	return faults;
}

/** @param values what each dimension may be. */
export const dashboardFaults = (
	dashboards: readonly Dashboard[],
	table: Told,
	emitted: ReadonlySet<string>,
	values: Readonly<Record<string, ReadonlySet<string> | undefined>>,
): readonly string[] => {
	const widgets = dashboards.flatMap(({ rows }) => rows.flat());
	const faults = widgets.flatMap((widget) => {
		if (widget.shows === "log") return [];
		const units = widget.series.flatMap((series) =>
			series.of === "aws" ? [] : (table[series.metric]?.unit ?? []),
		);
		const mixed = new Set(units).size > 1 ? [`"${widget.title}" mixes units`] : [];
		return [
			...widget.series.flatMap((series) => seriesFaults(series, table, emitted, values)),
			...mixed,
		];
	});
	const shown = new Set(
		widgets.flatMap((widget) =>
			widget.shows === "log" ? [] : widget.series.map(({ metric }) => metric as string),
		),
	);
	const hidden = [...emitted].filter((metric) => !shown.has(metric));
	return [
		...faults,
		...hidden.map((metric) => `${metric} is on no dashboard`),
		...dashboards.flatMap(({ name, rows }) =>
			rows
				.filter((row) => row.reduce((sum, { width }) => sum + width, 0) !== 24)
				.map((row) => `a row of ${name} isn't 24 wide: ${row[0]?.title}`),
		),
		...widgets
			.filter(({ title }) => !/[:,] \S/.test(title))
			.map(({ title }) => `"${title}" doesn't say what good looks like`),
	];
};

export const alarmFaults = (
	alarms: readonly Alarm[],
	table: Told,
	emitted: ReadonlySet<string>,
	values: Readonly<Record<string, ReadonlySet<string> | undefined>>,
): readonly string[] =>
	alarms.flatMap((alarm) => [
		...alarm.series.flatMap((series) => [
			...seriesFaults(series, table, emitted, values),
			...unitFaults(alarm, series, table),
		]),
		...(alarm.series.length > 1 && alarm.combined === undefined
			? [`${alarm.name} doesn't say how its metrics are combined`]
			: []),
		...(spanSeconds(alarm) > longestSpanSeconds(alarm)
			? [`${alarm.name} looks back for longer than CloudWatch does`]
			: []),
	]);

const unitFaults = ({ name, unit }: Alarm, series: Single, table: Told): readonly string[] => {
	const told = series.of === "aws" ? awsUnits[series.metric] : table[series.metric]?.unit;
	const counted = series.statistic === "SampleCount" ? "Count" : told;
	return counted === unit ? [] : [`${name} compares ${series.metric} as ${unit}, not ${counted}`];
};

/** @see https://docs.aws.amazon.com/lambda/latest/dg/monitoring-metrics-types.html and its like */
const awsUnits: Readonly<Record<string, string>> = {
	ApproximateNumberOfMessagesVisible: "Count",
	ApproximateAgeOfOldestMessage: "Seconds",
	Errors: "Count",
	Invocations: "Count",
	IteratorAge: "Milliseconds",
};

const spanSeconds = ({ periodSeconds, periods }: Alarm): number => periodSeconds * periods;
/** A day; a week for periods of an hour and more. */
const longestSpanSeconds = ({ periodSeconds }: Alarm): number =>
	(periodSeconds < 3_600 ? 1 : 7) * 24 * 3_600;

/** Alarms without a runbook, and runbooks without an alarm. */
export function runbookFaults(alarms: readonly Alarm[], page: string): readonly string[] {
	const runbook = page.split("\n## Runbook\n")[1] ?? "";
	const sections = new Map(
		runbook
			.split("\n### ")
			.slice(1)
			.map((section) => {
				const [name = "", ...text] = section.split("\n");
				return [name, text.join("\n")] as const;
			}),
	);
	const names = new Set(alarms.map(({ name }) => name));
	const parts = ["**It means**", "**Look**", "**Do**", "**Ignore**"];
	return [
		...[...names].filter((name) => !sections.has(name)).map((name) => `${name} has no runbook`),
		...[...sections.keys()].filter((name) => !names.has(name)).map((name) => `${name} is no alarm`),
		...[...sections].flatMap(([name, text]) =>
			parts.filter((part) => !text.includes(part)).map((part) => `${name} lacks ${part}`),
		),
	];
}
