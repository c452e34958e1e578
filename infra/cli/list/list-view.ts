import { type Paint, phaseStyles } from "../screen/color.ts";
import { aligned, durationText, outputColumns, printable, wrapped } from "../screen/text-layout.ts";
import type { ListedCell, Totals } from "./listed-cell.ts";

const heads = ["POD", "PHASE", "TRY", "TYPE", "ZONE", "BOUGHT", "USD/HOUR", "AGE", "NEWS"];

/**
 * A line for each cell below their titles, and what they cost together.
 *
 * @param known how many cells there are, whichever are asked for.
 */
export function listLines(
	shown: readonly ListedCell[],
	hidden: readonly ListedCell[],
	totals: Totals,
	paint: Paint,
	known: number,
): readonly string[] {
	if (shown.length === 0) return [nothingText(hidden, known)];
	const wide = aligned([heads, ...shown.map(rowOf)], Number.MAX_SAFE_INTEGER, [2, 6, 7]);
	const [head = "", ...rows] = wide.map(([line = ""]) => fitting(line));
	return [
		head,
		...rows.map((line, at) => paint(phaseStyles[shown[at]?.phase ?? "Ready"], line)),
		"",
		...wrapped(totalsText(totals), outputColumns),
		...(hidden.length === 0 ? [] : [`${hiddenText(hidden)}: --all shows them`]),
	];
}

/** One line, even where there are more news than it has room for. */
const fitting = (line: string): string =>
	line.length > outputColumns ? `${line.slice(0, outputColumns - 1)}…` : line;

const rowOf = (cell: ListedCell): readonly string[] => [
	`${cell.namespace}/${cell.name}`,
	cell.phase,
	cell.attempt > 0 ? String(cell.attempt) : "",
	cell.instanceType ?? "",
	cell.zone ?? "",
	cell.capacityType ?? "",
	cell.hourlyUsd === undefined ? "" : cell.hourlyUsd.toFixed(4),
	durationText(cell.ageSeconds * 1_000),
	newsText(cell),
];

/** As one line, of which a table shows the beginning; `status` has all of it. */
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
		: "No cells. To launch one: npx cellwright launch -f examples/pods/web-small.yaml";
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
