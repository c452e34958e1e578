import type { DynamoDBClientConfig } from "@aws-sdk/client-dynamodb";
import type { SQSClientConfig } from "@aws-sdk/client-sqs";
import type { StatusEvent } from "../shared/status/model.ts";

/** Which deployment is talked to, and how. */
export type ClientOptions = Readonly<{
	/**
	 * `<service>-<stage>`, with which the names of its queues and tables begin. Default: `CELLWRIGHT_DEPLOYMENT` in the
	 * environment, otherwise `cellwright-dev`. The stack of `npm start` is called `cellwright`.
	 */
	deployment?: string;
	/**
	 * For the SDK's clients: region, credentials, endpoint. Without them they find these as always, `AWS_ENDPOINT_URL_SQS`
	 * and `AWS_ENDPOINT_URL_DYNAMODB` included.
	 */
	sqs?: SQSClientConfig;
	dynamodb?: DynamoDBClientConfig;
	/** Ends the waiting; whatever was sent stays sent. */
	signal?: AbortSignal;
}>;

/** A pod as Kubernetes writes it; only what is named here is looked at before it is sent. */
export type PodManifest = Readonly<{
	apiVersion?: string;
	kind?: "Pod";
	metadata: Readonly<{
		name: string;
		/** Default: `default`. */
		namespace?: string;
		/** Names the pod for good: equal uids are one pod, which gets one cell. Absent: a new one is made. */
		uid?: string;
		labels?: Readonly<Record<string, string>>;
		annotations?: Readonly<Record<string, string>>;
	}>;
	spec: Readonly<Record<string, unknown>>;
}>;

/** Whom a message is about. */
export type PodIdentity = Readonly<{ uid: string; namespace: string; name: string }>;

/** What is known of a pod: the same as a status event on the bus. */
export type PodStatus = StatusEvent;
