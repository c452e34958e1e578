import { describe, expect, it } from "vitest";
import { chartFeed } from "../../infra/console/chart-feed.ts";
import { chartsOf } from "../../infra/console/charts.ts";
import { fleet } from "../../infra/dashboards/fleet.ts";
import { health } from "../../infra/dashboards/health.ts";
import { runFrom } from "../../infra/dashboards/observations.ts";
import { countsOf, linesOf, periodsOf } from "../../infra/dashboards/points.ts";

const metricLine = (
	name: string,
	value: number,
	atMs: number,
	dimensions: Readonly<Record<string, string>> = {},
): string =>
	JSON.stringify({
		_aws: {
			Timestamp: atMs,
			CloudWatchMetrics: [
				{ Namespace: "c", Dimensions: [Object.keys(dimensions)], Metrics: [{ Name: name }] },
			],
		},
		...dimensions,
		[name]: value,
	});

const launchedLine = (instanceType: string, time: string): string =>
	JSON.stringify({ time, function: "launch", message: "cell launched", instanceType, other: "x" });

const time = "2026-11-23T08:00:01.000Z";
const startMs = Date.parse("2026-11-23T08:00:00.000Z");

/** A few observations of every metric that a dashboard shows, in whatever dimensions. */
const lines = [
	...[fleet, health]
		.flatMap(({ rows }) => rows.flat())
		.flatMap((widget) => (widget.shows === "log" ? [] : widget.series))
		.flatMap((series, index) => {
			const dimensions =
				series.of === "each"
					? { [series.by]: `value-${index % 3}` }
					: series.of === "ours"
						? series.dimensions
						: { FunctionName: "cellwright-launch", QueueName: "cellwright-pod-scheduled" };
			return [1, 2, 3].map((count) =>
				metricLine(series.metric, count * index, startMs + count * 1_500, dimensions),
			);
		}),
	launchedLine("c7a.medium", time),
	launchedLine("m7g.large", time),
	launchedLine("c7a.medium", time),
];

describe("the console's charts", () => {
	it("say what only AWS measures, and of all else that nothing was observed yet", () => {
		const [, healthCharts] = chartsOf([fleet, health], runFrom(lines[0] ?? ""));
		const isOnlyAws = (title: RegExp) =>
			healthCharts?.rows
				.flat()
				.filter((chart) => title.test(chart.title))
				.map((chart) => chart.shows !== "log" && chart.onlyAws);
		expect(isOnlyAws(/^Changes' age/)).toEqual([true]);
		expect(isOnlyAws(/^Records stuck/)).toEqual([false]);
	});

	it("show what the dashboards' pictures show of the same run", () => {
		const run = runFrom(lines.join("\n"));
		const periods = periodsOf(run);
		const charts = chartsOf([fleet, health], run);
		expect(charts.map(({ dashboard }) => dashboard)).toEqual(["fleet", "health"]);
		for (const [index, { rows }] of [fleet, health].entries()) {
			for (const [place, widget] of rows.flat().entries()) {
				const chart = charts[index]?.rows.flat()[place];
				expect(chart).toMatchObject({ title: widget.title, width: widget.width });
				if (widget.shows === "log" || chart?.shows === "log") continue;
				const drawn = widget.series.flatMap((series) => linesOf(series, run, periods));
				expect(chart?.lines.map(({ label }) => label)).toEqual(drawn.map(({ label }) => label));
				expect(chart?.lines.map(({ points }) => points)).toEqual(
					drawn.map(({ points }) => points.map((point) => point ?? null)),
				);
			}
		}
	});

	it("have a beginning for each period, in seconds, and count the log's values", () => {
		const run = runFrom(lines.join("\n"));
		const [chart] = chartsOf([fleet], run);
		const periods = periodsOf(run);
		expect(chart?.periodSeconds).toBe(periods.periodMs / 1000);
		expect(chart?.periodStarts).toHaveLength(periods.count);
		expect(chart?.periodStarts[0]).toBe(periods.startMs / 1000);
		const [log] = fleet.rows.flat().filter((widget) => widget.shows === "log");
		if (log === undefined) throw new RangeError("the fleet's dashboard shows a log");
		const counted = chart?.rows.flat().find(({ shows }) => shows === "log");
		expect(counted).toMatchObject({
			counts: countsOf(log, run).map(([value, times]) => ({ value, times })),
		});
		expect(counted).toMatchObject({ counts: [{ value: "c7a.medium", times: 2 }, { times: 1 }] });
	});

	it("are none before anything was told", () => {
		expect(chartFeed(() => 0).current()).toEqual([]);
	});
});

describe("the feed of charts", () => {
	it("draws the same as from all lines at once", () => {
		const feed = chartFeed(() => 0);
		for (const line of lines) feed.take(line);
		expect(feed.current()).toEqual(chartsOf([fleet, health], runFrom(lines.join("\n"))));
	});

	it("draws anew at most every two seconds, and only when something has come", () => {
		let nowMs = 0;
		const feed = chartFeed(() => nowMs);
		feed.take(metricLine("PodsAccepted", 1, startMs));
		const first = feed.current();
		nowMs = 5_000;
		feed.take("not a line");
		feed.take(metricLine("OnNoDashboard", 1, startMs));
		feed.take(JSON.stringify({ time, function: "launch", message: "something else" }));
		expect(feed.current()).toBe(first);
		feed.take(metricLine("PodsAccepted", 1, startMs + 1));
		const second = feed.current();
		expect(second).not.toBe(first);
		feed.take(metricLine("PodsAccepted", 1, startMs + 2));
		nowMs = 6_999;
		expect(feed.current()).toBe(second);
		nowMs = 7_000;
		expect(feed.current()).not.toBe(second);
	});

	it("keeps the newest fifty thousand observations", () => {
		const feed = chartFeed(() => 0);
		for (let index = 0; index < 60_000; index++)
			feed.take(metricLine("PodsAccepted", 1, startMs + index));
		const [, pods] = feed.current()[0]?.rows[0] ?? [];
		const points = pods?.shows === "lines" ? (pods.lines[0]?.points ?? []) : [];
		const kept = points.reduce<number>((sum, point) => sum + (point ?? 0), 0);
		expect(kept).toBeLessThanOrEqual(50_000);
		expect(kept).toBeGreaterThanOrEqual(45_000);
		expect(feed.current()[0]?.periodStarts[0]).toBeGreaterThan(startMs / 1000 + 9);
	});
});
