import type { Cell } from "../../shared/cells/model.ts";
import { isLiving } from "../../shared/cells/transitions.ts";
import { type Outgoing, type QueueOptions, sendAll } from "./message-queue.ts";
import { placeOf } from "./place.ts";
import { podRecords } from "./pod-records.ts";

export type DeleteOptions = QueueOptions;

/**
 * Tells Cellwright that pods are gone, as a cluster would. Their uids are those of their records: of a
 * `namespace/name` every one that lives.
 *
 * @throws ProvisionerError `invalid` with every pod that has no record, before anything is sent;
 *   `unavailable` when table or queue can't be reached.
 */
export async function deleteCommand(
	pods: readonly string[],
	{ queue, endpoint }: DeleteOptions,
): Promise<void> {
	const at = endpoint === undefined ? {} : { endpoint };
	const found = await podRecords(pods, placeOf(at));
	// A pod may be named twice: by its name and by its uid.
	const cells = [...new Map(found.map((cell) => [cell.podUid, cell])).values()];
	for (const cell of cells.filter((each) => !isLiving(each)))
		console.log(`${podText(cell)} is ${cell.phase} already`);
	const living = cells.filter(isLiving);
	if (living.length > 0) await sendAll(living.map(deletionOf), { queue, ...at });
}

const podText = ({ pod }: Cell): string => `${pod.namespace}/${pod.name}, uid ${pod.uid},`;

const deletionOf = (cell: Cell): Outgoing => ({
	body: podDeletedMessage(cell),
	said: `${podText(cell)} deleted while ${cell.phase}`,
});

const podDeletedMessage = ({ pod: { uid, namespace, name } }: Cell): string =>
	JSON.stringify({
		apiVersion: "cellwright.dev/v1",
		kind: "PodDeleted",
		pod: { metadata: { namespace, name, uid } },
	});
