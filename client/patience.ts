import type { DynamoDBClientConfig } from "@aws-sdk/client-dynamodb";
import type { SQSClientConfig } from "@aws-sdk/client-sqs";

/**
 * How long an AWS client waits, in milliseconds: for a connection, for an answer to begin, and while nothing more of it
 * comes. Without these the SDK waits for ever where a network swallows what is sent.
 */
export const patience = {
	connectionTimeout: 5_000,
	requestTimeout: 15_000,
	socketTimeout: 15_000,
	throwOnRequestTimeout: true,
} as const;

type RequestHandler = NonNullable<SQSClientConfig["requestHandler"]>;

/** What a client is made with, by a caller's settings. */
export const patient = <Settings extends SQSClientConfig | DynamoDBClientConfig>(
	given: Settings | undefined,
) => ({ ...given, requestHandler: patientHandler(given?.requestHandler) });

/** Our patience, where a caller's settings name no limit of their own; a caller's request handler as it is. */
export function patientHandler(given: RequestHandler = {}): RequestHandler {
	if ("handle" in given) return given;
	const limits: Readonly<Record<string, unknown>> = { ...given };
	const requestTimeout = limits["requestTimeout"] ?? patience.requestTimeout;
	return {
		...limits,
		connectionTimeout: limits["connectionTimeout"] ?? patience.connectionTimeout,
		requestTimeout,
		// Who waits longer for an answer hears nothing for as long.
		socketTimeout: limits["socketTimeout"] ?? requestTimeout,
		throwOnRequestTimeout: limits["throwOnRequestTimeout"] ?? patience.throwOnRequestTimeout,
	};
}
