import type { Cell, CellIn } from "../cells/model.ts";
import { cellNameOf } from "../cells/naming.ts";
import { scheduled, stillborn } from "../cells/transitions.ts";
import { isConflict, ProvisionerError } from "../errors.ts";
import type { CellRequest, PodIdentity } from "../pods/model.ts";
import { advance } from "./advance.ts";
import { endStray, mayHaveStray } from "./end-instance.ts";
import { gathering, type Member, type Returned } from "./gathering.ts";
import type { LaunchPorts } from "./launch-ports.ts";
import { giveUpAtOf } from "./launch-turn.ts";
import { adopt } from "./own-instance.ts";
import { partyKeyOf, partyOf } from "./party.ts";
import { fail } from "./plan-party.ts";

/**
 * Gives a pod its cell.
 *
 * A redelivered message goes on from the last saved state, with the plan that was saved: any step may run
 * twice, none may be lost.
 *
 * @param sentAt when the message was put on its queue.
 * @param member the message's way into its batch, where other replicas of its workload
 *   may be; by itself where nothing is said.
 * @throws ProvisionerError `unavailable` when the message shall come again: capacity, its turn, a race lost.
 */
export async function launch(
	pod: PodIdentity,
	request: CellRequest,
	sentAt: Date | undefined,
	ports: LaunchPorts,
	signal: AbortSignal,
	member: Member = gathering(1)(),
): Promise<void> {
	const first = scheduled(pod, cellNameOf(pod.uid), request, ports.now(), sentAt);
	await untilCutOff(pod.uid, signal, async () => {
		const { cell, claimed } = await ports.cells.claim(first, signal);
		ports.metrics.add(claimed ? "PodsAccepted" : "PodsRedelivered", 1, {});
		if (isReleased(cell)) logDropped(cell, ports);
		await goOn(cell, ports, signal, member);
	});
}

/** Goes on with a pod that has a record: after it lost its cell, or when its own message may be lost. */
export async function resume(
	podUid: string,
	ports: LaunchPorts,
	signal: AbortSignal,
	member: Member = gathering(1)(),
): Promise<void> {
	await untilCutOff(podUid, signal, async () => {
		const cell = await ports.cells.get(podUid, signal);
		if (cell === undefined) ports.log.warn("wake-up without a record dropped", { podUid });
		else await goOn(cell, ports, signal, member);
	});
}

/** A pod that can never be launched as it is written gets its answer, unless it has a record already. */
export async function reject(
	pod: PodIdentity,
	why: { reason: string; message: string },
	sentAt: Date | undefined,
	ports: Pick<LaunchPorts, "cells" | "now" | "log" | "metrics">,
	signal: AbortSignal,
): Promise<void> {
	const record = stillborn(pod, cellNameOf(pod.uid), why, ports.now(), sentAt);
	const { cell, claimed } = await ports.cells.claim(record, signal);
	if (isReleased(cell)) logDropped(cell, ports);
	if (!claimed) return;
	ports.metrics.add("PodsAccepted", 1, {});
	ports.metrics.add("CellsFailed", 1, { Reason: why.reason });
	ports.log.info("pod rejected", { podUid: pod.uid, pod, ...why });
}

const isReleased = ({ phase }: Cell): boolean => phase === "Terminating" || phase === "Terminated";

const logDropped = ({ podUid, pod, phase }: Cell, { log }: Pick<LaunchPorts, "log">): void =>
	log.info("message dropped: its pod has been deleted", { podUid, pod, phase });

async function untilCutOff(
	podUid: string,
	signal: AbortSignal,
	act: () => Promise<void>,
): Promise<void> {
	try {
		await act();
	} catch (error) {
		if (!signal.aborted || error instanceof ProvisionerError) throw error;
		throw new ProvisionerError(
			"unavailable",
			"OutOfTime",
			`pod ${podUid} was cut off by the end of this run; the next one goes on from its record`,
			{ cause: error, retryAfterSeconds: 5 },
		);
	}
}

