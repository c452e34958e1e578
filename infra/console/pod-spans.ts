import type { Cell, Phase } from "../../shared/cells/model.ts";
import type { PodRow, Span } from "./api.ts";

/** When a pod began to do something. */
type Beginning = Readonly<{ what: Span["what"]; attempt: number; atMs: number }>;

/** In which order one attempt's stages come; the ends come after all attempts. */
const order = ["waiting", "launching", "booting", "ready", "ending", "failed", "ended"] as const;
const ends: ReadonlySet<Span["what"]> = new Set(["ending", "failed", "ended"]);

export const doing = {
	Scheduled: "waiting",
	Launching: "launching",
	Booting: "booting",
	Ready: "ready",
	Terminating: "ending",
	Terminated: "ended",
	Failed: "failed",
} as const satisfies Record<Phase, Span["what"]>;

/** A row's most, the latest ones: a pod that finds no capacity makes attempt after attempt. */
const mostSpans = 100;

/**
 * What a pod did, without gaps or overlaps. A record forgets when its former attempts were planned; an earlier row
 * still knows.
 *
 * @param seenAtMs when this record was read: nothing in it says when a pod began to end that had lost a cell before.
 */
export function spansOf(
	cell: Cell,
	earlier: PodRow | undefined,
	seenAtMs: number,
): readonly Span[] {
	const known = new Map<string, Beginning>();
	for (const { what, attempt, fromMs } of earlier?.spans ?? [])
		remember(known, { what, attempt, atMs: fromMs });
	for (const each of [...attemptBeginnings(cell, seenAtMs), ...endBeginnings(cell, seenAtMs)])
		remember(known, each);
	const sorted = [...known.values()].toSorted(
		(a, b) =>
			Number(ends.has(a.what)) - Number(ends.has(b.what)) ||
			a.attempt - b.attempt ||
			order.indexOf(a.what) - order.indexOf(b.what),
	);
	return drawn(sorted, overAtMs(cell)).slice(-mostSpans);
}

const remember = (known: Map<string, Beginning>, beginning: Beginning): void => {
	known.set(`${beginning.what} ${beginning.attempt}`, beginning);
};

/** Each lasts until the next one begins; clocks that disagree make none of them negative. */
function drawn(beginnings: readonly Beginning[], overMs: number | undefined): readonly Span[] {
	let latestMs = 0;
	const inTime = beginnings.map(({ what, attempt, atMs }) => {
		latestMs = Math.max(latestMs, atMs);
		return { what, attempt, fromMs: latestMs };
	});
	return inTime.flatMap((each, index): readonly Span[] => {
		const toMs = inTime[index + 1]?.fromMs;
		if (toMs !== undefined) return toMs === each.fromMs ? [] : [{ ...each, toMs }];
		return [overMs === undefined ? each : { ...each, toMs: Math.max(each.fromMs, overMs) }];
	});
}

/** Waiting bears the number of the attempt that is waited for. */
function attemptBeginnings(cell: Cell, seenAtMs: number): readonly Beginning[] {
	const { stages, attempt, losses } = cell;
	return [
		...begun("waiting", 1, earliest(stages.sentAt, stages.acceptedAt)),
		...losses.flatMap((loss) => [
			...begun("booting", loss.attempt, loss.launchedAt),
			...begun("ready", loss.attempt, loss.readyAt),
		]),
		...waitsAgain(cell, seenAtMs),
		...begun("launching", attempt, stages.plannedAt),
		...begun("booting", attempt, stages.launchedAt),
		...begun("ready", attempt, stages.readyAt),
	];
}

const begun = (
	what: Span["what"],
	attempt: number,
	at: string | undefined,
): readonly Beginning[] => (at === undefined ? [] : [{ what, attempt, atMs: Date.parse(at) }]);

const earliest = (a: string | undefined, b: string): string =>
	a !== undefined && Date.parse(a) < Date.parse(b) ? a : b;

/** After each attempt that ended with a refusal or a loss, until the next one's plan. */
function waitsAgain(cell: Cell, seenAtMs: number): readonly Beginning[] {
	const { refusals, losses, attempt, phase } = cell;
	const atMs = new Map<number, number>();
	const until = (over: number, ms: number) => atMs.set(over, Math.max(atMs.get(over) ?? 0, ms));
	// A plan that stands may have been refused, too: EC2 is asked again.
	const isOver = (each: number) => each < attempt || phase === "Scheduled";
	for (const refusal of refusals) {
		if (isOver(refusal.attempt)) until(refusal.attempt, Date.parse(refusal.at));
	}
	for (const loss of losses) until(loss.attempt, Date.parse(loss.at));
	if (phase === "Scheduled" && attempt > 0 && !atMs.has(attempt))
		until(attempt, givenUpAtMs(cell, seenAtMs));
	return Array.from(atMs, ([over, ms]) => ({ what: "waiting", attempt: over + 1, atMs: ms }));
}

/** When a plan was given up without a refusal. The condition's time doesn't move when it was false before. */
function givenUpAtMs({ conditions, stages }: Cell, seenAtMs: number): number {
	const launched = conditions.find(({ type }) => type === "Launched");
	const atMs = Date.parse(launched?.lastTransitionTime ?? stages.acceptedAt);
	return atMs < Date.parse(stages.plannedAt ?? stages.acceptedAt) ? seenAtMs : atMs;
}

function endBeginnings(cell: Cell, seenAtMs: number): readonly Beginning[] {
	const { stages, attempt, phase } = cell;
	if (phase === "Failed") return begun("failed", attempt, stages.failedAt);
	if (phase === "Terminated") return begun("ended", attempt, stages.endedAt);
	return phase === "Terminating"
		? [{ what: "ending", attempt, atMs: endingAtMs(cell, seenAtMs) }]
		: [];
}

/** The condition's time doesn't move when the pod wasn't ready before, either. */
function endingAtMs({ conditions, losses, stages }: Cell, seenAtMs: number): number {
	const notReady = conditions.find(({ type, status }) => type === "Ready" && status === "False");
	const atMs = notReady === undefined ? seenAtMs : Date.parse(notReady.lastTransitionTime);
	const isOld = losses.some(({ at }) => Date.parse(at) >= atMs) || stages.endedAt !== undefined;
	return isOld ? seenAtMs : atMs;
}

/** When nothing happens to the pod any more. */
function overAtMs({ phase, stages }: Cell): number | undefined {
	if (phase !== "Failed" && phase !== "Terminated") return undefined;
	const at = stages.endedAt ?? stages.settledAt;
	return at === undefined ? undefined : Date.parse(at);
}
