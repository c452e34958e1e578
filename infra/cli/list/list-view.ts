import type { Canvas } from "../screen/canvas.ts";
import { paintIf, phaseStyles } from "../screen/color.ts";
import { type Column, tableLines } from "../screen/table.ts";
import { durationText, outputColumns, printable, wrapped } from "../screen/text-layout.ts";
import { underLines } from "../screen/under-lines.ts";
import type { ListedCell, Totals } from "./listed-cell.ts";

const columns: readonly [Column<ListedCell>, ...Column<ListedCell>[]] = [
	{ title: "POD", text: ({ namespace, name }) => `${namespace}/${name}` },
	{ title: "PHASE", text: ({ phase }) => phase },
	{
		title: "ATTEMPT",
		right: true,
		leaves: 2,
		text: ({ attempt }) => (attempt > 0 ? String(attempt) : ""),
	},
	{ title: "TYPE", leaves: 6, text: ({ instanceType = "" }) => instanceType },
	{ title: "ZONE", leaves: 1, text: ({ zone = "" }) => zone },
	{ title: "BOUGHT", leaves: 3, text: ({ capacityType = "" }) => capacityType },
	{
		title: "USD/HOUR",
		right: true,
		leaves: 5,
		text: ({ hourlyUsd }) => hourlyUsd?.toFixed(4) ?? "",
	},
	{
		title: "AGE",
		right: true,
		leaves: 4,
		text: ({ ageSeconds }) => durationText(ageSeconds * 1_000),
	},
];

/** For programs that read lines: all of a cell on one. */
const columnsWithNews = [
	...columns,
	{ title: "NEWS", text: (cell) => newsText(cell) },
] as const satisfies readonly Column<ListedCell>[];

/**
 * A line for each cell below their titles, with what is new of it below, and what they cost together. Where there is
 * no terminal, the news are one more column.
 *
 * @param known how many cells there are, whichever are asked for.
 */
export function listLines(
	shown: readonly ListedCell[],
	hidden: readonly ListedCell[],
	totals: Totals,
	canvas: Canvas,
	known: number,
): readonly string[] {
	const textColumns = Math.min(outputColumns, canvas.columns);
	if (shown.length === 0) return wrapped(nothingText(hidden, known), textColumns);
	return [
		...cellLines(shown, canvas),
		"",
		...wrapped(totalsText(totals), textColumns),
		...(hidden.length === 0 ? [] : wrapped(`${hiddenText(hidden)}: --all shows them`, textColumns)),
	];
}

function cellLines(cells: readonly ListedCell[], canvas: Canvas): readonly string[] {
	const isTerminal = Number.isFinite(canvas.columns);
	const paint = paintIf(canvas.colored);
	const [titles = "", ...rows] = tableLines(
		isTerminal ? columns : columnsWithNews,
		cells,
		canvas.columns,
	);
	return [
		titles,
		...cells.flatMap((cell, at) => {
			const news = isTerminal ? newsText(cell) : "";
			return [
				paint(phaseStyles[cell.phase], rows[at] ?? ""),
				...(news === "" ? [] : underLines(news, canvas, "  ")),
			];
		}),
	];
}

/** As one line. */
const newsText = ({ reason, news }: ListedCell): string =>
	printable(
		[reason, news.join("; ")]
			.filter((text) => text !== undefined && text !== "")
			.join(": ")
			.replaceAll("\n", " "),
	);

/** One change, for whoever can't watch a table. */
export const changeLine = (cell: ListedCell): string => {
	const { namespace, name, phase, attempt, instanceType, zone, capacityType } = cell;
	const bought = instanceType === undefined ? "" : ` ${instanceType} ${zone} ${capacityType}`;
	const news = newsText(cell);
	const tries = attempt > 1 ? ` (attempt ${attempt})` : "";
	return `${namespace}/${name} ${phase}${tries}${bought}${news === "" ? "" : `: ${news}`}`;
};

const nothingText = (hidden: readonly ListedCell[], known: number): string => {
	if (hidden.length > 0) return `No living cells; ${hiddenText(hidden)}: --all shows them`;
	return known > 0
		? `None of ${counted(known, "cell")} is as asked for; npx cellwright list --all shows them`
		: "No cells. To launch one: npx cellwright launch -f <file>";
};

export const totalsText = (totals: Totals): string => {
	const { cells, instances, hourlyUsd, spotHourlyUsd, onDemandHourlyUsd } = totals;
	return `${counted(cells, "cell")}, ${counted(instances, "instance")}: ${usdText(hourlyUsd)} USD an hour (spot ${usdText(spotHourlyUsd)}, on demand ${usdText(onDemandHourlyUsd)})`;
};

export const usdText = (usd: number): string => usd.toFixed(4);

export const counted = (count: number, noun: string): string =>
	`${count} ${noun}${count === 1 ? "" : "s"}`;

function hiddenText(hidden: readonly ListedCell[]): string {
	const failed = hidden.filter(({ phase }) => phase === "Failed").length;
	const ended = hidden.length - failed;
	return [
		...(failed === 0 ? [] : [`${failed} failed`]),
		...(ended === 0 ? [] : [`${ended} ended`]),
	].join(" and ");
}
