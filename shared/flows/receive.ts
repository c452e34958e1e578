import { invalid, ProvisionerError } from "../errors.ts";
import { cellRequestOf } from "../pods/cell-request.ts";
import { readPodScheduled } from "../pods/message.ts";
import type { DeadLetters } from "../queues/model.ts";
import { readWakeUp } from "../queues/wake-up.ts";
import { gathering, type Member } from "./gathering.ts";
import { launch, reject, resume } from "./launch.ts";
import type { LaunchPorts } from "./launch-ports.ts";

/** Everything that a pod-scheduled message sets in motion. */
export type ReceivePorts = LaunchPorts & Readonly<{ deadLetters: DeadLetters }>;

/**
 * One pod-scheduled message: a cell for its pod; or, of our own, a call to go on with one; or, where it is wrong, the pod's Failed status; or, where
 * it names no pod, the dead-letter queue. Returning settles the message.
 *
 * @param member its way into the batch that it came with; by itself where nothing is said.
 */
export async function receive(
	body: string,
	sentAt: Date | undefined,
	ports: ReceivePorts,
	signal: AbortSignal,
	member: Member = gathering(1)(),
): Promise<void> {
	const woken = readWakeUp(body);
	if (woken !== undefined) return await resume(woken, ports, signal, member);
	const read = readPodScheduled(body);
	if (read.outcome === "unreadable") {
		await ports.deadLetters.keep(body, "UnreadableMessage", read.faults, signal);
		ports.metrics.add("MessagesUnreadable", 1, {});
		ports.log.error("message kept as a dead letter", { faults: read.faults });
		return;
	}
	if (read.outcome === "invalid") {
		const { reason, message } = invalid("InvalidPod", read.faults);
		return await reject(read.pod, { reason, message }, sentAt, ports, signal);
	}
	const { pod } = read.message;
	const { uid, namespace, name } = pod.metadata;
	try {
		const request = cellRequestOf(pod, ports.config.cells.sizing);
		await launch({ uid, namespace, name }, request, sentAt, ports, signal, member);
	} catch (error) {
		if (!(error instanceof ProvisionerError) || error.kind !== "invalid") throw error;
		const { reason, message } = error;
		await reject({ uid, namespace, name }, { reason, message }, sentAt, ports, signal);
	}
}
