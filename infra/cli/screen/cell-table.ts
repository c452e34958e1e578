import type { Cell } from "../../../shared/cells/model.ts";
import { type Stage, stageDurationsMs } from "../../../shared/flows/stage-durations.ts";
import { newsOf } from "../records/cell-news.ts";
import { paintIf, phaseStyles } from "./color.ts";

type Column = Readonly<{ title: string; right?: boolean; text(cell: Cell): string }>;

const stageColumn = (title: string, stage: Stage): Column => ({
	title,
	right: true,
	text: ({ stages }) => secondsText(stageDurationsMs(stages)[stage]),
});

const columns: readonly Column[] = [
	{ title: "POD", text: ({ pod }) => `${pod.namespace}/${pod.name}` },
	{ title: "PHASE", text: ({ phase }) => phase },
	{ title: "ATTEMPT", right: true, text: ({ attempt }) => (attempt > 0 ? String(attempt) : "") },
	{ title: "TYPE", text: (cell) => planOf(cell)?.offering.instanceType ?? "" },
	{ title: "ZONE", text: (cell) => planOf(cell)?.zone ?? "" },
	{ title: "BOUGHT", text: (cell) => planOf(cell)?.offering.capacityType ?? "" },
	{ title: "$/HOUR", right: true, text: (cell) => usdText(planOf(cell)?.offering.hourlyUsd) },
	{ title: "ADDRESS", text: (cell) => ("instance" in cell ? (cell.instance?.address ?? "") : "") },
	stageColumn("QUEUE", "queue"),
	stageColumn("PLAN", "plan"),
	stageColumn("LAUNCH", "launch"),
	stageColumn("BOOT", "boot"),
	stageColumn("TOTAL", "total"),
];

/**
 * One line per cell under a line of titles; under the table failures, losses, warnings and what pods wait for.
 *
 * @param colored false for anything but a terminal.
 */
export function cellTable(cells: readonly Cell[], colored: boolean): readonly string[] {
	const rows = cells.map((cell) => columns.map((column) => column.text(cell)));
	const widths = columns.map(({ title }, index) =>
		Math.max(title.length, ...rows.map((row) => row[index]?.length ?? 0)),
	);
	const line = (texts: readonly string[]) =>
		texts
			.map((text, index) => {
				const width = widths[index] ?? 0;
				return columns[index]?.right === true ? text.padStart(width) : text.padEnd(width);
			})
			.join("  ")
			.trimEnd();
	const paint = paintIf(colored);
	const painted = (text: string, { phase }: Cell) => paint(phaseStyles[phase], text);
	return [
		line(columns.map(({ title }) => title)),
		...cells.map((cell, index) => painted(line(rows[index] ?? []), cell)),
		...cells.flatMap(newsLines),
	];
}

const newsLines = (cell: Cell): readonly string[] =>
	newsOf(cell).flatMap((news) =>
		news.split("\n").map((line, index) => (index === 0 ? line : `  ${line}`)),
	);

const planOf = (cell: Cell) => ("plan" in cell ? cell.plan : undefined);

const secondsText = (ms: number | undefined): string =>
	ms === undefined ? "" : `${(ms / 1000).toFixed(1)}s`;

const usdText = (usd: number | undefined): string => (usd === undefined ? "" : usd.toFixed(4));
