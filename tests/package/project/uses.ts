// Compiled against the installed package with skipLibCheck false: uses everything that the library exports.
import { DynamoDBClient } from "@aws-sdk/client-dynamodb";
import {
	CellwrightError,
	type ClientOptions,
	deletePod,
	deletePods,
	type ErrorCode,
	launchPod,
	launchPods,
	type ManifestFault,
	type NamedPod,
	type PodIdentity,
	type PodManifest,
	type PodStatus,
	type ReadManifests,
	type ReadOptions,
	readManifests,
	type WatchOptions,
	watchPods,
} from "cellwright";

const pod: PodManifest = {
	apiVersion: "v1",
	kind: "Pod",
	metadata: { name: "report", labels: { app: "report" }, annotations: null },
	spec: { containers: [{ name: "report", image: "python:3.13" }] },
};

export async function everything(deployment: string, signal: AbortSignal): Promise<string> {
	const options: ClientOptions = {
		deployment,
		signal,
		sqs: { region: "eu-west-1" },
		dynamodb: new DynamoDBClient({}),
	};
	const one: PodIdentity = await launchPod(pod, options);
	const reading: ReadOptions = { source: "pods.yaml", namespace: "shop" };
	const read: ReadManifests = readManifests("kind: Pod", reading);
	const named: readonly NamedPod[] = read.pods;
	const uids: readonly string[] = named.map(({ metadata }) => metadata.uid);
	const several: readonly PodIdentity[] = await launchPods(named, options);
	const watching: WatchOptions = { ...options, everyMs: 500 };
	for await (const status of watchPods([one, ...uids], watching)) {
		const { phase, instance }: PodStatus = status;
		if (phase === "Ready") return `${instance?.instanceType} at ${instance?.hourlyUsd} USD/h`;
	}
	await deletePods(several, options);
	await deletePod(one);
	return [...read.notes].join();
}

export function explained(error: unknown): string {
	if (!(error instanceof CellwrightError)) throw error;
	const code: ErrorCode = error.code;
	const faults: readonly ManifestFault[] = error.faults;
	const unsent: readonly PodIdentity[] = [...error.sent, ...error.notSent];
	const lines = faults.map(
		({ path, line, problem }) => `${path} (line ${line ?? "?"}): ${problem}`,
	);
	return [code, error.message, ...lines, ...unsent.map(({ uid }) => uid)].join("\n");
}
