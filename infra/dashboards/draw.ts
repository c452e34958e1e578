import { placed, rowHeight } from "./body.ts";
import type { Dashboard, Widget } from "./definition.ts";
import { graphShapes } from "./graph.ts";
import type { Run } from "./observations.ts";
import { countsOf, type Line, linesOf, type Periods, periodsOf } from "./points.ts";
import { type Frame, fitting, type Shape, textWidth } from "./shapes.ts";
import { palette, theme } from "./theme.ts";

export type Drawing = Readonly<{ shapes: readonly Shape[]; width: number; height: number }>;

const columnPx = 60;
const unitPx = 38;
const headPx = 44;
const gapPx = 8;

/** A dashboard as a picture: its widgets where CloudWatch has them, with what the run has told of each. */
export function drawDashboard({ name, rows }: Dashboard, run: Run): Drawing {
	const width = 24 * columnPx;
	const height = headPx + rows.length * rowHeight * unitPx + gapPx;
	const periods = periodsOf(run);
	const { startMs, periodMs, count } = periods;
	const seconds = periodMs / 1000;
	const subtitle = `${new Date(startMs).toISOString().slice(0, 16)}Z, ${count} periods of ${seconds} s`;
	return {
		width,
		height,
		shapes: [
			{ shape: "box", x: 0, y: 0, width, height, fill: theme.page },
			{
				shape: "text",
				x: 12,
				y: 29,
				size: 20,
				text: `cellwright ${name}`,
				fill: theme.ink,
				bold: true,
			},
			{ shape: "text", x: 240, y: 29, size: 12, text: subtitle, fill: theme.pale },
			...placed(rows).flatMap(({ widget, x, y }) =>
				widgetShapes(widget, run, periods, {
					x: x * columnPx + gapPx / 2,
					y: headPx + y * unitPx + gapPx / 2,
					width: widget.width * columnPx - gapPx,
					height: rowHeight * unitPx - gapPx,
				}),
			),
		],
	};
}

function widgetShapes(widget: Widget, run: Run, periods: Periods, frame: Frame): readonly Shape[] {
	const { x, y, width, height } = frame;
	const inner = { x: x + 12, y: y + 30, width: width - 24, height: height - 38 };
	return [
		{ shape: "box", ...frame, fill: theme.card, stroke: theme.edge },
		{
			shape: "text",
			x: x + 12,
			y: y + 20,
			size: titleSize,
			text: widget.title,
			fill: theme.ink,
			bold: true,
		},
		...contentShapes(widget, run, periods, inner),
	];
}

export const titleSize = 12.5;

function contentShapes(widget: Widget, run: Run, periods: Periods, frame: Frame): readonly Shape[] {
	if (widget.shows === "log") return barShapes(countsOf(widget, run), frame);
	const lines = widget.series.flatMap((series) => linesOf(series, run, periods));
	if (lines.length === 0) return [note(silenceOf(widget), frame)];
	if (widget.shows === "latest") return latestShapes(lines, frame);
	return graphShapes(lines, widget, periods, frame);
}

/** Why nothing is drawn: what AWS measures isn't in the functions' logs; what didn't happen isn't, either. */
const silenceOf = ({ series }: Extract<Widget, { series: unknown }>): string =>
	series.every(({ of }) => of === "aws") ? "only AWS measures this" : "none in this run";

const note = (text: string, { x, y, width, height }: Frame): Shape => ({
	shape: "text",
	x: x + Math.max(0, (width - textWidth(text, 12)) / 2),
	y: y + height / 2,
	size: 12,
	text,
	fill: theme.pale,
});

/** The last value of the first line. */
function latestShapes(lines: readonly Line[], { x, y, height }: Frame): readonly Shape[] {
	const [line] = lines;
	const value = line?.points.findLast((point) => point !== undefined) ?? 0;
	return [
		{ shape: "text", x, y: y + height / 2 + 16, size: 44, text: String(value), fill: theme.ink },
		{ shape: "text", x, y: y + height - 6, size: 11, text: line?.label ?? "", fill: theme.pale },
	];
}

const barPx = 20;
const labelPx = 110;

function barShapes(counts: readonly (readonly [string, number])[], frame: Frame): readonly Shape[] {
	const most = counts[0]?.[1];
	if (most === undefined) return [note("none in this run", frame)];
	const shown = counts.slice(0, Math.floor(frame.height / barPx));
	return shown.flatMap(([value, count], index) => {
		const y = frame.y + index * barPx;
		const width = ((frame.width - labelPx - 40) * count) / most;
		const fill = palette[0] ?? theme.ink;
		const text = fitting(value, 11, labelPx - 8);
		return [
			{ shape: "text", x: frame.x, y: y + 13, size: 11, text, fill: theme.ink },
			{ shape: "box", x: frame.x + labelPx, y: y + 3, width, height: barPx - 7, fill },
			{
				shape: "text",
				x: frame.x + labelPx + width + 6,
				y: y + 13,
				size: 11,
				text: String(count),
				fill: theme.ink,
			},
		] as const;
	});
}
