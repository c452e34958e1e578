import { printable } from "./text-layout.ts";
import { cut, padded, widthOf, withoutMiddle } from "./text-width.ts";

/** One column of a table. */
export type Column<Row> = Readonly<{
	title: string;
	/** Figures stand at its right end. */
	right?: boolean;
	text(row: Row): string;
	/** Where there isn't room for all, columns leave in the order of this number; without one it stays. */
	leaves?: number;
}>;

const gap = "  ";
/** For a column to stay, long names give way to this width. */
const leastForNames = 32;

/**
 * A line of titles and a line for each row, none of them wider than there is room.
 *
 * @param columns of which the first has names: it has what the others leave, and loses the middle of longer ones.
 * @param room in columns of a terminal.
 */
export function tableLines<Row>(
	[names, ...others]: readonly [Column<Row>, ...Column<Row>[]],
	rows: readonly Row[],
	room: number,
): readonly string[] {
	const first = measured(names, rows);
	const kept = thatFit(
		others.map((column) => measured(column, rows)),
		room - Math.min(first.width, leastForNames),
	);
	const width = Math.min(first.width, Math.max(1, room - widthTogether(kept)));
	const shown = [{ ...first, width }, ...kept];
	return [undefined, ...rows.keys()].map((at) =>
		cut(
			shown
				.map((column) => cellOf(column, at))
				.join(gap)
				.trimEnd(),
			room,
		),
	);
}

type Measured = Readonly<{
	title: string;
	right: boolean;
	leaves: number;
	texts: readonly string[];
	width: number;
}>;

function measured<Row>(
	{ title, right = false, leaves = Number.POSITIVE_INFINITY, text }: Column<Row>,
	rows: readonly Row[],
): Measured {
	const texts = rows.map((row) => printable(text(row)));
	// Not as arguments of Math.max: there may be too many.
	const width = texts.reduce((most, each) => Math.max(most, widthOf(each)), widthOf(title));
	return { title, right, leaves, texts, width };
}

/** With the gap before each. */
const widthTogether = (columns: readonly Measured[]): number =>
	columns.reduce((sum, { width }) => sum + gap.length + width, 0);

function thatFit(columns: readonly Measured[], room: number): readonly Measured[] {
	if (widthTogether(columns) <= room) return columns;
	const next = Math.min(...columns.map(({ leaves }) => leaves));
	if (!Number.isFinite(next)) return columns;
	return thatFit(
		columns.filter(({ leaves }) => leaves !== next),
		room,
	);
}

/** @param at a row; undefined: the titles. */
const cellOf = ({ title, texts, width, right }: Measured, at: number | undefined): string =>
	padded(withoutMiddle(at === undefined ? title : (texts[at] ?? ""), width), width, right);
