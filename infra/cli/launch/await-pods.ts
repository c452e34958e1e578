import type { WriteStream } from "node:tty";
import type { PodIdentity } from "../../../client/model.ts";
import { watchCells } from "../../../client/watch-cells.ts";
import type { Cell } from "../../../shared/cells/model.ts";
import { type Fault, invalid } from "../../../shared/errors.ts";
import type { Place } from "../place/place.ts";
import { cellTable } from "../screen/cell-table.ts";
import { liveScreen } from "../screen/live-screen.ts";
import { newsFilter } from "../screen/news-filter.ts";
import { durationText } from "../screen/text-layout.ts";
import { clientOptionsAt, reaching } from "./client-at.ts";

/** What is waited for: a cell that serves, or the end of it. */
export type Awaited = "ready" | "gone";

const isDecided = { ready: /^(Ready|Failed|Terminated)$/, gone: /^(Failed|Terminated)$/ } as const;
const isFine = { ready: /^Ready$/, gone: /^(Failed|Terminated)$/ } as const;

/** Between two looks at the table; an account pays for each. */
const lookEveryMs = { stack: 250, account: 1_000 } as const;

export type WaitOptions = Readonly<{
	until: Awaited;
	timeoutSeconds: number;
	place: Place;
	out: WriteStream;
}>;

/** How it ended: the last record of each pod by its uid, and, a line or two each, those that didn't end well. */
export type Waited = Readonly<{
	cells: ReadonlyMap<string, Cell>;
	complaints: readonly string[];
}>;

/**
 * Shows what becomes of pods until each is decided or the time is over: a live table on a terminal, elsewhere a line for
 * each change.
 */
export async function awaitPods(
	pods: readonly PodIdentity[],
	{ until, timeoutSeconds, place, out }: WaitOptions,
): Promise<Waited> {
	const began = performance.now();
	const cells = new Map<string, Cell>();
	const undecided = new Set(pods.map(({ uid }) => uid));
	const screen = liveScreen(out, (canvas) => cellTable([...cells.values()], canvas));
	const isNews = newsFilter();
	const timeout = AbortSignal.timeout(timeoutSeconds * 1_000);
	const watch = async () => {
		const everyMs = lookEveryMs[place.kind];
		for await (const cell of watchCells(pods, { ...clientOptionsAt(place, timeout), everyMs })) {
			cells.set(cell.podUid, cell);
			const after = durationText(performance.now() - began).padStart(7);
			const state = stateText(cell);
			if (isNews(cell.podUid, state))
				screen.changed(`${after}  ${cell.pod.namespace}/${cell.pod.name} ${state}`);
			else screen.redraw();
			if (isDecided[until].test(cell.phase)) undecided.delete(cell.podUid);
			if (undecided.size === 0) break;
		}
	};
	try {
		await reaching(place, "cells", watch);
	} catch (error) {
		if (!timeout.aborted) throw error;
	} finally {
		screen.close();
	}
	const after = durationText(timeoutSeconds * 1_000);
	return {
		cells,
		complaints: pods.flatMap((pod) => complaint(pod, cells.get(pod.uid), until, after)),
	};
}

const stateText = (cell: Cell): string => {
	const attempt = cell.attempt > 1 ? ` (attempt ${cell.attempt})` : "";
	return `${cell.phase}${attempt}${"reason" in cell ? `: ${cell.reason}` : ""}`;
};

function complaint(
	{ namespace, name, uid }: PodIdentity,
	cell: Cell | undefined,
	until: Awaited,
	after: string,
): readonly string[] {
	const pod = `${namespace}/${name}`;
	if (cell === undefined)
		return [
			`${pod} has no record after ${after}: nobody has read its message`,
			"  try: npx cellwright dead-letters, npx cellwright doctor",
		];
	if (isFine[until].test(cell.phase)) return [];
	const said =
		cell.phase === "Failed" || cell.phase === "Terminated"
			? // The table has the message.
				`${pod} ${cell.phase}: ${cell.reason}`
			: `${pod} isn't ${until} after ${after}: it is ${cell.phase}`;
	return [said, `  try: npx cellwright status ${uid}`];
}

/** An hour is the usual patience; nobody waits for more than a day. */
const longestSeconds = 86_400;

/** @throws ProvisionerError `invalid` for anything but seconds. */
export function timeoutFrom(text: string): number {
	if (/^\d{1,5}$/.test(text) && Number(text) >= 1 && Number(text) <= longestSeconds)
		return Number(text);
	const problem = `must be whole seconds from 1 to ${longestSeconds}`;
	const fault: Fault = { path: "--timeout", value: text, problem };
	throw invalid("InvalidOption", [fault]);
}
