import { givenPod, givenPods, identityFaults } from "./arguments.ts";
import { deleting } from "./messages.ts";
import type { PodIdentity } from "./model.ts";
import type { ClientOptions } from "./options.ts";
import { send } from "./send.ts";

/**
 * Tells that a pod is gone, so that its cell ends, whatever its phase. A pod that is deleted before its own message was
 * read never gets a cell. To delete one twice is harmless.
 *
 * @throws CellwrightError `InvalidPod`, `InvalidArgument`, `QueueUnreachable` or `PodsNotSent`.
 * @example
 * const pod = await launchPod(manifest);
 * await deletePod(pod);
 */
export async function deletePod(pod: PodIdentity, options: ClientOptions = {}): Promise<void> {
	await send("pod-deleted", deleting(givenPod(pod, options, identityFaults)), options);
}

/**
 * The same for many pods, ten messages in a call.
 *
 * @throws CellwrightError as `deletePod`; `PodsNotSent` has `sent` and `notSent`.
 */
export async function deletePods(
	pods: readonly PodIdentity[],
	options: ClientOptions = {},
): Promise<void> {
	await send("pod-deleted", deleting(givenPods(pods, options, identityFaults)), options);
}
