import type uPlot from "uplot";
import { amountText } from "./amount-text.ts";
import type { ColorScheme } from "./color-scheme.ts";
import { lineColor, lineDash, plotColors } from "./line-colors.ts";
import { clockText } from "./time-window.ts";

export type PlotLook = Readonly<{
	labels: readonly string[];
	shows: "lines" | "stacked";
	scheme: ColorScheme;
	periodSeconds: number;
}>;

/** All charts show the same moment under the pointer. */
const cursorKey = "cellwright";
const font = "11px system-ui, sans-serif";

/**
 * @param onPeriod the period under the pointer, of whichever chart; undefined: of none.
 */
export function plotOptions(
	{ labels, shows, scheme }: PlotLook,
	size: Readonly<{ width: number; height: number }>,
	onPeriod: (index: number | undefined) => void,
): uPlot.Options {
	const { ink, grid } = plotColors[scheme];
	const axis = { font, stroke: ink, grid: { stroke: grid, width: 1 }, ticks: { show: false } };
	return {
		...size,
		legend: { show: false },
		// On the right half of a time, which stands below the middle of its line.
		padding: [8, 26, 0, 0],
		cursor: { sync: { key: cursorKey }, drag: { x: false, y: false }, points: { size: 5 } },
		scales: { y: { range: (_plot, _least, most) => [0, niceTop(most)] } },
		axes: [
			{
				...axis,
				size: 24,
				gap: 4,
				space: 74,
				values: (_plot, times) => times.map((each) => clockText(each * 1000)),
			},
			{
				...axis,
				size: 48,
				gap: 4,
				space: 28,
				incrs: steps,
				values: (_plot, values) => values.map(amountText),
			},
		],
		series: [{}, ...seriesOf(labels, shows, scheme)],
		hooks: { setCursor: [({ cursor: { idx } }) => onPeriod(idx ?? undefined)] },
	};
}

/** Stacked, the uppermost comes first: each hides what it stands upon. */
function seriesOf(labels: readonly string[], shows: PlotLook["shows"], scheme: ColorScheme) {
	const all = labels.map((label, index): uPlot.Series => {
		const color = lineColor(index, scheme);
		return shows === "stacked"
			? { label, stroke: color, fill: color, width: 1, points: { show: false } }
			: {
					label,
					stroke: color,
					width: 1.5,
					dash: lineDash(index),
					spanGaps: true,
					points: { show: true, size: 4, fill: color },
				};
	});
	return shows === "stacked" ? all.toReversed() : all;
}

/** 1, 2 or 5 times a power of ten. */
const steps = Array.from({ length: 16 }, (_, power) =>
	[1, 2, 5].map((step) => step * 10 ** (power - 5)),
).flat();

/** A tenth above the largest value; something to see where all are 0. */
const niceTop = (most: number | null): number => (most === null || most <= 0 ? 1 : most * 1.1);
