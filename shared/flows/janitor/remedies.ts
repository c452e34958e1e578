import type { Cell, CellIn } from "../../cells/model.ts";
import { ended, settled, terminated } from "../../cells/transitions.ts";
import { isConflict } from "../../errors.ts";
import type { Instance } from "../../instances/model.ts";
import { endInstance, instanceLeft } from "../end-instance.ts";
import type { Remedy } from "./finding.ts";
import { loseIfGone } from "./lose-if-gone.ts";
import type { JanitorPorts } from "./ports.ts";

type RemedyPorts = Omit<JanitorPorts, "limits"> &
	Readonly<{ limits: Pick<JanitorPorts["limits"], "giveBack"> }>;

/** Does what a finding calls for. A record that somebody writes meanwhile is in good hands: nothing is done to it. */
export async function remedied(
	cell: Cell,
	remedy: Remedy,
	ports: RemedyPorts,
	signal: AbortSignal,
): Promise<void> {
	try {
		await remedies[remedy](cell, ports, signal);
	} catch (error) {
		if (!isConflict(error)) throw error;
		ports.log.info("janitor leaves a record that has just changed", { podUid: cell.podUid });
	}
}

const remedies: Readonly<
	Record<Remedy, (cell: Cell, ports: RemedyPorts, signal: AbortSignal) => Promise<void>>
> = {
	async wake({ podUid }, { wakeUps }, signal) {
		await wakeUps.wake(podUid, signal);
	},

	async check({ podUid, attempt }, { checks, metrics }, signal) {
		metrics.add("ChecksLost", 1, {});
		await checks.ask(podUid, attempt, 0, signal);
	},

	async "check-once"({ podUid, attempt }, { checks, sightings, now }, signal) {
		// A check that isn't lost comes back by itself: each further message would do so as well.
		const since = now();
		const first = await sightings.see(`check#${podUid}#${attempt}`, signal);
		if (first >= since) await checks.ask(podUid, attempt, 0, signal);
	},

	async reconcile(cell, { cells }, signal) {
		await cells.save(cell, signal);
	},

	async settle(cell, ports, signal) {
		if (cell.phase === "Failed" || cell.phase === "Terminated") await settle(cell, ports, signal);
	},

	async "find-instance"(cell, ports, signal) {
		if (cell.phase === "Booting" || cell.phase === "Ready") await loseIfGone(cell, ports, signal);
	},
};

/** A last look for what the plan of a cell that is over may have made; then nothing of it is left. */
async function settle(
	cell: CellIn<"Failed" | "Terminated">,
	ports: RemedyPorts,
	signal: AbortSignal,
): Promise<void> {
	const { podUid, plan, phase } = cell;
	const found = cell.instance === undefined ? await instanceLeft(cell, ports, signal) : undefined;
	if (plan !== undefined && found !== undefined) {
		const { instanceId } = found;
		ports.log.warn("instance appeared after its cell was over", { podUid, instanceId, phase });
		await endInstance(cell, plan, found, ports, signal);
	}
	// Before the record is settled: after that, only the stream comes to do it.
	await ports.limits.giveBack(podUid, signal);
	await ports.cells.save(over(cell, found, ports.now()), signal);
}

const over = (
	cell: CellIn<"Failed" | "Terminated">,
	found: Instance | undefined,
	now: Date,
): Cell => {
	if (found === undefined) return settled(cell, now);
	return cell.phase === "Failed"
		? ended(cell, found, undefined, now)
		: terminated({ ...cell, phase: "Terminating" }, found, now);
};
