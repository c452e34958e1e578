import { givenPod, givenPods, manifestFaults } from "./arguments.ts";
import { scheduling } from "./messages.ts";
import type { PodIdentity, PodManifest } from "./model.ts";
import type { ClientOptions } from "./options.ts";
import { send } from "./send.ts";

/**
 * Asks for a cell for a pod: puts its message on the deployment's queue. What becomes of it, `watchPods` tells.
 *
 * One uid gets one cell: to call this again with the uid that it returned is safe, and starts no second machine.
 *
 * @returns whom to watch or delete; with the uid that was made where the pod had none.
 * @throws CellwrightError `InvalidPod` with every fault, found by the code that the functions have, before anything
 *   is sent: also a quantity or an annotation that no deployment would take; `InvalidArgument`; `QueueUnreachable`;
 *   `PodsNotSent`.
 * @example
 * const pod = await launchPod({
 * 	metadata: { name: "report", namespace: "shop" },
 * 	spec: {
 * 		restartPolicy: "Never",
 * 		containers: [
 * 			{ name: "report", image: "python:3.13", resources: { limits: { cpu: "500m", memory: "1Gi" } } },
 * 		],
 * 	},
 * });
 */
export async function launchPod(
	pod: PodManifest,
	options: ClientOptions = {},
): Promise<PodIdentity> {
	const [message] = scheduling(givenPod(pod, options, manifestFaults));
	if (message === undefined) throw new RangeError("one pod, one message");
	await send("pod-scheduled", [message], options);
	return message.pod;
}

/**
 * Asks for cells for many pods, ten messages in a call. Replicas of one controller are sent next to each other, so that
 * one call to EC2 can launch several of them.
 *
 * @returns one identity for each pod, in the order of `pods`.
 * @throws CellwrightError `InvalidPod` with the faults of all pods, before anything is sent; `InvalidArgument`;
 *   `QueueUnreachable`; `PodsNotSent` with `sent` and `notSent`, after what the queue refused was offered several times.
 * @example
 * const { pods } = readManifests(await readFile("deployment.yaml", "utf8"));
 * const launched = await launchPods(pods, { deployment: "cellwright-production" });
 */
export async function launchPods(
	pods: readonly PodManifest[],
	options: ClientOptions = {},
): Promise<readonly PodIdentity[]> {
	const given = givenPods(pods, options, manifestFaults);
	const messages = scheduling(given);
	const workloads = new Map<string, (typeof messages)[number][]>();
	for (const [index, message] of messages.entries()) {
		const workload = controllerUidOf(given.pods[index]) ?? message.pod.uid;
		const replicas = workloads.get(workload);
		if (replicas === undefined) workloads.set(workload, [message]);
		else replicas.push(message);
	}
	await send("pod-scheduled", [...workloads.values()].flat(), options);
	return messages.map(({ pod }) => pod);
}

const controllerUidOf = (pod: PodManifest | undefined): string | undefined =>
	pod?.metadata.ownerReferences?.find(({ controller }) => controller === true)?.uid;
