import type { DynamoDBClient } from "@aws-sdk/client-dynamodb";
import type { SQSClient } from "@aws-sdk/client-sqs";
import { CellwrightError, whyText } from "./errors.ts";
import type { ClientOptions } from "./options.ts";
import { usualDeployment } from "./usual-deployment.ts";

/** `<service>-<stage>`. */
export const deploymentOf = ({ deployment }: ClientOptions): string =>
	// biome-ignore lint/style/noProcessEnv: the library is a way in; its callers find the variable in its documentation
	deployment ?? (process.env["CELLWRIGHT_DEPLOYMENT"] || usualDeployment);

/** By what it can do: a caller's client may be of another copy of the SDK than ours. */
export const isClient = <Client extends SQSClient | DynamoDBClient>(
	given: Client | object | undefined,
): given is Client => given !== undefined && "send" in given;

/** @param what such as `the queue cellwright-dev-pod-scheduled`. */
export const unreachable = (
	code: "QueueUnreachable" | "TableUnreachable",
	what: string,
	cause: unknown,
): CellwrightError =>
	new CellwrightError(
		code,
		`${what} can't be reached (${whyText(cause)}); check the deployment's name, the region, credentials and endpoint`,
		{ cause },
	);
