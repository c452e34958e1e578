import { useEffect, useRef, useState } from "preact/hooks";
import uPlot from "uplot";
import type { ChartWidget } from "../api.ts";
import { amountText } from "./amount-text.ts";
import type { ColorScheme } from "./color-scheme.ts";
import { lineColor, lineDash } from "./line-colors.ts";
import { plotData, valueAt } from "./plot-data.ts";
import { plotOptions } from "./plot-options.ts";
import { clockText } from "./time-window.ts";
import { useSize } from "./use-size.ts";

type LineChartProps = Readonly<{
	widget: Extract<ChartWidget, { axis: string }>;
	periodStarts: readonly number[];
	periodSeconds: number;
	scheme: ColorScheme;
}>;

const plotHeightPx = 132;

/** Lines or stacked areas with their axes, and a legend with the latest values or those under the pointer. */
export function LineChart({ widget, periodStarts, periodSeconds, scheme }: LineChartProps) {
	const { axis, lines } = widget;
	const shows = widget.shows === "stacked" ? "stacked" : "lines";
	const [host, size] = useSize<HTMLDivElement>();
	const plot = useRef<uPlot>(undefined);
	const [period, setPeriod] = useState<number>();
	const width = size?.width ?? 0;
	const labels = lines.map(({ label }) => label);
	const labelsKey = JSON.stringify(labels);
	const data = plotData(periodStarts, lines, shows);
	const latestData = useRef(data);
	latestData.current = data;
	// Drawn anew for other lines, not for each new array of them.
	useEffect(() => {
		if (host.current === null || width === 0) return;
		const look = { labels, shows, scheme, periodSeconds } as const;
		const options = plotOptions(look, { width, height: plotHeightPx }, setPeriod);
		const made = new uPlot(options, latestData.current, host.current);
		plot.current = made;
		return () => {
			made.destroy();
			plot.current = undefined;
		};
	}, [labelsKey, shows, scheme, width]);
	// The data is made of these.
	useEffect(() => {
		plot.current?.setData(latestData.current);
	}, [periodStarts, lines]);
	const isEmpty = lines.every(({ points }) => points.every((point) => point === null));
	const start = period === undefined ? undefined : periodStarts[period];
	return (
		<>
			<p class="axis-name">
				{axis}
				{isEmpty ? "" : `, ${valuesText(start, periodSeconds)}`}
			</p>
			<div ref={host} class="plot" style={{ height: `${plotHeightPx}px` }}>
				{isEmpty ? (
					<p class="no-observation">
						{widget.onlyAws ? "only AWS measures this" : "no observation yet"}
					</p>
				) : null}
			</div>
			<ul class="chart-legend">
				{lines.map(({ label, points }, index) => {
					const value = valueAt(points, period);
					return (
						<li key={label}>
							<svg class="chart-swatch" aria-hidden="true">
								<line
									x1="0"
									x2="100%"
									y1="50%"
									y2="50%"
									stroke={lineColor(index, scheme)}
									stroke-width="3"
									stroke-dasharray={shows === "stacked" ? "none" : lineDash(index).join(" ")}
								/>
							</svg>
							<span class="chart-label">{label}</span>{" "}
							<b>{value === undefined ? "–" : amountText(value)}</b>
						</li>
					);
				})}
			</ul>
		</>
	);
}

/** What the legend's numbers are of. */
const valuesText = (startSeconds: number | undefined, periodSeconds: number): string =>
	startSeconds === undefined
		? "the latest of each line"
		: `${clockText(startSeconds * 1000)} UTC and ${periodSeconds} s on`;
