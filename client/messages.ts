import { randomUUID } from "node:crypto";
import type { Fault } from "../shared/errors.ts";
import { firstFaults } from "../shared/pods/faults.ts";
import { readPodDeleted, readPodScheduled } from "../shared/pods/message.ts";
import { faulty, type ManifestFault } from "./errors.ts";
import type { NamedPod, PodIdentity, PodManifest } from "./types.ts";

/** What goes onto a queue, and whom it is about. */
export type Message = Readonly<{ pod: PodIdentity; body: string }>;

/** SQS carries no more in one message, or in one batch of them. */
export const largestBytes = 1024 * 1024;

/** The message that launches a pod. */
export const podScheduledMessage = (pod: Readonly<Record<string, unknown>>): string =>
	JSON.stringify({ apiVersion: "cellwright.dev/v1", kind: "PodScheduled", pod });

/** The message that ends a pod's cell. */
export const podDeletedMessage = ({ uid, namespace, name }: PodIdentity): string =>
	JSON.stringify({
		apiVersion: "cellwright.dev/v1",
		kind: "PodDeleted",
		pod: { metadata: { namespace, name, uid } },
	});

/** What is wrong with a message, by what the functions' own reader made of it. */
export function faultsOf(
	read: ReturnType<typeof readPodScheduled> | ReturnType<typeof readPodDeleted>,
	body: string,
): readonly Fault[] {
	if (read.outcome !== "read") return read.faults;
	const bytes = Buffer.byteLength(body);
	const problem = `has ${bytes} bytes, more than the ${largestBytes} that a queue carries`;
	return bytes > largestBytes ? [{ path: "message", problem }] : [];
}

/**
 * The messages that launch pods.
 *
 * @throws CellwrightError `InvalidPod` with the faults of all pods.
 */
export const scheduling = (pods: readonly PodManifest[]): readonly Message[] =>
	checked(
		pods.map(named).map((pod) => ({ pod: identityOf(pod), body: podScheduledMessage(pod) })),
		readPodScheduled,
	);

/**
 * The messages that end pods' cells.
 *
 * @throws CellwrightError `InvalidPod` with the faults of all identities.
 */
export const deleting = (pods: readonly PodIdentity[]): readonly Message[] =>
	checked(
		pods.map((pod) => ({ pod: identity(pod), body: podDeletedMessage(pod) })),
		readPodDeleted,
	);

function checked(
	messages: readonly Message[],
	read: typeof readPodScheduled | typeof readPodDeleted,
): readonly Message[] {
	const faults = messages.flatMap(({ pod, body }) =>
		faultsOf(read(body), body).map(
			(fault): ManifestFault => ({ ...fault, object: `${pod.namespace}/${pod.name}` }),
		),
	);
	if (faults.length > 0) throw faulty("InvalidPod", firstFaults(faults));
	return messages;
}

const named = (pod: PodManifest): NamedPod => {
	const { namespace = "default", uid = randomUUID() } = pod.metadata;
	return { ...pod, metadata: { ...pod.metadata, namespace, uid } };
};

const identityOf = ({ metadata }: NamedPod): PodIdentity => identity(metadata);

const identity = ({ uid, namespace, name }: PodIdentity): PodIdentity => ({ uid, namespace, name });
