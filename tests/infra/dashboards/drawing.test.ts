import { describe, expect, it } from "vitest";
import type { Series, Statistic } from "../../../infra/dashboards/definition.ts";
import { drawDashboard, titleSize } from "../../../infra/dashboards/draw.ts";
import { fleet } from "../../../infra/dashboards/fleet.ts";
import { niceTop } from "../../../infra/dashboards/graph.ts";
import { health } from "../../../infra/dashboards/health.ts";
import { runFrom } from "../../../infra/dashboards/observations.ts";
import { linesOf, periodsOf } from "../../../infra/dashboards/points.ts";
import { pictureOf } from "../../../infra/dashboards/render.ts";
import { ours, queue } from "../../../infra/dashboards/series.ts";
import { type Frame, type Shape, svgOf, textWidth } from "../../../infra/dashboards/shapes.ts";
import { reasons } from "../../../shared/reasons.ts";
import { embeddedMetrics } from "../../../shared/telemetry/metrics.ts";

const dashboards = [fleet, health];

/** A run that tells everything that may be told, with the longest words there are. */
function busyRun() {
	const lines: string[] = [];
	let seconds = 0;
	const metrics = embeddedMetrics(
		(line) => void lines.push(line),
		() => new Date(Date.UTC(2026, 10, 23, 12, 0, seconds)),
		"test",
	);
	for (seconds = 0; seconds < 100; seconds += 5) {
		for (const Reason of Object.keys(reasons)) {
			metrics.add("CellsFailed", seconds * 1_000, { Reason });
			metrics.add("CellsLost", 1, { Reason });
			metrics.add("PodsWaiting", 1, { Reason });
			metrics.add("LaunchesRefused", 1, { Reason });
		}
		for (const Stage of ["queue", "total"]) metrics.add("StageMs", 12_345, { Stage });
		for (const Phase of ["Booting", "Ready"]) metrics.add("Cells", seconds, { Phase });
		metrics.add("PodsAccepted", 0.000_123, {});
		metrics.add("Conservation", 0, {});
		metrics.add("FleetHourlyUsd", 1, { CapacityType: "spot" });
		lines.push(
			JSON.stringify({
				time: new Date(Date.UTC(2026, 10, 23, 12)).toISOString(),
				level: "info",
				message: "cell launched",
				function: "launch",
				instanceType: `very-long.metal-${seconds}xlarge`,
			}),
		);
	}
	return runFrom(lines.join("\n"));
}

const boxOf = (shape: Extract<Shape, { shape: "text" }>): Frame => ({
	x: shape.x,
	y: shape.y - shape.size * 0.8,
	width: textWidth(shape.text, shape.size, shape.bold),
	height: shape.size,
});

const overlaps = (a: Frame, b: Frame): boolean =>
	a.x < b.x + b.width && b.x < a.x + a.width && a.y < b.y + b.height && b.y < a.y + a.height;

const within = (a: Frame, b: Frame): boolean =>
	a.x >= b.x && a.y >= b.y && a.x + a.width <= b.x + b.width && a.y + a.height <= b.y + b.height;

/** Words that lie on others, or that leave their widget. */
function unreadable(shapes: readonly Shape[]): readonly string[] {
	const texts = shapes.flatMap((shape) => (shape.shape === "text" ? [shape] : []));
	const cards = shapes.flatMap((shape) => (shape.shape === "box" && shape.stroke ? [shape] : []));
	const faults: string[] = [];
	for (const [index, text] of texts.entries()) {
		const box = boxOf(text);
		for (const other of texts.slice(index + 1))
			if (overlaps(box, boxOf(other))) faults.push(`"${text.text}" on "${other.text}"`);
		const isHead = text.y < 40;
		if (!isHead && !cards.some((card) => within(box, card)))
			faults.push(`"${text.text}" is outside`);
	}
	return faults;
}

