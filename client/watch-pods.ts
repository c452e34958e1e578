import { setTimeout as delay } from "node:timers/promises";
import * as z from "zod";
import type { Cell } from "../shared/cells/model.ts";
import { dynamodbCellsReader } from "../shared/cells/reader.dynamodb.ts";
import { statusOf } from "../shared/status/model.ts";
import { givenUids } from "./arguments.ts";
import { cellsTable, type Table, unreachable } from "./deployment.ts";
import { CellwrightError } from "./errors.ts";
import type { ClientOptions, PodIdentity, PodStatus } from "./types.ts";

export type WatchOptions = ClientOptions &
	Readonly<{
		/** Between two looks at the table, in milliseconds. Default: 1000. */
		everyMs?: number | undefined;
	}>;

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
	for await (const cell of watchCells(pods, options)) yield statusOf(cell);
}

/** The same with all that a record holds. */
export async function* watchCells(
	pods: Iterable<PodIdentity | string>,
	options: WatchOptions = {},
): AsyncGenerator<Cell, void, undefined> {
	const left = new Set(givenUids(pods, options));
	const table = cellsTable(options);
	// One that nobody aborts: the reader wants one.
	const { everyMs = 1_000, signal = new AbortController().signal } = options;
	const read = readerOf(table, signal);
	const versions = new Map<string, number>();
	const isNews = ({ podUid, version }: Cell) => version > (versions.get(podUid) ?? -1);
	try {
		while (left.size > 0) {
			const cells = await read([...left]);
			for (const cell of cells.filter(isNews)) {
				versions.set(cell.podUid, cell.version);
				if (isOver(cell)) left.delete(cell.podUid);
				yield cell;
			}
			if (left.size > 0) await pause(everyMs, signal);
		}
	} finally {
		table.close();
	}
}

/** @throws the signal's reason. */
const pause = async (ms: number, signal: AbortSignal): Promise<void> =>
	await delay(ms, undefined, { signal }).catch(() => signal.throwIfAborted());

const readerOf = ({ dynamodb, name }: Table, signal: AbortSignal) => {
	const read = dynamodbCellsReader(dynamodb, name);
	return async (podUids: readonly string[]): Promise<readonly Cell[]> => {
		try {
			return await read(podUids, signal);
		} catch (cause) {
			signal.throwIfAborted();
			if (cause instanceof z.ZodError) throw unreadable(name, cause);
			throw unreachable("TableUnreachable", `the table ${name}`, cause);
		}
	};
};

const unreadable = (table: string, cause: z.ZodError): CellwrightError => {
	const text = `the table ${table} holds a record that this version of cellwright can't read; install the version that the deployment has`;
	return new CellwrightError("RecordUnreadable", text, { cause });
};

const isOver = ({ phase }: Cell): boolean => phase === "Failed" || phase === "Terminated";
