import type { DynamoDBClient, DynamoDBClientConfig } from "@aws-sdk/client-dynamodb";
import type { SQSClient, SQSClientConfig } from "@aws-sdk/client-sqs";

/** Which deployment is talked to, and how. */
export type ClientOptions = Readonly<{
	/**
	 * `<service>-<stage>`, with which the names of its queues and tables begin. Default: `CELLWRIGHT_DEPLOYMENT` in the
	 * environment, otherwise `cellwright-dev`. The stack of `npm start` is called `cellwright`.
	 */
	deployment?: string | undefined;
	/**
	 * For the SDK's clients: region, credentials, endpoint. Without them they find these as always, `AWS_ENDPOINT_URL_SQS`
	 * and `AWS_ENDPOINT_URL_DYNAMODB` included.
	 *
	 * A connection that isn't there in 5 s, and an answer that hasn't begun in 15 s or stops for 15 s, count as none. The
	 * SDK tries three times, DynamoDB four, with pauses of a second or two at most: where no answer comes, one call to a
	 * queue has failed after 50 s, one to the table after 65 s. `launchPod` and `deletePod` make two calls.
	 * `requestHandler` (`connectionTimeout`, `requestTimeout`, `socketTimeout`, in ms) and `maxAttempts` change that.
	 *
	 * A client of your own is used as it is, with its own limits (the SDK's usual: none), and stays open: who sends often
	 * saves the connection's set-up.
	 */
	sqs?: SQSClientConfig | SQSClient | undefined;
	dynamodb?: DynamoDBClientConfig | DynamoDBClient | undefined;
	/**
	 * Ends the waiting, for the network and for news. Its reason is thrown; once a message may be on its way, it is the
	 * `cause` of `PodsNotSent`, for what was sent stays sent.
	 */
	signal?: AbortSignal | undefined;
}>;

export type WatchOptions = ClientOptions &
	Readonly<{
		/** Between two looks at the table, in milliseconds. Default: 1000. */
		everyMs?: number | undefined;
	}>;
