import * as z from "zod";
import type { CellIndex, CellRow, CellStore, Phase, UnsettledRows } from "../../cells/model.ts";
import { recordFaults } from "../../cells/record-faults.ts";
import type { Fleet, SeenInstance, UnreadableInstance } from "../../instances/model.ts";
import { isOwned, strangersAmong } from "./orphans.ts";
import { examined, running, suspectsAmong } from "./suspects.ts";

type Counts = Readonly<{
	phases: Readonly<Record<Phase, number>>;
	/** Records that aren't settled and whose phase is none of this version's. */
	unreadable: number;
}>;

type ConservationPorts = Readonly<{
	/** How many records there are in each phase, by the table itself; those that ended a week ago may be gone. */
	census(signal: AbortSignal): Promise<Counts>;
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
	/** Pods that nobody seems to look after, and why; without a phase: its record can't be read. */
	unaccounted: readonly Unaccounted[];
	/** Records of pods that live, but that the index doesn't know, where the janitor looks. */
	notIndexed: number;
	/** Machines of ours that no record owns. */
	orphans: readonly SeenInstance[];
	/** Machines of ours of which EC2's answer can't be read: whose they are, nobody knows. */
	unreadable: readonly UnreadableInstance[];
}>;

type Unaccounted = Readonly<{ podUid: string; phase?: Phase; why: string }>;

/** Looks at records and machines, and changes nothing: what the janitor would find now. */
export async function conservation(
	ports: ConservationPorts,
	signal: AbortSignal,
): Promise<Conservation> {
	const { records, counts, notIndexed } = await counted(ports, signal);
	const living = await ports.fleet.living(signal);
	const now = ports.now();
	const unaccounted: Unaccounted[] = records.unreadable.map(({ podUid, problem }) => ({
		podUid,
		why: unreadableText(problem),
	}));
	for (const suspect of suspectsAmong(records.rows, running(living), now)) {
		const looked = await unlessUnreadable(
			examined(suspect, ports.cells, now, ports.bootTimeoutSeconds, signal),
		);
		const why =
			looked.problem === undefined
				? looked.found?.finding.unaccounted
				: unreadableText(looked.problem);
		if (why !== undefined) unaccounted.push({ ...placeOf(suspect.row), why });
	}
	const orphans: SeenInstance[] = [];
	for (const machine of strangersAmong(living.machines, records, now)) {
		const { found } = await unlessUnreadable(isOwned(machine, ports, signal));
		// Whose record can't be read may own it.
		if (found === false) orphans.push(machine);
	}

	const all = allOf(counts);
	const over = all - livingAmong(counts);
	const unaccountedOver = unaccounted.filter(isOver).length;
	return {
		accepted: all,
		terminal: over - unaccountedOver,
		live: all - over - (unaccounted.length - unaccountedOver) - notIndexed,
		difference: unaccounted.length + notIndexed,
		unaccounted,
		notIndexed,
		orphans,
		unreadable: living.unreadable,
	};
}

const unreadableText = (problem: string): string => `its record can't be read: ${problem}`;

/** What was found, unless a record that was read for it is none of this version's. */
async function unlessUnreadable<Found>(
	look: Promise<Found>,
): Promise<Readonly<{ found: Found; problem?: never } | { found?: never; problem: string }>> {
	try {
		return { found: await look };
	} catch (error) {
		if (!(error instanceof z.ZodError)) throw error;
		return { problem: recordFaults(error).slice(0, problemKept) };
	}
}

/** A record of another version may have many faults. */
const problemKept = 300;

const allOf = ({ phases, unreadable }: Counts): number =>
	Object.values(phases).reduce((sum, count) => sum + count, unreadable);

/** One that can't be read counts as living: nobody knows that it is over. */
const livingAmong = (counts: Counts): number =>
	allOf(counts) - counts.phases.Failed - counts.phases.Terminated;

/** Counts of a table that changes meanwhile are off by what has changed: where they disagree, they are repeated. */
const countings = 3;

/** The index's rows, and how many living records it lacks, read before and after the table's own count. */
async function counted(
	{ census, index }: ConservationPorts,
	signal: AbortSignal,
): Promise<{ records: UnsettledRows; counts: Counts; notIndexed: number }> {
	let before = await index.unsettled(signal);
	for (let counting = 1; ; counting++) {
		const counts = await census(signal);
		const records = await index.unsettled(signal);
		const most = Math.max(livingIn(before), livingIn(records));
		const notIndexed = Math.max(0, livingAmong(counts) - most);
		if (notIndexed === 0 || counting === countings) return { records, counts, notIndexed };
		before = records;
	}
}

const livingIn = ({ rows, unreadable }: UnsettledRows): number =>
	rows.filter((row) => !isOver(row)).length + unreadable.length;

const isOver = ({ phase }: Readonly<{ phase?: Phase }>): boolean =>
	phase === "Failed" || phase === "Terminated";

const placeOf = ({ podUid, phase }: CellRow) => ({ podUid, phase });
