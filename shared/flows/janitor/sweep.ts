import type { CellRow, Phase, UnsettledRows } from "../../cells/model.ts";
import type { LivingInstances } from "../../instances/model.ts";
import type { Log } from "../../telemetry/log.ts";
import { giveBackShares, removeParameters } from "./leftovers.ts";
import { oneByOne } from "./one-by-one.ts";
import { endOrphans } from "./orphans.ts";
import type { JanitorPorts } from "./ports.ts";
import { remedied } from "./remedies.ts";
import { tellOfCells, tellOfLimits } from "./state-of-things.ts";
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
	const records = await ports.index.unsettled(signal);
	tellOfCells(records.rows, ports.metrics);
	let partsFailed = 0;
	/** A part of the run that fails takes no other one with it. */
	const part = async <Result>(
		name: string,
		run: () => Promise<Result>,
	): Promise<Result | undefined> => {
		try {
			return await run();
		} catch (error) {
			// Cut off by the end of the run: nobody's failure.
			if (signal.aborted) return undefined;
			partsFailed += 1;
			ports.log.error("part of the janitor's run failed", { part: name, error });
			return undefined;
		}
	};
	const living = await part("machines", async () => await ports.fleet.living(signal));
	/** What holds machines against records; without machines, nothing counts as missing. */
	const against = async (
		name: string,
		run: (living: LivingInstances) => Promise<number>,
	): Promise<number | undefined> =>
		living === undefined ? 0 : await part(name, async () => await run(living));
	// Side by side: one that has so much to do that the run's time is over leaves none of the others out.
	const [looked, ...failed] = await Promise.all([
		part("records", async () => await lookAfter(records.rows, living, ports, signal)),
		against("orphans", async (all) => await endOrphans(all.machines, records, ports, signal)),
		against("parameters", async (all) => await removeParameters(all, ports, signal)),
		against("limits", async (all) => await giveBackShares(records, all, ports, signal)),
		part("use of the limits", async () => await tellOfLimits(ports, signal)),
	]);
	const { unaccounted = 0, failures: atRecords = 0 } = looked ?? {};
	const failures = failed.reduce<number>(
		(sum, count) => sum + (count ?? 0),
		partsFailed + atRecords + tellOfUnreadable(records, living, ports.log),
	);
	const outcome = { finished: !signal.aborted, unaccounted, failures };
	ports.metrics.add("JanitorFailures", failures, {});
	if (outcome.finished) ports.log.debug("janitor's run is over", outcome);
	else ports.log.warn("janitor's run was cut short", outcome);
	return outcome;
}

/**
 * What can't be read is nobody's reason to leave the others alone; and whoever it belongs to, nothing is done about it.
 *
 * @returns how many machines and records.
 */
function tellOfUnreadable(
	records: UnsettledRows,
	living: LivingInstances | undefined,
	log: Log,
): number {
	const machines = living?.unreadable ?? [];
	for (const machine of machines) log.error("machine passed by: it can't be read", machine);
	for (const row of records.unreadable) log.error("record passed by: it can't be read", row);
	return machines.length + records.unreadable.length;
}

/** Records that should have moved on get their remedy. */
async function lookAfter(
	rows: readonly CellRow[],
	living: LivingInstances | undefined,
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
