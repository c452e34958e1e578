import { DynamoDBClient } from "@aws-sdk/client-dynamodb";
import { dynamodbCellIndex } from "../../../shared/cells/index.dynamodb.ts";
import type { Cell } from "../../../shared/cells/model.ts";
import { dynamodbCellsReader } from "../../../shared/cells/reader.dynamodb.ts";
import { isLiving } from "../../../shared/cells/transitions.ts";
import { noUid } from "../explain/explanation.ts";
import type { ManifestIn } from "../launch/manifest-file.ts";
import { outOfReach } from "../place/out-of-reach.ts";
import type { Place } from "../place/place.ts";
import { withProgress } from "../screen/progress.ts";
import { printable } from "../screen/text-layout.ts";

const patienceMs = 60_000;

/**
 * The records of all pods that live, as last written, by namespace and name.
 *
 * @throws ProvisionerError `unavailable` when the table can't be reached.
 */
export async function livingPods(place: Place): Promise<readonly Cell[]> {
	const table = place.resource("cells");
	const dynamodb = new DynamoDBClient(place.client("dynamodb"));
	const signal = AbortSignal.timeout(patienceMs);
	try {
		const cells = await withProgress("reading the records of all living pods", async () => {
			const { rows, unreadable } = await dynamodbCellIndex(dynamodb, table).unsettled(signal);
			for (const { podUid, problem } of unreadable)
				console.error(
					printable(
						`pod uid ${podUid} is passed by: its record isn't of this version (${problem})`,
					),
				);
			const podUids = rows.map(({ podUid }) => podUid);
			return await dynamodbCellsReader(dynamodb, table)(podUids, signal);
		});
		return cells.filter(isLiving).toSorted((a, b) => (nameOf(a) < nameOf(b) ? -1 : 1));
	} catch (cause) {
		throw outOfReach(place, `the table ${table}`, cause);
	} finally {
		dynamodb.destroy();
	}
}

const nameOf = ({ pod, podUid }: Cell): string => `${pod.namespace}/${pod.name}/${podUid}`;

/** What a manifest's pod is known by, for people, and which records are its own. */
export type Meant = Readonly<{ said: string; isMeant(cell: Cell): boolean }>;

/**
 * Which pods a manifest means: by its uid where it has one; as replicas of its workload, whatever they are called and
 * however many there are; or by its name.
 */
export function meantBy({ manifest, path }: ManifestIn): Meant {
	const { uid, namespace, name, ownerReferences } = manifest.metadata;
	const owner = ownerReferences?.find(({ controller }) => controller === true);
	if (uid !== noUid)
		return { said: `${path}: uid ${uid}`, isMeant: ({ podUid }) => podUid === uid };
	if (owner !== undefined)
		return {
			said: `${path}: ${owner.kind} ${namespace}/${owner.name}`,
			isMeant: (cell) =>
				cell.pod.namespace === namespace &&
				"request" in cell &&
				cell.request?.workloadUid === owner.uid,
		};
	return {
		said: `${path}: Pod ${namespace}/${name}`,
		isMeant: ({ pod }) => pod.namespace === namespace && pod.name === name,
	};
}
