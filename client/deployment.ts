import { DynamoDBClient, type DynamoDBClientConfig } from "@aws-sdk/client-dynamodb";
import { GetQueueUrlCommand, SQSClient, type SQSClientConfig } from "@aws-sdk/client-sqs";
import { CellwrightError, whyText } from "./errors.ts";
import { patientHandler } from "./patience.ts";
import type { ClientOptions } from "./types.ts";
import { usualDeployment } from "./usual-deployment.ts";

const deploymentOf = ({ deployment }: ClientOptions): string =>
	// biome-ignore lint/style/noProcessEnv: the library is a way in; its callers find the variable in its documentation
	deployment ?? (process.env["CELLWRIGHT_DEPLOYMENT"] || usualDeployment);

/** By what it can do: a caller's client may be of another copy of the SDK than ours. */
const isClient = <Client extends SQSClient | DynamoDBClient>(
	given: Client | object | undefined,
): given is Client => given !== undefined && "send" in given;

const patient = <Settings extends SQSClientConfig | DynamoDBClientConfig>(
	given: Settings | undefined,
) => ({ ...given, requestHandler: patientHandler(given?.requestHandler) });

/** One of the deployment's queues. */
export type Queue = Readonly<{ sqs: SQSClient; url: string; name: string }>;

/**
 * Does some work with a queue of the deployment.
 *
 * @throws CellwrightError `QueueUnreachable` when the queue can't be found.
 */
export async function withQueue<Result>(
	which: "pod-scheduled" | "pod-deleted",
	options: ClientOptions,
	work: (queue: Queue) => Promise<Result>,
): Promise<Result> {
	const name = `${deploymentOf(options)}-${which}`;
	const given = options.sqs;
	const sqs = isClient(given) ? given : new SQSClient(patient(given));
	try {
		return await work({ sqs, name, url: await urlOf(sqs, name, options.signal) });
	} finally {
		if (sqs !== given) sqs.destroy();
	}
}

async function urlOf(
	sqs: SQSClient,
	name: string,
	signal: AbortSignal | undefined,
): Promise<string> {
	try {
		const { QueueUrl } = await sqs.send(new GetQueueUrlCommand({ QueueName: name }), {
			...(signal === undefined ? {} : { abortSignal: signal }),
		});
		return QueueUrl ?? "";
	} catch (cause) {
		signal?.throwIfAborted();
		throw unreachable("QueueUnreachable", `the queue ${name}`, cause);
	}
}

/** The deployment's cells table. */
export type Table = Readonly<{
	dynamodb: DynamoDBClient;
	name: string;
	/** Undoes what opening it took. */
	close(): void;
}>;

export function cellsTable(options: ClientOptions): Table {
	const given = options.dynamodb;
	const dynamodb = isClient(given) ? given : new DynamoDBClient(patient(given));
	return {
		dynamodb,
		name: `${deploymentOf(options)}-cells`,
		close: () => {
			if (dynamodb !== given) dynamodb.destroy();
		},
	};
}

/** @param what such as `the queue cellwright-dev-pod-scheduled`. */
export const unreachable = (
	code: "QueueUnreachable" | "TableUnreachable",
	what: string,
	cause: unknown,
): CellwrightError => {
	return new CellwrightError(
		code,
		`${what} can't be reached (${whyText(cause)}); check the deployment's name, the region, credentials and endpoint`,
		{ cause },
	);
};