/** From where the record stands, with the pods that go the same way. */
async function goOn(
	cell: Cell,
	ports: LaunchPorts,
	signal: AbortSignal,
	member: Member = gathering(1)(),
): Promise<void> {
	await endStray(cell, ports, signal);
	if (cell.phase !== "Scheduled" && cell.phase !== "Launching") return;
	const work = async (cells: readonly Cell[]): Promise<Returned> =>
		await advance(await partyOf(cells, ports, signal), ports, signal);
	const key = partyKeyOf(cell, ports.config);
	try {
		if (key !== undefined) return await member.join(key, cell, work);
		member.leave();
		const returned = await work([cell]);
		if (returned.has(cell.podUid)) throw returned.get(cell.podUid);
	} catch (error) {
		await answerAfter(error, cell, ports, signal);
	}
}

/**
 * A failure that is the pod's own is its answer at once; any other brings the message back later, until the
 * pod's time is over, and is its answer then. After a lost race the winner's record counts.
 *
 * @throws ProvisionerError, or the error itself, when the message shall come again.
 */
async function answerAfter(
	error: unknown,
	{ podUid }: Cell,
	ports: LaunchPorts,
	signal: AbortSignal,
): Promise<void> {
	if (signal.aborted) throw error;
	const standing = await ports.cells.get(podUid, signal);
	if (standing === undefined) throw error;
	if (mayHaveStray(standing)) throw wantsAnotherLook(standing);
	if (standing.phase !== "Scheduled" && standing.phase !== "Launching") return;
	const kind = error instanceof ProvisionerError ? error.kind : undefined;
	if (kind !== "invalid" && ports.now() < giveUpAtOf(standing, ports.config))
		throw kind === "conflict" ? wasChanged(podUid, error) : error;
	if (standing.phase === "Launching" && (await lastLook(standing, ports, signal)) !== undefined)
		return;
	ports.log.error("pod given up", { podUid, error });
	await giveUp(standing, reasonOf(error), ports, signal);
}

/** A pod that still leaves an instance is given up when that one has ended. */
async function giveUp(
	cell: CellIn<"Scheduled" | "Launching">,
	why: { reason: string; message: string },
	ports: LaunchPorts,
	signal: AbortSignal,
): Promise<void> {
	try {
		await fail(cell, why, ports, signal);
	} catch (error) {
		throw isConflict(error) ? wasChanged(cell.podUid, error) : error;
	}
}

const wasChanged = (podUid: string, cause: unknown) =>
	new ProvisionerError(
		"unavailable",
		"RecordChanged",
		`the record of pod ${podUid} changed meanwhile; the next delivery goes on from there`,
		{ cause, retryAfterSeconds: 2 },
	);

/** EC2 shows a new instance after a while only: what this pod's message ends when it comes again. */
const wantsAnotherLook = ({ podUid, phase }: Cell) =>
	new ProvisionerError(
		"unavailable",
		"RecordChanged",
		`the record of pod ${podUid} became ${phase} while EC2 was asked: an instance may appear yet`,
		{ retryAfterSeconds: 20 },
	);

/** Before a plan is given up: an answer of EC2's may have been lost, and with it an instance. */
async function lastLook(
	cell: CellIn<"Launching">,
	ports: LaunchPorts,
	signal: AbortSignal,
): Promise<Cell | undefined> {
	try {
		return await adopt(cell, ports, signal);
	} catch (error) {
		ports.log.warn("last look for an instance failed", { podUid: cell.podUid, error });
		return undefined;
	}
}

const reasonOf = (error: unknown): { reason: string; message: string } => {
	if (error instanceof ProvisionerError) return { reason: error.reason, message: error.message };
	const { name, message } = error instanceof Error ? error : { name: "Error", message: "unknown" };
	return { reason: "InternalError", message: `${name}: ${message}` };
};
