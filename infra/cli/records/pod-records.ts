import { DynamoDBClient, paginateScan } from "@aws-sdk/client-dynamodb";
import { marshall, unmarshall } from "@aws-sdk/util-dynamodb";
import { Cell } from "../../../shared/cells/model.ts";
import { dynamodbCellReader } from "../../../shared/cells/reader.dynamodb.ts";
import { type Fault, invalid } from "../../../shared/errors.ts";
import { outOfReach } from "../place/out-of-reach.ts";
import type { Place } from "../place/place.ts";
import { withProgress } from "../screen/progress.ts";

const patienceMs = 10_000;

/**
 * The records of pods.
 *
 * @param pods `namespace/name`, of which there may be several records, the latest first; or a uid.
 * @throws ProvisionerError `invalid` with every pod that has no record; `unavailable` when the table can't be
 *   reached.
 */
export async function podRecords(pods: readonly string[], place: Place): Promise<readonly Cell[]> {
	const name = place.resource("cells");
	const dynamodb = new DynamoDBClient(place.client("dynamodb"));
	const found: Cell[] = [];
	const faults: Fault[] = [];
	try {
		for (const pod of pods) {
			const records = await withProgress(
				`reading the record of ${pod}`,
				async () => await recordsOf(pod, dynamodb, name),
			);
			found.push(...records);
			if (records.length === 0) {
				const named = pod.includes("/") ? "" : " (a pod is named as namespace/name, or by its uid)";
				faults.push({
					path: pod === "" ? '""' : pod,
					problem: `has no record in the table ${name}${named}; npx cellwright list --all shows who has`,
				});
			}
		}
	} catch (cause) {
		throw outOfReach(place, `the table ${name}`, cause);
	} finally {
		dynamodb.destroy();
	}
	if (faults.length > 0) throw invalid("UnknownPod", faults);
	return found;
}

async function recordsOf(
	pod: string,
	dynamodb: DynamoDBClient,
	table: string,
): Promise<readonly Cell[]> {
	if (pod === "") return [];
	const slash = pod.indexOf("/");
	const signal = AbortSignal.timeout(patienceMs);
	if (slash < 0) {
		const cell = await dynamodbCellReader(dynamodb, table)(pod, signal);
		return cell === undefined ? [] : [cell];
	}
	return await recordsNamed(pod.slice(0, slash), pod.slice(slash + 1), dynamodb, table, signal);
}

/** By looking at every record: the table's key is the uid, and nobody but people asks by name. */
async function recordsNamed(
	namespace: string,
	name: string,
	dynamodb: DynamoDBClient,
	table: string,
	abortSignal: AbortSignal,
): Promise<readonly Cell[]> {
	const cells: Cell[] = [];
	const pages = paginateScan(
		{ client: dynamodb },
		{
			TableName: table,
			ConsistentRead: true,
			FilterExpression: "#pod.#namespace = :namespace AND #pod.#name = :name",
			ExpressionAttributeNames: { "#pod": "pod", "#namespace": "namespace", "#name": "name" },
			ExpressionAttributeValues: marshall({ ":namespace": namespace, ":name": name }),
		},
		{ abortSignal },
	);
	for await (const { Items = [] } of pages) {
		cells.push(...Items.map((item) => Cell.parse(unmarshall(item))));
	}
	return cells.sort((a, b) => (a.stages.acceptedAt > b.stages.acceptedAt ? -1 : 1));
}
