import type { Dashboard, Widget } from "../dashboards/definition.ts";
import type { Run } from "../dashboards/observations.ts";
import { countsOf, linesOf, type Periods, periodsOf } from "../dashboards/points.ts";
import type { Charts, ChartWidget } from "./api.ts";

/** What the dashboards show of a run; nothing of one that has told nothing yet. */
export function chartsOf(dashboards: readonly Dashboard[], run: Run): readonly Charts[] {
	if (run.observations.length === 0 && run.log.length === 0) return [];
	const periods = periodsOf(run);
	// Each series looks only at its own metric: there are a hundred of them.
	const byMetric = Map.groupBy(run.observations, ({ metric }) => metric);
	const of = (metric: string): Run => ({ observations: byMetric.get(metric) ?? [], log: [] });
	const { startMs, periodMs, count } = periods;
	const periodSeconds = periodMs / 1000;
	return dashboards.map(({ name, rows }) => ({
		dashboard: name,
		periodStarts: Array.from(
			{ length: count },
			(_, index) => startMs / 1000 + index * periodSeconds,
		),
		periodSeconds,
		rows: rows.map((row) => row.map((widget) => chartOf(widget, run, of, periods))),
	}));
}

function chartOf(
	widget: Widget,
	run: Run,
	of: (metric: string) => Run,
	periods: Periods,
): ChartWidget {
	const { title, width } = widget;
	if (widget.shows === "log") {
		const counts = countsOf(widget, run).map(([value, times]) => ({ value, times }));
		return { title, width, shows: "log", counts };
	}
	const { shows, axis } = widget;
	const lines = widget.series
		.flatMap((series) => linesOf(series, of(series.metric), periods))
		.map(({ label, points }) => ({ label, points: points.map((point) => point ?? null) }));
	// As the dashboards' pictures say of what no run on one machine can tell.
	const onlyAws = lines.length === 0 && widget.series.every(({ of }) => of === "aws");
	return { title, width, shows, axis, lines, onlyAws };
}
