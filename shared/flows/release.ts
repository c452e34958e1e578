import type { CellStore } from "../cells/model.ts";
import { cellNameOf } from "../cells/naming.ts";
import { isLiving, terminating, tombstone } from "../cells/transitions.ts";
import { unlessChanged } from "../cells/unless-changed.ts";
import { ProvisionerError } from "../errors.ts";
import { readPodDeleted } from "../pods/message.ts";
import type { PodIdentity } from "../pods/model.ts";
import type { DeadLetters } from "../queues/model.ts";
import type { Log } from "../telemetry/log.ts";
import type { Metrics } from "../telemetry/metrics.ts";

/** Everything that a pod-deleted message touches. The instance is reconcile's: it can't be forgotten there. */
export type ReleasePorts = Readonly<{
	cells: CellStore;
	/** Of the queue pod-deleted. */
	deadLetters: DeadLetters;
	now: () => Date;
	log: Log;
	metrics: Metrics;
}>;

const deleted = { reason: "PodDeleted", message: "the pod was deleted" };

/** How often a record may change under one deletion before its message goes back. */
const racesPerInvocation = 10;

/**
 * One pod-deleted message: the end of its pod's cell, whatever its phase; or, where it says no pod, the
 * dead-letter queue. Returning settles the message; a second one finds nothing to do.
 *
 * @throws ProvisionerError `unavailable` when the record kept changing: the message shall come again.
 */
export async function release(
	body: string,
	sentAt: Date | undefined,
	ports: ReleasePorts,
	signal: AbortSignal,
): Promise<void> {
	const read = readPodDeleted(body);
	if (read.outcome === "unreadable") {
		await ports.deadLetters.keep(body, "UnreadableMessage", read.faults, signal);
		ports.metrics.add("MessagesUnreadable", 1, {});
		ports.log.error("message kept as a dead letter", { faults: read.faults });
		return;
	}
	const { uid, namespace, name } = read.message.pod.metadata;
	for (let race = 0; race < racesPerInvocation; race++) {
		if (await released({ uid, namespace, name }, sentAt, ports, signal)) return;
	}
	throw new ProvisionerError(
		"unavailable",
		"RecordChanged",
		`the record of pod ${uid} changed ${racesPerInvocation} times while it was to be released`,
		{ retryAfterSeconds: 1 },
	);
}

/** @returns false after a lost race: the record wants another look. */
async function released(
	pod: PodIdentity,
	sentAt: Date | undefined,
	ports: ReleasePorts,
	signal: AbortSignal,
): Promise<boolean> {
	const cell = await ports.cells.get(pod.uid, signal);
	if (cell === undefined) return await forestalled(pod, sentAt, ports, signal);
	const { podUid, cellName, phase } = cell;
	if (!isLiving(cell)) {
		ports.log.info("deleted pod has no living cell", { podUid, pod, phase });
		return true;
	}
	const next = terminating(cell, deleted, ports.now());
	if ((await unlessChanged(ports.cells.save(next, signal))) === undefined) return false;
	ports.metrics.add("CellsReleased", 1, {});
	ports.log.info("cell released", { podUid, pod, cellName, phase });
	return true;
}

/** The deletion has overtaken the pod's own message, which finds this record and is dropped. */
async function forestalled(
	pod: PodIdentity,
	sentAt: Date | undefined,
	ports: ReleasePorts,
	signal: AbortSignal,
): Promise<boolean> {
	const stone = tombstone(pod, cellNameOf(pod.uid), deleted, ports.now(), sentAt);
	const { claimed } = await ports.cells.claim(stone, signal);
	if (!claimed) return false;
	ports.metrics.add("PodsAccepted", 1, {});
	ports.metrics.add("CellsReleased", 1, {});
	ports.log.info("pod deleted before it had a cell", { podUid: pod.uid, pod });
	return true;
}
