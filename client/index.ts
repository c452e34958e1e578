/**
 * The library for programs that launch pods: `import { launchPod } from "cellwright"`.
 *
 * It puts messages on a deployment's queues and reads its table, with the caller's own AWS credentials; all that it
 * needs is `sqs:GetQueueUrl` and `sqs:SendMessage` on the queues pod-scheduled and pod-deleted, and
 * `dynamodb:BatchGetItem` on the table of cells.
 */
export { deletePod, deletePods } from "./delete-pods.ts";
export { CellwrightError, type ErrorCode, type ManifestFault } from "./errors.ts";
export { launchPod, launchPods } from "./launch-pods.ts";
export { type ReadManifests, type ReadOptions, readManifests } from "./manifests/read.ts";
export type { NamedPod, PodIdentity, PodManifest, PodStatus } from "./model.ts";
export type { ClientOptions, WatchOptions } from "./options.ts";
export { watchPods } from "./watch-pods.ts";
