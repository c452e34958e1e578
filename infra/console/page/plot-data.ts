import type { ChartWidget } from "../api.ts";

type Lines = Extract<ChartWidget, { axis: string }>["lines"];

/** Columns as uPlot takes them: the times, then the lines; stacked, the sums with the uppermost first. */
export function plotData(
	periodStarts: readonly number[],
	lines: Lines,
	shows: "lines" | "stacked",
): [number[], ...(number | null)[][]] {
	const columns =
		shows === "stacked" ? stacked(lines).toReversed() : lines.map(({ points }) => [...points]);
	return [[...periodStarts], ...columns];
}

/** Each on top of those before it; a period without an observation keeps the last one. */
function stacked(lines: Lines): (number | null)[][] {
	const below: number[] = [];
	return lines.map(({ points }) => {
		let last = 0;
		return points.map((point, period) => {
			last = point ?? last;
			below[period] = (below[period] ?? 0) + last;
			return below[period];
		});
	});
}

/** A line's value in a period, or its latest where none is pointed at; undefined: there is none. */
export function valueAt(
	points: readonly (number | null)[],
	period: number | undefined,
): number | undefined {
	const value = period === undefined ? points.findLast((each) => each !== null) : points[period];
	return value ?? undefined;
}
