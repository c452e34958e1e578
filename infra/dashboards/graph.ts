import type { Widget } from "./definition.ts";
import type { Line, Periods } from "./points.ts";
import { type Frame, fitting, type Point, type Shape, textWidth } from "./shapes.ts";
import { palette, theme } from "./theme.ts";

const size = 10.5;
const tickPx = 46;
const legendRowPx = 15;
const mostLegendRows = 3;

/** Lines or stacked areas, with their axes and a legend. */
export function graphShapes(
	lines: readonly Line[],
	{ shows, axis }: Extract<Widget, { axis: string }>,
	periods: Periods,
	frame: Frame,
): readonly Shape[] {
	const legend = legendShapes(lines, frame);
	const plot = {
		x: frame.x + tickPx,
		y: frame.y + 18,
		width: frame.width - tickPx - 4,
		height: frame.height - 18 - 18 - legend.rows * legendRowPx,
	};
	const drawn = shows === "stacked" ? stacked(lines) : lines;
	const top = niceTop(Math.max(...drawn.flatMap(({ points }) => points.map((each) => each ?? 0))));
	const place = (value: number, period: number): Point => ({
		x: plot.x + (plot.width * (period + 0.5)) / periods.count,
		y: plot.y + plot.height * (1 - Math.max(0, value) / top),
	});
	return [
		{ shape: "text", x: frame.x, y: frame.y + 9, size, text: axis, fill: theme.pale },
		...tickShapes(top, plot, frame.x),
		...timeShapes(periods, plot),
		...(shows === "stacked" ? areaShapes(drawn, place) : lineShapes(drawn, place)),
		...legend.shapes,
	];
}

const colourOf = (index: number): string => palette[index % palette.length] ?? theme.ink;

/** Each on top of those before it; a period without an observation keeps the last one. */
function stacked(lines: readonly Line[]): readonly Line[] {
	const below: number[] = [];
	return lines.map(({ label, points }) => {
		let last = 0;
		return {
			label,
			points: points.map((point, period) => {
				last = point ?? last;
				below[period] = (below[period] ?? 0) + last;
				return below[period];
			}),
		};
	});
}

type Place = (value: number, period: number) => Point;

const areaShapes = (lines: readonly Line[], place: Place): readonly Shape[] =>
	// The upper ones first: each hides what it stands upon.
	lines
		.map(({ points }, index): Shape => {
			const upper = points.map((value, period) => place(value ?? 0, period));
			const lower = points.map((_, period) => place(0, period)).toReversed();
			return { shape: "area", points: [...upper, ...lower], fill: colourOf(index) };
		})
		.toReversed();

const lineShapes = (lines: readonly Line[], place: Place): readonly Shape[] =>
	lines.flatMap(({ points }, index): readonly Shape[] => {
		const at = points.flatMap((value, period) =>
			value === undefined ? [] : [place(value, period)],
		);
		const colour = colourOf(index);
		return [
			{ shape: "line", points: at, stroke: colour, width: 1.5 },
			...at.map((point): Shape => ({ shape: "dot", at: point, fill: colour })),
		];
	});

/** 1, 2 or 5 times a power of ten, not below the value. */
export function niceTop(value: number): number {
	if (value <= 0) return 1;
	const power = 10 ** Math.floor(Math.log10(value));
	// Rounded, because 0.3 / 0.1 is a little less than 3.
	const share = Math.round((value / power) * 1e9) / 1e9;
	return power * ([1, 2, 5].find((step) => share <= step) ?? 10);
}

const tickShapes = (top: number, plot: Frame, x: number): readonly Shape[] =>
	[0, 0.5, 1].flatMap((share): readonly Shape[] => {
		const y = plot.y + plot.height * (1 - share);
		const text = fitting(amountText(top * share), size, tickPx - 6);
		const points = [
			{ x: plot.x, y },
			{ x: plot.x + plot.width, y },
		];
		return [
			{ shape: "line", points, stroke: theme.grid, width: 1 },
			{ shape: "text", x, y: y + 4, size, text, fill: theme.pale },
		];
	});

const amountText = (value: number): string =>
	value >= 10_000
		? `${Number((value / 1000).toPrecision(3))}k`
		: String(Number(value.toPrecision(3)));

/** When the first period begins, and when the last one ends. */
const timeShapes = (
	{ startMs, periodMs, count }: Periods,
	{ x, y, width, height }: Frame,
): readonly Shape[] => {
	const text = (ms: number): string => new Date(ms).toISOString().slice(11, 19);
	const end = text(startMs + count * periodMs);
	const below = { shape: "text", y: y + height + 14, size, fill: theme.pale } as const;
	return [
		{ ...below, x, text: text(startMs) },
		{ ...below, x: x + width - textWidth(end, size), text: end },
	];
};

/** Below the graph, in rows; what doesn't fit is counted. */
function legendShapes(
	lines: readonly Line[],
	frame: Frame,
): Readonly<{ shapes: readonly Shape[]; rows: number }> {
	const entries: { label: string; index: number; x: number; row: number }[] = [];
	let x = 0;
	let row = 0;
	for (const [index, { label: whole }] of lines.entries()) {
		const label = fitting(whole, size, frame.width - 20);
		const width = 14 + textWidth(label, size) + 10;
		if (x > 0 && x + width > frame.width) {
			row += 1;
			x = 0;
		}
		entries.push({ label, index, x, row });
		x += width;
	}
	const rows = Math.min(row + 1, mostLegendRows);
	const top = frame.y + frame.height - rows * legendRowPx;
	return {
		rows,
		shapes: entries
			.filter((entry) => entry.row < mostLegendRows)
			.flatMap((entry): readonly Shape[] => {
				const at = { x: frame.x + entry.x, y: top + entry.row * legendRowPx };
				const fill = colourOf(entry.index);
				return [
					{ shape: "box", x: at.x, y: at.y + 4, width: 9, height: 9, fill },
					{ shape: "text", x: at.x + 14, y: at.y + 12, size, text: entry.label, fill: theme.ink },
				];
			}),
	};
}