describe("the picture of a dashboard", () => {
	it.each(dashboards)("$name has no words on others, nor outside of their widgets", (dashboard) => {
		expect(unreadable(drawDashboard(dashboard, busyRun()).shapes)).toEqual([]);
		expect(unreadable(drawDashboard(dashboard, runFrom("")).shapes)).toEqual([]);
	});

	it("would have, with a longer title", () => {
		const [row = []] = fleet.rows;
		const rows = [row.map((widget) => ({ ...widget, title: `${widget.title} `.repeat(4) }))];
		const faults = unreadable(drawDashboard({ name: "fleet", rows }, busyRun()).shapes);
		expect(faults).not.toEqual([]);
	});

	it("shows every widget's title, which CloudWatch has room for, too", () => {
		for (const dashboard of dashboards) {
			const texts = drawDashboard(dashboard, runFrom("")).shapes.flatMap((shape) =>
				shape.shape === "text" && shape.size === titleSize ? [shape.text] : [],
			);
			expect(texts).toEqual(dashboard.rows.flat().map(({ title }) => title));
		}
	});

	it("says why a widget is empty", () => {
		const { shapes } = drawDashboard(health, runFrom(""));
		const texts = new Set(shapes.flatMap((shape) => (shape.shape === "text" ? [shape.text] : [])));
		expect(texts).toContain("none in this run");
		expect(texts).toContain("only AWS measures this");
	});

	it("is made by its name", () => {
		expect(pictureOf("fleet", "")).toMatch(/^<svg [^>]+>\n<title>The dashboard fleet of a run/);
		expect(pictureOf("other", "")).toBeUndefined();
	});

	it("is well-formed, whatever a line says", () => {
		const shape = { shape: "text", x: 0, y: 0, size: 10, text: "a < b & c", fill: "#000" } as const;
		expect(svgOf([shape], 10, 10, "<t>")).toContain(">a &lt; b &amp; c</text>");
	});
});

describe("a line of a graph", () => {
	const lines: string[] = [];
	let at = 0;
	const metrics = embeddedMetrics(
		(line) => void lines.push(line),
		() => new Date(at),
		"test",
	);
	for (const [second, value] of [
		[0, 3],
		[0, 1],
		[0, 2],
		[60, 7],
	] as const) {
		at = second * 1_000;
		metrics.add("TurnWaitSeconds", value, {});
	}
	const run = runFrom([...lines, "not JSON", "{}"].join("\n"));
	const points = (series: Series) => linesOf(series, run, periodsOf(run))[0]?.points;

	it.each<{ statistic: Statistic; first: number }>([
		{ statistic: "Sum", first: 6 },
		{ statistic: "Average", first: 2 },
		{ statistic: "Maximum", first: 3 },
		{ statistic: "Minimum", first: 1 },
		{ statistic: "SampleCount", first: 3 },
		{ statistic: "p50", first: 2 },
		{ statistic: "p90", first: 3 },
	])(
		"is $first, $statistic of a period, and nothing where there was nothing",
		({ statistic, first }) => {
			const made = points(ours("TurnWaitSeconds", statistic, "wait", {}));
			expect(made?.[0]).toBe(first);
			expect(made?.[1]).toBeUndefined();
			expect(made?.at(-1)).toBe(statistic === "SampleCount" ? 1 : 7);
		},
	);

	it("is AWS's own, by the end of the resource's name", () => {
		const told = (QueueName: string, value: number) =>
			JSON.stringify({
				_aws: {
					Timestamp: 0,
					CloudWatchMetrics: [
						{
							Dimensions: [["QueueName"]],
							Metrics: [{ Name: "ApproximateNumberOfMessagesVisible" }],
						},
					],
				},
				QueueName,
				ApproximateNumberOfMessagesVisible: value,
			});
		const both = [told("my-cell-checks", 2), told("my-cell-checks-dead-letters", 5)];
		const seen = runFrom(both.join("\n"));
		const series = queue("cell-checks", "ApproximateNumberOfMessagesVisible", "checks");
		expect(linesOf(series, seen, periodsOf(seen))).toEqual([{ label: "checks", points: [2] }]);
	});

	it("is none, of a metric that nobody told of", () => {
		expect(points(ours("Orphans", "Sum", "orphans", {}))).toBeUndefined();
	});
});

describe("the top of an axis", () => {
	it.each([
		[0, 1],
		[0.3, 0.5],
		[1, 1],
		[1.1, 2],
		[4, 5],
		[7, 10],
		[120, 200],
	])("for %d is %d", (value, top) => {
		expect(niceTop(value)).toBeCloseTo(top);
	});
});
