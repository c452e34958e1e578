import { DynamoDBClient, paginateScan } from "@aws-sdk/client-dynamodb";
import { marshall, unmarshall } from "@aws-sdk/util-dynamodb";
import { Cell } from "../../shared/cells/model.ts";
import { dynamodbCellReader } from "../../shared/cells/reader.dynamodb.ts";
import { type Fault, invalid, ProvisionerError } from "../../shared/errors.ts";
import { laptopAws } from "../local/laptop-aws.ts";
import { names } from "../local/names.ts";
import { outOfReachText } from "./out-of-reach.ts";
import { readStackFile } from "./stack-file.ts";

/** Which cells table: the running stack's or the account's, unless these say otherwise. */
export type TableOptions = Readonly<{ table?: string; endpoint?: string }>;

const patienceMs = 10_000;

/**
 * The records of pods.
 *
 * @param pods `namespace/name`, of which there may be several records, the latest first; or a uid.
 * @throws ProvisionerError `invalid` with every pod that has no record; `unavailable` when the table can't be
 *   reached.
 */
export async function podRecords(
	pods: readonly string[],
	{ table, endpoint }: TableOptions,
): Promise<readonly Cell[]> {
	const stack = readStackFile();
	const name = table ?? stack?.cellsTable ?? names.cells;
	const local = endpoint ?? stack?.endpoints.dynamodb;
	const dynamodb = new DynamoDBClient(
		local === undefined ? {} : { ...laptopAws, endpoint: local, maxAttempts: 2 },
	);
	const found: Cell[] = [];
	const faults: Fault[] = [];
	try {
		for (const pod of pods) {
			const records = await recordsOf(pod, dynamodb, name);
			found.push(...records);
			if (records.length === 0) {
				faults.push({ path: pod, problem: `has no record in the table ${name}` });
			}
		}
	} catch (cause) {
		throw unreachable(name, local, cause);
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

const unreachable = (table: string, endpoint: string | undefined, cause: unknown) =>
	new ProvisionerError(
		"unavailable",
		"TableUnreachable",
		`the table ${table} ${outOfReachText(endpoint, cause)}`,
		{ cause },
	);
