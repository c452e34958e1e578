import { setTimeout as delay } from "node:timers/promises";
import { DynamoDBClient } from "@aws-sdk/client-dynamodb";
import * as z from "zod";
import type { Cell } from "../shared/cells/model.ts";
import { dynamodbCellsReader } from "../shared/cells/reader.dynamodb.ts";
import { statusOf } from "../shared/status/model.ts";
import { givenUids } from "./arguments.ts";
import { deploymentOf, isClient, unreachable } from "./deployment.ts";
import { CellwrightError } from "./errors.ts";
import type { PodIdentity, PodStatus } from "./model.ts";
import type { ClientOptions, WatchOptions } from "./options.ts";
import { patient } from "./patience.ts";

/** What `watchPods` gives. */
export async function* watchStatuses(
	pods: Iterable<PodIdentity | string>,
	options: WatchOptions,
): AsyncGenerator<PodStatus, void, undefined> {
	for await (const cell of watchCells(pods, options)) yield statusOf(cell);
}

/** The same with all that a record holds. */
export async function* watchCells(
	pods: Iterable<PodIdentity | string>,
	options: WatchOptions = {},
): AsyncGenerator<Cell, void, undefined> {
	const left = new Set(givenUids(pods, options));
	// One that nobody aborts: the reader wants one.
	const { everyMs = 1_000, signal = new AbortController().signal } = options;
	const records = recordsOf(options, signal);
	const versions = new Map<string, number>();
	const isNews = ({ podUid, version }: Cell) => version > (versions.get(podUid) ?? -1);
	try {
		while (left.size > 0) {
			const cells = await records.read([...left]);
			for (const cell of cells.filter(isNews)) {
				versions.set(cell.podUid, cell.version);
				if (isOver(cell)) left.delete(cell.podUid);
				yield cell;
			}
			if (left.size > 0) await pause(everyMs, signal);
		}
	} finally {
		records.close();
	}
}

/** @throws the signal's reason. */
const pause = async (ms: number, signal: AbortSignal): Promise<void> =>
	await delay(ms, undefined, { signal }).catch(() => signal.throwIfAborted());

const isOver = ({ phase }: Cell): boolean => phase === "Failed" || phase === "Terminated";

/** The deployment's table of cells, until it is closed. */
function recordsOf(options: ClientOptions, signal: AbortSignal) {
	const table = `${deploymentOf(options)}-cells`;
	const given = options.dynamodb;
	const dynamodb = isClient(given) ? given : new DynamoDBClient(patient(given));
	const read = dynamodbCellsReader(dynamodb, table);
	return {
		async read(podUids: readonly string[]): Promise<readonly Cell[]> {
			try {
				return await read(podUids, signal);
			} catch (cause) {
				signal.throwIfAborted();
				if (cause instanceof z.ZodError) throw unreadable(table, cause);
				throw unreachable("TableUnreachable", `the table ${table}`, cause);
			}
		},
		close() {
			if (dynamodb !== given) dynamodb.destroy();
		},
	};
}

const unreadable = (table: string, cause: z.ZodError): CellwrightError => {
	const text = `the table ${table} holds a record that this version of cellwright can't read; install the version that the deployment has`;
	return new CellwrightError("RecordUnreadable", text, { cause });
};
