import type { Cell, CellIn } from "../cells/model.ts";
import { cellNameOf } from "../cells/naming.ts";
import { failed, launching, scheduled, stillborn, waiting } from "../cells/transitions.ts";
import { ProvisionerError } from "../errors.ts";
import type { Decision } from "../offerings/model.ts";
import type { CellRequest, PodIdentity } from "../pods/model.ts";
import { boot } from "./boot.ts";
import type { BootPorts } from "./boot-ports.ts";
import { endStray, mayHaveStray } from "./end-instance.ts";
import { adopt } from "./own-instance.ts";
import { type PlanPorts, planAttempt } from "./plan-attempt.ts";

/** Everything that giving a pod its cell touches. */
export type LaunchPorts = PlanPorts & BootPorts;

/** Plans and refusals that one invocation works through before it gives the message back. */
const roundsPerInvocation = 24;

/**
 * Gives a pod its cell.
 *
 * A redelivered message goes on from the last saved state, with the plan that was saved: any step may run
 * twice, none may be lost.
 *
 * @param sentAt when the message was put on its queue.
 * @throws ProvisionerError `unavailable` when the message shall come again: capacity, throttling, a race lost.
 */
export async function launch(
	pod: PodIdentity,
	request: CellRequest,
	sentAt: Date | undefined,
	ports: LaunchPorts,
	signal: AbortSignal,
): Promise<void> {
	const first = scheduled(pod, cellNameOf(pod.uid), request, ports.now(), sentAt);
	try {
		const { cell, claimed } = await ports.cells.claim(first, signal);
		ports.metrics.add(claimed ? "PodsAccepted" : "PodsRedelivered", 1, {});
		if (isReleased(cell)) logDropped(cell, ports);
		await endStray(cell, ports, signal);
		await advance(cell, ports, signal);
	} catch (error) {
		if (!signal.aborted || error instanceof ProvisionerError) throw error;
		throw new ProvisionerError(
			"unavailable",
			"OutOfTime",
			`pod ${pod.uid} was cut off by the end of this run; the next one goes on from its record`,
			{ cause: error, retryAfterSeconds: 5 },
		);
	}
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

/** Step after step until the cell has its instance or its answer. */
async function advance(found: Cell, ports: LaunchPorts, signal: AbortSignal): Promise<void> {
	let cell = found;
	let watched = false;
	for (let round = 0; round < roundsPerInvocation; round++) {
		signal.throwIfAborted();
		try {
			if (cell.phase === "Scheduled") cell = await plan(cell, ports, signal);
			if (cell.phase !== "Launching") return;
			if (!watched) {
				// Before EC2 is asked: whatever dies from here on, somebody looks at this record again.
				await ports.checks.ask(
					cell.podUid,
					cell.attempt,
					cell.plan.firstCheckSeconds ?? ports.firstCheckSeconds,
					signal,
				);
				watched = true;
			}
			cell = await boot(cell, ports, signal);
		} catch (error) {
			cell = await standingAfter(error, cell, ports, signal);
		}
	}
	throw new ProvisionerError(
		"unavailable",
		"ManyRefusals",
		`pod ${cell.podUid} was refused ${roundsPerInvocation} times in one go; it goes on with the next delivery`,
		{ retryAfterSeconds: 5 },
	);
}

/** The next attempt's plan, saved before anything is done about it; or the pod's answer; or it waits. */
async function plan(
	cell: CellIn<"Scheduled">,
	ports: LaunchPorts,
	signal: AbortSignal,
): Promise<Cell> {
	const now = ports.now();
	const planned = await planAttempt(cell, ports, signal);
	if (planned.outcome === "planned")
		return await ports.cells.save(
			launching(cell, planned.plan, planned.decision, "worker", now),
			signal,
		);

	const { reason, message, decision } = planned;
	if (planned.outcome === "impossible")
		return await fail(cell, { reason, message }, ports, signal, decision);
	await ports.cells.save({ ...waiting(cell, { reason, message }, now), decision }, signal);
	throw new ProvisionerError("unavailable", reason, message, {
		retryAfterSeconds: secondsUntil(planned.until, now),
	});
}

/** When a pod that waits for capacity looks again: what is set aside now may end sooner for another reason. */
const mostWaitSeconds = 20;

const secondsUntil = (until: Date | undefined, now: Date): number => {
	const seconds = Math.ceil(((until ?? now).getTime() - now.getTime()) / 1000);
	return until === undefined ? mostWaitSeconds : Math.min(Math.max(seconds, 1), mostWaitSeconds);
};

/**
 * After a lost race the winner's record counts. A failure that is the pod's own is its answer at once; any
 * other brings the message back later, until the pod's time is over, and is its answer then.
 */
async function standingAfter(
	error: unknown,
	cell: Cell,
	ports: LaunchPorts,
	signal: AbortSignal,
): Promise<Cell> {
	const kind = error instanceof ProvisionerError ? error.kind : undefined;
	const lost = kind === "conflict";
	const final = kind === "invalid" || ports.now() >= deadlineOf(cell, ports);
	if (signal.aborted || !(lost || final)) throw error;
	const standing = await ports.cells.get(cell.podUid, signal);
	if (standing === undefined) throw error;
	if (mayHaveStray(standing)) throw wantsAnotherLook(standing);
	if (lost || (standing.phase !== "Scheduled" && standing.phase !== "Launching")) return standing;
	const made = standing.phase === "Launching" ? await lastLook(standing, ports, signal) : undefined;
	if (made !== undefined) return made;
	ports.log.error("pod given up", { podUid: cell.podUid, error });
	return await fail(standing, reasonOf(error), ports, signal);
}

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

async function fail(
	cell: CellIn<"Scheduled" | "Launching">,
	why: { reason: string; message: string },
	ports: LaunchPorts,
	signal: AbortSignal,
	decision?: Decision,
): Promise<Cell> {
	const saved = await ports.cells.save(failed(cell, why, ports.now(), decision), signal);
	ports.metrics.add("CellsFailed", 1, { Reason: why.reason });
	ports.log.info("pod failed", { podUid: cell.podUid, pod: cell.pod, ...why });
	return saved;
}

/** When a pod that has no instance yet is given up. */
const deadlineOf = ({ stages }: Cell, { config }: LaunchPorts): Date =>
	new Date(new Date(stages.acceptedAt).getTime() + config.cells.capacityTimeoutSeconds * 1000);

const reasonOf = (error: unknown): { reason: string; message: string } => {
	if (error instanceof ProvisionerError) return { reason: error.reason, message: error.message };
	const { name, message } = error instanceof Error ? error : { name: "Error", message: "unknown" };
	return { reason: "InternalError", message: `${name}: ${message}` };
};
