import type { PodIdentity, PodStatus } from "./model.ts";
import type { WatchOptions } from "./options.ts";

/**
 * What becomes of pods: the status of each now, then each change, until all of them are over (`Failed` or
 * `Terminated`) or the caller leaves the loop.
 *
 * The table is asked, consistently, so nothing is lost: a pod that changes twice between two looks is seen once, with
 * its latest version, and an older version never comes after a newer one.
 *
 * A pod has no record before its message is read, and is waited for until it has one. That is for ever where there will
 * be none: its message was lost or became a dead letter, or the pod ended so long ago that its record has expired. Give
 * a `signal`, such as `AbortSignal.timeout(600_000)`: nothing else ends the waiting for a status that doesn't come, the
 * iterator's own `return()` included. However the loop is left, nothing of it keeps the process running.
 *
 * @throws CellwrightError `InvalidArgument`, `TableUnreachable`, `RecordUnreadable`; the signal's reason, when it aborts.
 * @example
 * for await (const { name, phase, reason, message } of watchPods([pod], { signal: AbortSignal.timeout(300_000) })) {
 * 	console.log(name, phase, reason ?? "", message ?? "");
 * 	if (phase === "Ready") break;
 * }
 */
export async function* watchPods(
	pods: Iterable<PodIdentity | string>,
	options: WatchOptions = {},
): AsyncGenerator<PodStatus, void, undefined> {
	// Most programs that send pods watch none: what reads the table is loaded for those that do.
	const { watchStatuses } = await import("./watch-cells.ts");
	yield* watchStatuses(pods, options);
}
