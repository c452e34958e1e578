import { randomUUID } from "node:crypto";
import type { Fault } from "../shared/errors.ts";
import { firstFaults } from "../shared/pods/faults.ts";
import { readPodDeleted, readPodScheduled } from "../shared/pods/message.ts";
import type { Pod } from "../shared/pods/model.ts";
import { podFaults } from "../shared/pods/pod-faults.ts";
import type { Given } from "./arguments.ts";
import { faulty, type ManifestFault } from "./errors.ts";
import type { NamedPod, PodIdentity, PodManifest } from "./model.ts";

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

/** What keeps a message off its queue: what the functions' own reader finds, and its size. */
function messageFaults(
	read: ReturnType<typeof readPodScheduled> | ReturnType<typeof readPodDeleted>,
	body: string,
): readonly Fault[] {
	if (read.outcome !== "read") return read.faults;
	const bytes = Buffer.byteLength(body);
	const problem = `has ${bytes} bytes, more than the ${largestBytes} that a queue carries`;
	return bytes > largestBytes ? [{ path: "message", problem }] : [];
}

/** A message that launches a pod, as the functions will read it; without a pod where they couldn't. */
export function readScheduling(
	body: string,
): Readonly<{ pod: Pod | undefined; faults: readonly Fault[] }> {
	const read = readPodScheduled(body);
	const pod = read.outcome === "read" ? read.message.pod : undefined;
	return { pod, faults: messageFaults(read, body) };
}

/**
 * The messages that launch pods.
 *
 * @throws CellwrightError `InvalidPod` with the faults of all pods, or `InvalidArgument` where the call has others.
 */
export const scheduling = ({ pods, faults }: Given<PodManifest>): readonly Message[] =>
	checked(
		faults,
		pods.map(named).map((pod) => ({ pod: identityOf(pod), body: podScheduledMessage(pod) })),
		(body) => {
			const { pod, faults } = readScheduling(body);
			return pod === undefined ? faults : [...faults, ...podFaults(pod)];
		},
	);

/**
 * The messages that end pods' cells.
 *
 * @throws CellwrightError as `scheduling`.
 */
export const deleting = ({ pods, faults }: Given<PodIdentity>): readonly Message[] =>
	checked(
		faults,
		pods.map((pod) => ({ pod: identity(pod), body: podDeletedMessage(pod) })),
		(body) => messageFaults(readPodDeleted(body), body),
	);

function checked(
	ofCall: readonly Fault[],
	messages: readonly Message[],
	faultsOf: (body: string) => readonly Fault[],
): readonly Message[] {
	const faults = messages.flatMap(({ pod, body }) =>
		faultsOf(body).map(
			(fault): ManifestFault => ({ ...fault, object: `${pod.namespace}/${pod.name}` }),
		),
	);
	const all = [...ofCall, ...faults];
	if (all.length > 0)
		throw faulty(ofCall.length > 0 ? "InvalidArgument" : "InvalidPod", firstFaults(all));
	return messages;
}

const named = (pod: PodManifest): NamedPod => {
	const { namespace = "default", uid = randomUUID() } = pod.metadata;
	return { ...pod, metadata: { ...pod.metadata, namespace, uid } };
};

const identityOf = ({ metadata }: NamedPod): PodIdentity => identity(metadata);

const identity = ({ uid, namespace, name }: PodIdentity): PodIdentity => ({ uid, namespace, name });
