import type { Cell, CellRow, CellStore } from "../../cells/model.ts";
import type { LivingInstances } from "../../instances/model.ts";
import { type Finding, findingOf, quietSeconds, reconcileQuietSeconds } from "./finding.ts";

/** A row of the index whose record is worth a look. */
export type Suspect = Readonly<{ row: CellRow; instanceSeen: boolean }>;

/**
 * Ids of machines that are there: a cell that was stopped is never started again. One of which EC2's answer can't be
 * read is there; it must not look lost.
 */
export const running = ({ machines, unreadable }: LivingInstances): ReadonlySet<string> =>
	new Set([
		...machines.flatMap(({ state, instanceId }) => (state === "stopped" ? [] : [instanceId])),
		...unreadable.flatMap(({ instanceId }) => instanceId ?? []),
	]);

/**
 * The few rows whose records may have something wrong with them: a record is read only where its row says so.
 *
 * @param seen ids of machines that run; undefined: EC2 couldn't be asked, and nothing counts as missing.
 */
export const suspectsAmong = (
	rows: readonly CellRow[],
	seen: ReadonlySet<string> | undefined,
	now: Date,
): readonly Suspect[] =>
	rows
		.map((row) => ({
			row,
			instanceSeen:
				seen === undefined || (row.instanceId !== undefined && seen.has(row.instanceId)),
		}))
		.filter(({ row: { phase, changedAt }, instanceSeen }) => {
			const isQuiet = quietSeconds({ changedAt, now }) >= reconcileQuietSeconds;
			return phase === "Ready" ? !instanceSeen : isQuiet;
		});

/**
 * What is wrong with a suspect, by its record as it stands.
 *
 * @param bootTimeoutSeconds after which readiness gives a cell up.
 */
export async function examined(
	{ row, instanceSeen }: Suspect,
	cells: Pick<CellStore, "get">,
	now: Date,
	bootTimeoutSeconds: number,
	signal: AbortSignal,
): Promise<{ cell: Cell; finding: Finding } | undefined> {
	const cell = await cells.get(row.podUid, signal);
	if (cell === undefined) return undefined;
	const { changedAt } = row;
	const finding = findingOf(cell, { changedAt, instanceSeen, now, bootTimeoutSeconds });
	return finding && { cell, finding };
}
