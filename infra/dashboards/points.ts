import { metricOf } from "./body.ts";
import type { Each, Series, Single, Statistic, Widget } from "./definition.ts";
import type { Observation, Run } from "./observations.ts";

/** One line of a graph: a value for each period, undefined where there was no observation. */
export type Line = Readonly<{ label: string; points: readonly (number | undefined)[] }>;

/** Periods of equal length, one after the other. */
export type Periods = Readonly<{ startMs: number; periodMs: number; count: number }>;

const mostPeriods = 48;

/** So many whole seconds that all of the run fits into 48 periods. */
export function periodsOf({ observations, log }: Run): Periods {
	const times = [...observations, ...log].map(({ atMs }) => atMs);
	const first = times.reduce((least, each) => Math.min(least, each), Infinity);
	const last = times.reduce((most, each) => Math.max(most, each), -Infinity);
	const startMs = times.length === 0 ? 0 : first;
	const lengthMs = times.length === 0 ? 1 : last - first + 1;
	const periodMs = Math.ceil(lengthMs / mostPeriods / 1000) * 1000;
	return { startMs, periodMs, count: Math.ceil(lengthMs / periodMs) };
}

/** What CloudWatch makes of these observations. */
export const linesOf = (
	series: Series,
	{ observations }: Run,
	periods: Periods,
): readonly Line[] =>
	series.of === "each"
		? linesByValue(series, observations, periods)
		: lineOf(series, observations, periods);

function linesByValue(
	{ metric, by, statistic }: Each,
	observations: readonly Observation[],
	periods: Periods,
): readonly Line[] {
	const mine = observations.filter((each) => each.metric === metric);
	const byValue = Map.groupBy(mine, ({ dimensions }) => dimensions[by] ?? "");
	return [...byValue]
		.toSorted(([a], [b]) => (a < b ? -1 : 1))
		.map(([label, those]) => ({ label, points: pointsOf(those, statistic, periods) }));
}

function lineOf(
	series: Single,
	observations: readonly Observation[],
	periods: Periods,
): readonly Line[] {
	const { metric, label, statistic } = series;
	const isMine = ownOf(series);
	const mine = observations.filter((each) => each.metric === metric && isMine(each));
	return mine.length === 0 ? [] : [{ label, points: pointsOf(mine, statistic, periods) }];
}

/** Whether an observation is of this series, whatever the deployment is called. */
function ownOf(series: Single): (observation: Observation) => boolean {
	if (series.of === "ours") {
		const wanted = Object.entries(series.dimensions);
		return ({ dimensions }) => wanted.every(([name, value]) => dimensions[name] === value);
	}
	const named = metricOf(series, { prefix: "", controllerId: "", region: "" }).dimensions;
	const wanted = Object.entries(named);
	return ({ dimensions }) =>
		wanted.every(([name, end]) => dimensions[name]?.endsWith(end) === true);
}

function pointsOf(
	observations: readonly Observation[],
	statistic: Statistic,
	{ startMs, periodMs, count }: Periods,
): Line["points"] {
	const byPeriod = Map.groupBy(observations, ({ atMs }) => Math.floor((atMs - startMs) / periodMs));
	return Array.from({ length: count }, (_, period) => {
		const values = (byPeriod.get(period) ?? []).map(({ value }) => value);
		return values.length === 0 ? undefined : statistics[statistic](values);
	});
}

const sum = (values: readonly number[]): number => values.reduce((total, each) => total + each, 0);

/** The value that this share of all values don't exceed. */
const percentile = (share: number) => (values: readonly number[]) =>
	values.toSorted((a, b) => a - b)[Math.ceil(share * values.length) - 1] ?? 0;

const statistics = {
	Sum: sum,
	Average: (values) => sum(values) / values.length,
	Maximum: (values) => values.reduce((most, each) => Math.max(most, each), -Infinity),
	Minimum: (values) => values.reduce((least, each) => Math.min(least, each), Infinity),
	SampleCount: (values) => values.length,
	p50: percentile(0.5),
	p90: percentile(0.9),
	p99: percentile(0.99),
} as const satisfies Record<Statistic, (values: readonly number[]) => number>;

/** How often each value came in the log, the most frequent first. */
export const countsOf = (
	{ function: name, message, by }: Extract<Widget, { shows: "log" }>,
	{ log }: Run,
): readonly (readonly [string, number])[] => {
	const mine = log.filter((line) => line.function === name && line.message === message);
	const byValue = Map.groupBy(mine, ({ fields }) => String(fields[by]));
	return [...byValue]
		.map(([value, lines]) => [value, lines.length] as const)
		.toSorted(([a, many], [b, more]) => more - many || (a < b ? -1 : 1));
};
