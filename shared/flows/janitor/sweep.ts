import { type CellRow, Phase } from "../../cells/model.ts";
import type { SeenInstance } from "../../instances/model.ts";
import { giveBackShares, removeParameters } from "./leftovers.ts";
import { oneByOne } from "./one-by-one.ts";
import { endOrphans } from "./orphans.ts";
import type { JanitorPorts } from "./ports.ts";
import { remedied } from "./remedies.ts";
import { examined, running, suspectsAmong } from "./suspects.ts";

export type SweepOutcome = Readonly<{
	/** False: the run's time was over first; the next one goes on. */
	finished: boolean;
	/** Records that nobody seemed to look after. */
	unaccounted: number;
	/** Machines, records and parts of the run that could not be handled; the log names each. */
	failures: number;
}>;

/**
 * One run of the janitor: what the machines are against what the records say, and records that should have
 * moved on. Nothing of what it finds should ever happen, and so it tells everybody.
 *
 * Runs at the same time do no harm: every save names the version that it has seen, and whatever else is done
 * is harmless twice.
 *
 * @throws what the index throws: without it nothing is known.
 */
export async function sweep(ports: JanitorPorts, signal: AbortSignal): Promise<SweepOutcome> {
	// Before the machines: what is young enough to be missing here is too young there.
	const rows = await ports.index.unsettled(signal);
	tell(rows, ports);
	let failures = 0;
	/** A part of the run that fails takes no other one with it. */
	const part = async (name: string, run: () => Promise<number>): Promise<void> => {
		let within = 0;
		const failed = await oneByOne(
			[name],
			() => ({ part: name }),
			async () => {
				within = await run();
			},
			ports.log,
			signal,
		);
		failures += failed + within;
	};
	let living: readonly SeenInstance[] | undefined;
	let unaccounted = 0;
	await part("machines", async () => {
		living = await ports.fleet.living(signal);
		return await endOrphans(living, rows, ports, signal);
	});
	await part("records", async () => {
		const looked = await lookAfter(rows, living, ports, signal);
		unaccounted = looked.unaccounted;
		return looked.failures;
	});
	await part("parameters", async () =>
		living === undefined ? 0 : await removeParameters(living, ports, signal),
	);
	await part("limits", async () => {
		if (living !== undefined) await giveBackShares(rows, living, ports, signal);
		return 0;
	});
	const finished = !signal.aborted;
	ports.metrics.add("JanitorFailures", failures, {});
	ports.log.info("janitor's run is over", { finished, unaccounted, failures });
	return { finished, unaccounted, failures };
}

/** Records that should have moved on get their remedy. */
async function lookAfter(
	rows: readonly CellRow[],
	living: readonly SeenInstance[] | undefined,
	ports: JanitorPorts,
	signal: AbortSignal,
): Promise<{ unaccounted: number; failures: number }> {
	const { bootTimeoutSeconds } = ports.config.cells;
	const now = ports.now();
	const stuck = new Map<Phase, number>();
	const failures = await oneByOne(
		suspectsAmong(rows, living && running(living), now),
		({ row: { podUid, phase, instanceId } }) => ({ podUid, phase, instanceId }),
		async (suspect) => {
			const found = await examined(suspect, ports.cells, now, bootTimeoutSeconds, signal);
			if (found === undefined) return;
			const { podUid, phase, attempt } = found.cell;
			const { remedy, unaccounted } = found.finding;
			if (unaccounted !== undefined) {
				stuck.set(phase, (stuck.get(phase) ?? 0) + 1);
				ports.log.error("record found that nobody looks after", {
					podUid,
					attempt,
					phase,
					remedy,
					why: unaccounted,
				});
			}
			await remedied(found.cell, remedy, ports, signal);
		},
		ports.log,
		signal,
	);
	for (const [Phase, count] of stuck) ports.metrics.add("RecordsStuck", count, { Phase });
	const unaccounted = stuck.values().reduce((sum, count) => sum + count, 0);
	ports.metrics.add("Conservation", unaccounted, {});
	return { unaccounted, failures };
}

/** How many there are, whether all is well or not. */
function tell(rows: readonly CellRow[], { metrics }: Pick<JanitorPorts, "metrics">): void {
	const counts = Map.groupBy(rows, ({ phase }) => phase);
	const count = (phase: Phase): number => counts.get(phase)?.length ?? 0;
	for (const phase of Phase.options) metrics.add("Cells", count(phase), { Phase: phase });
	metrics.add("CellsLive", count("Booting") + count("Ready"), {});
}
