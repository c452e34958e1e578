import type {
	Context,
	DynamoDBBatchResponse,
	DynamoDBRecord,
	SQSBatchResponse,
	SQSRecord,
} from "aws-lambda";
import { interruptionsHandler } from "../../functions/interruptions/handler.ts";
import { janitorHandler } from "../../functions/janitor/handler.ts";
import { launchHandler } from "../../functions/launch/handler.ts";
import { readinessHandler } from "../../functions/readiness/handler.ts";
import { reconcileHandler } from "../../functions/reconcile/handler.ts";
import { terminateHandler } from "../../functions/terminate/handler.ts";
import type { Written } from "./cells.ts";

/** What every function of a deployment together touches. */
export type EveryPort = Parameters<typeof launchHandler>[0] &
	Parameters<typeof terminateHandler>[0] &
	Omit<Parameters<typeof reconcileHandler>[0], "cellOf"> &
	Parameters<typeof readinessHandler>[0] &
	Parameters<typeof interruptionsHandler>[0] &
	Parameters<typeof janitorHandler>[0];

/** Takes a batch; the ids of the messages that come back. */
export type TakesMessages = (
	records: readonly SQSRecord[],
	ports: EveryPort,
	context: Context,
) => Promise<readonly string[]>;

const failed = (answer: SQSBatchResponse): readonly string[] =>
	answer.batchItemFailures.map(({ itemIdentifier }) => itemIdentifier);

/** The functions as they are deployed, but for their composition roots. */
export const launchBatch: TakesMessages = async (records, ports, context) =>
	failed(await launchHandler(ports)({ Records: [...records] }, context));

export const terminateBatch: TakesMessages = async (records, ports, context) =>
	failed(await terminateHandler(ports)({ Records: [...records] }, context));

export const readinessBatch: TakesMessages = async (records, ports, context) =>
	failed(await readinessHandler(ports)({ Records: [...records] }, context));

/** @returns how many of the changes are done with. */
export async function reconcileBatch(
	changes: readonly Written[],
	ports: EveryPort,
	context: Context,
): Promise<number> {
	const cellOf = ({ dynamodb }: DynamoDBRecord) => changes[Number(dynamodb?.SequenceNumber)]?.after;
	const Records = changes.map(recordOf);
	const answer: DynamoDBBatchResponse = await reconcileHandler({ ...ports, cellOf })(
		{ Records },
		context,
	);
	const [first] = answer.batchItemFailures;
	return first === undefined ? changes.length : Number(first.itemIdentifier);
}

const recordOf = ({ after, atMs }: Written, place: number): DynamoDBRecord => ({
	eventID: `${after.podUid} ${after.version}`,
	dynamodb: {
		Keys: { podUid: { S: after.podUid } },
		SequenceNumber: String(place),
		ApproximateCreationDateTime: Math.floor(atMs / 1000),
	},
});

export const interruption = async (event: unknown, ports: EveryPort, context: Context) =>
	void (await interruptionsHandler(ports)(event, context));

export const sweepOnce = async (ports: EveryPort, context: Context) =>
	void (await janitorHandler(ports)({}, context));
