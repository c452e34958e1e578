import type { Cell } from "../../../shared/cells/model.ts";
import { type Stage, stageDurationsMs } from "../../../shared/flows/stage-durations.ts";
import { newsOf } from "../records/cell-news.ts";
import type { Canvas } from "./canvas.ts";
import { paintIf, phaseStyles } from "./color.ts";
import { type Column, tableLines } from "./table.ts";
import { underLines } from "./under-lines.ts";

const stageColumn = (title: string, stage: Stage, leaves: number): Column<Cell> => ({
	title,
	right: true,
	leaves,
	text: ({ stages }) => secondsText(stageDurationsMs(stages)[stage]),
});

/** What leaves first is told by `status`, too, and asked for the least. */
const columns: readonly [Column<Cell>, ...Column<Cell>[]] = [
	{ title: "POD", text: ({ pod }) => `${pod.namespace}/${pod.name}` },
	{ title: "PHASE", text: ({ phase }) => phase },
	{
		title: "ATTEMPT",
		right: true,
		leaves: 5,
		text: ({ attempt }) => (attempt > 0 ? String(attempt) : ""),
	},
	{ title: "TYPE", leaves: 9, text: (cell) => planOf(cell)?.offering.instanceType ?? "" },
	{ title: "ZONE", leaves: 3, text: (cell) => planOf(cell)?.zone ?? "" },
	{ title: "BOUGHT", leaves: 6, text: (cell) => planOf(cell)?.offering.capacityType ?? "" },
	{
		title: "USD/HOUR",
		right: true,
		leaves: 8,
		text: (cell) => usdText(planOf(cell)?.offering.hourlyUsd),
	},
	{
		title: "ADDRESS",
		leaves: 4,
		text: (cell) => ("instance" in cell ? (cell.instance?.address ?? "") : ""),
	},
	stageColumn("QUEUE", "queue", 1),
	stageColumn("PLAN", "plan", 1),
	stageColumn("LAUNCH", "launch", 1),
	stageColumn("BOOT", "boot", 2),
	stageColumn("TOTAL", "total", 7),
];

/**
 * One line per cell under a line of titles; under the table failures, losses, warnings and what pods wait for.
 */
export function cellTable(cells: readonly Cell[], canvas: Canvas): readonly string[] {
	const paint = paintIf(canvas.colored);
	const [titles = "", ...rows] = tableLines(columns, cells, canvas.columns);
	return [
		titles,
		...rows.map((row, at) => paint(phaseStyles[cells[at]?.phase ?? "Ready"], row)),
		...cells.flatMap(newsOf).flatMap((news) => underLines(news, canvas)),
	];
}

const planOf = (cell: Cell) => ("plan" in cell ? cell.plan : undefined);

const secondsText = (ms: number | undefined): string =>
	ms === undefined ? "" : `${(ms / 1000).toFixed(1)}s`;

const usdText = (usd: number | undefined): string => (usd === undefined ? "" : usd.toFixed(4));
