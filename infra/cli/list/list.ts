import { type Place, type PlaceOptions, placeOf } from "../place/place.ts";
import { type CellRecords, cellRecords } from "../records/cell-records.ts";
import { canvasOf } from "../screen/canvas.ts";
import { liveScreen } from "../screen/live-screen.ts";
import { type OutputFormat, print } from "../screen/output.ts";
import { withProgress } from "../screen/progress.ts";
import { changeLine, listLines } from "./list-view.ts";
import {
	type ListedCell,
	type ListFilter,
	listed,
	listedCell,
	type SortKey,
	sorted,
	totalsOf,
} from "./listed-cell.ts";

export type ListOptions = PlaceOptions &
	ListFilter &
	Readonly<{ sort: SortKey; watch: boolean; output: OutputFormat }>;

/** Every look reads the whole table, which a deployment pays for. */
const watchEveryMs = { stack: 1_000, account: 10_000 } as const satisfies Record<
	Place["kind"],
	number
>;

/**
 * Prints the cells, or shows them until Ctrl-C.
 *
 * @throws ProvisionerError `unavailable` when the table can't be read.
 */
export async function listCommand(options: ListOptions): Promise<void> {
	const place = placeOf(options);
	const records = cellRecords(place);
	try {
		if (options.watch) await watched(records, place, options);
		else await printed(records, options);
	} finally {
		records.close();
	}
}

type Look = ReturnType<typeof listed> & Readonly<{ known: number }>;

async function look(records: CellRecords, options: ListOptions): Promise<Look> {
	const cells = await records.all();
	const now = new Date();
	const { shown, hidden } = listed(
		cells.map((cell) => listedCell(cell, now)),
		options,
	);
	return { shown: sorted(shown, options.sort), hidden, known: cells.length };
}

async function printed(records: CellRecords, options: ListOptions): Promise<void> {
	const found = await withProgress("reading the cells", async () => await look(records, options));
	const { shown, hidden, known } = found;
	const totals = totalsOf(shown);
	print(options.output, { cells: shown, totals, hidden: hidden.length }, () =>
		listLines(shown, hidden, totals, canvasOf(process.stdout, process.env), known),
	);
}

/** How one change is told. What is JSON is YAML, once it is a document. */
const lineFor: Readonly<Record<OutputFormat, (cell: ListedCell) => string>> = {
	table: changeLine,
	json: (cell) => JSON.stringify(cell),
	yaml: (cell) => `--- ${JSON.stringify(cell)}`,
};

/** A table that redraws itself; where there is no terminal, a line for each change, of JSON for programs. */
async function watched(records: CellRecords, { kind }: Place, options: ListOptions): Promise<void> {
	const stopped = new AbortController();
	for (const signal of ["SIGINT", "SIGTERM"] as const) process.once(signal, () => stopped.abort());
	const lineOf = lineFor[options.output];
	let latest: Look = { shown: [], hidden: [], known: 0 };
	const seen = new Map<string, string>();
	const screen =
		options.output === "table"
			? liveScreen(process.stdout, (canvas) =>
					listLines(latest.shown, latest.hidden, totalsOf(latest.shown), canvas, latest.known),
				)
			: plainLines;
	try {
		while (!stopped.signal.aborted) {
			latest = await look(records, options);
			screen.redraw();
			for (const cell of changesIn(latest, seen)) screen.changed(lineOf(cell));
			await pause(watchEveryMs[kind], stopped.signal);
		}
	} finally {
		screen.close();
	}
}

const plainLines = {
	redraw() {},
	changed: (line: string) => void process.stdout.write(`${line}\n`),
	close() {},
};

/** What is new or other than it was seen; of what is hidden, only what was shown before. */
function changesIn({ shown, hidden }: Look, seen: Map<string, string>): readonly ListedCell[] {
	const changed = [...shown, ...hidden.filter(({ uid }) => seen.has(uid))].filter(
		(cell) => seen.get(cell.uid) !== changeKey(cell),
	);
	for (const cell of changed) seen.set(cell.uid, changeKey(cell));
	return changed;
}

/** All of it that isn't the time alone. */
const changeKey = ({ ageSeconds: _, ...rest }: ListedCell): string => JSON.stringify(rest);

async function pause(ms: number, signal: AbortSignal): Promise<void> {
	const { promise, resolve } = Promise.withResolvers<void>();
	const timer = setTimeout(resolve, ms);
	signal.addEventListener("abort", () => resolve(), { once: true });
	await promise;
	clearTimeout(timer);
}
