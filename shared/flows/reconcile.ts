import type { Cell, CellIn, CellStore } from "../cells/model.ts";
import { ended, isSettled, left, terminated } from "../cells/transitions.ts";
import { unlessChanged } from "../cells/unless-changed.ts";
import type { Instance } from "../instances/model.ts";
import type { CellLimits } from "../limits/model.ts";
import type { WakeUps } from "../queues/model.ts";
import { type StatusBus, statusOf } from "../status/model.ts";
import { type EndInstancePorts, endInstance, instanceLeft } from "./end-instance.ts";
import { type EvidencePorts, gatherEvidence } from "./gather-evidence.ts";

/** What follows from a record's change touches these. */
export type FollowPorts = EndInstancePorts &
	EvidencePorts &
	Readonly<{
		cells: CellStore;
		/** Of the queue pod-scheduled. */
		wakeUps: WakeUps;
		limits: Pick<CellLimits, "giveBack">;
	}>;

export type ReconcilePorts = FollowPorts & Readonly<{ bus: StatusBus }>;

/** For so long the stream waits for what follows from one record's change. */
const patienceMs = 60_000;

/**
 * One change of a record: announces it, and does what follows from it. The one doesn't wait for the other: an
 * instance ends also while the bus is away.
 *
 * What can't be announced holds the stream up for as long as it lasts: the bus is everybody's, and so is its
 * failure. What can't be done, for a minute, is let go: mostly one instance is the reason, such as one that
 * somebody has protected against termination, and it must not hold up everybody else. The janitor comes back
 * to that record.
 *
 * @param changedAt when the record was written; absent: just now.
 * @throws whatever failed: the change shall come again.
 */
export async function reconcile(
	cell: Cell,
	ports: ReconcilePorts,
	signal: AbortSignal,
	changedAt = ports.now(),
): Promise<void> {
	const [announced, followed] = await Promise.allSettled([
		announce(cell, ports, signal),
		follow(cell, ports, signal),
	]);
	if (followed.status === "rejected") {
		if (signal.aborted || ports.now().getTime() - changedAt.getTime() < patienceMs)
			throw followed.reason;
		const { podUid, phase, version } = cell;
		ports.metrics.add("ChangesLetGo", 1, {});
		ports.log.error("what follows from a change is left to the janitor", {
			podUid,
			phase,
			version,
			error: followed.reason,
		});
	}
	if (announced.status === "rejected") throw announced.reason;
}

async function announce(
	cell: Cell,
	{ bus, metrics }: ReconcilePorts,
	signal: AbortSignal,
): Promise<void> {
	await bus.announce([statusOf(cell)], signal);
	metrics.add("StatusesAnnounced", 1, {});
}

/**
 * What follows from a record as it stands: the instance of a cell that failed, whose pod is gone, or that its pod
 * has lost is ended; launch is called for the next one; what a cell that is over took of the limits is given back.
 *
 * Done twice, everything here does no harm, and all of it comes from the record, never from whether a save was
 * ours. So it can be repeated from anywhere until it returns, and whatever dies between two steps, none is lost.
 */
export async function follow(cell: Cell, ports: FollowPorts, signal: AbortSignal): Promise<void> {
	if (cell.phase === "Scheduled") return await leave(cell, ports, signal);
	if (cell.phase === "Terminating") return await finish(cell, ports, signal);
	if (isSettled(cell)) return await ports.limits.giveBack(cell.podUid, signal);
	if (cell.phase === "Failed" || cell.phase === "Terminated") await end(cell, ports, signal);
}

/** The pod's lost instance is ended, for good, before launch is called for another one. */
async function leave(
	cell: CellIn<"Scheduled">,
	ports: FollowPorts,
	signal: AbortSignal,
): Promise<void> {
	const { leaving, podUid } = cell;
	if (leaving === undefined) return;
	const evidence = await evidenceOf(cell, leaving.instance, ports, signal);
	await endInstance(cell, leaving.plan, leaving.instance, ports, signal);
	await saveUnlessChanged(left(cell, evidence), ports, signal);
	await ports.wakeUps.wake(podUid, signal);
}

/** The pod is gone: nobody asks any more what its machine had to say. */
async function finish(
	cell: CellIn<"Terminating">,
	ports: FollowPorts,
	signal: AbortSignal,
): Promise<void> {
	const instance = await instanceLeft(cell, ports, signal);
	if (cell.plan !== undefined && instance !== undefined)
		await endInstance(cell, cell.plan, instance, ports, signal);
	await saveUnlessChanged(terminated(cell, instance, ports.now()), ports, signal);
}

/** Of a cell that is over: also an instance that EC2 shows only now. */
async function end(
	cell: CellIn<"Failed" | "Terminated">,
	ports: FollowPorts,
	signal: AbortSignal,
): Promise<void> {
	const instance = await instanceLeft(cell, ports, signal);
	if (cell.plan === undefined || instance === undefined) return;
	const evidence =
		cell.phase === "Failed" ? await evidenceOf(cell, instance, ports, signal) : undefined;
	await endInstance(cell, cell.plan, instance, ports, signal);
	const over =
		cell.phase === "Failed"
			? ended(cell, instance, evidence, ports.now())
			: terminated({ ...cell, phase: "Terminating" }, instance, ports.now());
	await saveUnlessChanged(over, ports, signal);
}

/** For the loss that the record tells of; undefined where it has none of this instance, or its evidence already. */
async function evidenceOf(
	{ losses }: Cell,
	{ instanceId }: Instance,
	ports: FollowPorts,
	signal: AbortSignal,
) {
	const wanted = losses.some((loss) => loss.instanceId === instanceId && !loss.evidence);
	return wanted ? await gatherEvidence(instanceId, ports, signal) : undefined;
}

/** Where somebody wrote a newer version, it is in the stream behind this one, and is looked at then. */
async function saveUnlessChanged(
	cell: Cell,
	{ cells }: FollowPorts,
	signal: AbortSignal,
): Promise<void> {
	await unlessChanged(cells.save(cell, signal));
}
