import type { Cell } from "../../shared/cells/model.ts";
import type { watchFleet } from "./fleet-watch.ts";
import type { SentPod } from "./pods.ts";

type Cells = ReadonlyMap<string, Cell>;

/** How many records are in which phase. */
export function whereStands(cells: Cells): string {
	const counts = new Map<string, number>();
	for (const { phase } of cells.values()) counts.set(phase, (counts.get(phase) ?? 0) + 1);
	return [...counts].map(([phase, count]) => `${phase} ${count}`).join(", ");
}

/** What became of everything, held against the promises. */
export function reportOf(
	pods: readonly SentPod[],
	cells: Cells,
	{ launched, living, most, doubles }: ReturnType<typeof watchFleet>,
	limit: number,
) {
	const states = pods.map(({ uid }) => ({ uid, cell: cells.get(uid) }));
	const isOver = (cell: Cell | undefined): boolean =>
		cell?.phase === "Failed" || cell?.phase === "Terminated";
	const live = states.filter(({ cell }) => cell?.phase === "Ready");
	const terminal = states.filter(({ cell }) => isOver(cell));
	const unanswered = states.filter(({ cell }) => !isOver(cell) && cell?.phase !== "Ready");
	const orphans = [...living].filter(([instanceId, uid]) => !isOwned(instanceId, cells.get(uid)));
	const gone = live.flatMap(({ uid, cell }) =>
		cell?.phase === "Ready" && !living.has(cell.instance.instanceId) ? [uid] : [],
	);
	return {
		launched: launched(),
		terminal: terminal.length,
		live: live.length,
		orphans,
		wrong: [
			...orphans.map(([id, uid]) => `${id} of ${uid} is nobody's`),
			...doubles.map((double) => `two live instances: ${double}`),
			...unanswered.map(({ uid, cell }) => `${uid} has no answer: ${cell?.phase ?? "no record"}`),
			...gone.map((uid) => `${uid} is called Ready, and its instance is gone`),
			...(most() > limit ? [`${most()} instances at once; the limit is ${limit}`] : []),
		],
		doubles,
		unanswered: unanswered.length,
	};
}

const isOwned = (instanceId: string, cell: Cell | undefined): boolean =>
	cell?.phase === "Ready" && cell.instance.instanceId === instanceId;
