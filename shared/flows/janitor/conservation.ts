import type { CellIndex, CellRow, CellStore, Phase } from "../../cells/model.ts";
import type { Fleet, SeenInstance } from "../../instances/model.ts";
import { isOwned, strangersAmong } from "./orphans.ts";
import { examined, running, suspectsAmong } from "./suspects.ts";

type ConservationPorts = Readonly<{
	/** How many records there are in each phase, by the table itself; those that ended a week ago may be gone. */
	census(signal: AbortSignal): Promise<Readonly<{ phases: Readonly<Record<Phase, number>> }>>;
	cells: Pick<CellStore, "get">;
	index: CellIndex;
	fleet: Pick<Fleet, "living">;
	bootTimeoutSeconds: number;
	now: () => Date;
}>;

/** What became of every pod that was accepted: accepted − terminal − live is `difference`, and must be 0. */
export type Conservation = Readonly<{
	accepted: number;
	/** They have their answer, and nothing of them is left that nobody looks after. */
	terminal: number;
	/** They wait, launch, boot, are ready or end, and are looked after. */
	live: number;
	/** `unaccounted`, and those that aren't indexed. */
	difference: number;
	/** Pods that nobody seems to look after, and why. */
	unaccounted: readonly Readonly<{ podUid: string; phase: Phase; why: string }>[];
	/** Records of pods that live, but that the index doesn't know, where the janitor looks. */
	notIndexed: number;
	/** Machines of ours that no record owns. */
	orphans: readonly SeenInstance[];
}>;

/** Looks at records and machines, and changes nothing: what the janitor would find now. */
export async function conservation(
	ports: ConservationPorts,
	signal: AbortSignal,
): Promise<Conservation> {
	const { rows, phases, notIndexed } = await counted(ports, signal);
	const machines = await ports.fleet.living(signal);
	const now = ports.now();
	const unaccounted: { podUid: string; phase: Phase; why: string }[] = [];
	for (const suspect of suspectsAmong(rows, running(machines), now)) {
		const found = await examined(suspect, ports.cells, now, ports.bootTimeoutSeconds, signal);
		const why = found?.finding.unaccounted;
		if (why !== undefined) unaccounted.push({ ...placeOf(suspect.row), why });
	}
	const orphans: SeenInstance[] = [];
	for (const machine of strangersAmong(machines, rows, now))
		if (!(await isOwned(machine, ports, signal))) orphans.push(machine);

	const all = Object.values(phases).reduce((sum, count) => sum + count, 0);
	const over = phases.Failed + phases.Terminated;
	const unaccountedOver = unaccounted.filter(isOver).length;
	return {
		accepted: all,
		terminal: over - unaccountedOver,
		live: all - over - (unaccounted.length - unaccountedOver) - notIndexed,
		difference: unaccounted.length + notIndexed,
		unaccounted,
		notIndexed,
		orphans,
	};
}

/** Counts of a table that changes meanwhile are off by what has changed: where they disagree, they are repeated. */
const countings = 3;

/** The index's rows, and how many living records it lacks, read before and after the table's own count. */
async function counted(
	{ census, index }: ConservationPorts,
	signal: AbortSignal,
): Promise<{
	rows: readonly CellRow[];
	phases: Readonly<Record<Phase, number>>;
	notIndexed: number;
}> {
	let before = await index.unsettled(signal);
	for (let counting = 1; ; counting++) {
		const { phases } = await census(signal);
		const rows = await index.unsettled(signal);
		const living = Object.entries(phases)
			.filter(([phase]) => phase !== "Failed" && phase !== "Terminated")
			.reduce((sum, [, count]) => sum + count, 0);
		const notIndexed = Math.max(0, living - Math.max(livingIn(before), livingIn(rows)));
		if (notIndexed === 0 || counting === countings) return { rows, phases, notIndexed };
		before = rows;
	}
}

const livingIn = (rows: readonly CellRow[]): number => rows.filter((row) => !isOver(row)).length;

const isOver = ({ phase }: Readonly<{ phase: Phase }>): boolean =>
	phase === "Failed" || phase === "Terminated";

const placeOf = ({ podUid, phase }: CellRow) => ({ podUid, phase });
