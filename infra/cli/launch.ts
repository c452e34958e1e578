import { type PodManifest, podScheduledMessage, podsIn } from "./manifest.ts";
import { manifestText } from "./manifest-file.ts";
import { type QueueOptions, sendAll } from "./message-queue.ts";

export type LaunchOptions = QueueOptions & Readonly<{ file: readonly string[] }>;

/**
 * Puts the pods of these files on the pod-scheduled queue: the running stack's, or the account's.
 *
 * @throws ProvisionerError `invalid` when a file is wrong, before anything is sent; `unavailable` when the
 *   queue can't be reached.
 */
export async function launchCommand({ file, ...queue }: LaunchOptions): Promise<void> {
	const pods: PodManifest[] = [];
	for (const path of file) pods.push(...podsIn(await manifestText(path), path));
	const messages = pods.map((pod) => {
		const { namespace, name, uid } = pod.metadata;
		return { body: podScheduledMessage(pod), said: `${namespace}/${name} scheduled, uid ${uid}` };
	});
	await sendAll(messages, queue);
}
