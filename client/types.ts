import type { DynamoDBClient, DynamoDBClientConfig } from "@aws-sdk/client-dynamodb";
import type { SQSClient, SQSClientConfig } from "@aws-sdk/client-sqs";
import type { StatusEvent } from "../shared/status/model.ts";

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

// Maps, lists and flags may be null: programs in Go write it for what is empty.

/** A pod as Kubernetes writes it; only what is named here is looked at before it is sent. */
export type PodManifest = Readonly<{
	apiVersion?: string | undefined;
	kind?: "Pod" | undefined;
	metadata: PodMetadata;
	spec: Readonly<Record<string, unknown>>;
}>;

type PodMetadata = Readonly<{
	name: string;
	/** Default: `default`. */
	namespace?: string | undefined;
	/** Names the pod for good: equal uids are one pod, which gets one cell. Absent: a new one is made. */
	uid?: string | undefined;
	labels?: Readonly<Record<string, string>> | null | undefined;
	annotations?: Readonly<Record<string, string>> | null | undefined;
	/** Pods that have one controller in common are replicas of it: one call to EC2 may launch several of them. */
	ownerReferences?: readonly OwnerReference[] | null | undefined;
}>;

type OwnerReference = Readonly<{
	apiVersion: string;
	kind: string;
	name: string;
	uid: string;
	controller?: boolean | null | undefined;
}>;

/** A pod that says who it is. */
export type NamedPod = PodManifest & Readonly<{ metadata: PodMetadata & PodIdentity }>;

/** Whom a message is about. */
export type PodIdentity = Readonly<{ uid: string; namespace: string; name: string }>;

/** What is known of a pod: the same as a status event on the bus. */
export type PodStatus = StatusEvent;
