import { EventEmitter } from "node:events";
import type { Cell } from "../../shared/cells/model.ts";
import { StatusEvent, statusDetailType } from "../../shared/status/model.ts";
import type { BusEvent } from "../local/events-server.ts";
import type { PodDetail, PodRow } from "./api.ts";
import { podRowOf } from "./pod-row.ts";

/** What the console knows of one pod. */
export type KnownPod = Readonly<{
	cell: Cell;
	row: PodRow;
	/** Newest first. */
	events: PodDetail["events"];
}>;

type FeedEvents = { pod: [uid: string] };

/** Pods that are kept. Of more, those that ended are forgotten first, the oldest change first. */
const mostPods = 2_000;
/** Status events that are kept of each pod, the latest ones. */
const mostEvents = 50;

/**
 * What a running stack tells of its pods, in memory: at most 2,000 pods with 50 events, 100 spans and 100 marks each.
 *
 * @param nowMs milliseconds since 1970.
 */
export function podFeed(nowMs: () => number) {
	const pods = new Map<string, KnownPod>();
	const events = new EventEmitter<FeedEvents>();

	return {
		/** A pod has changed. */
		events,
		pods: (): Iterable<KnownPod> => pods.values(),
		pod: (uid: string): KnownPod | undefined => pods.get(uid),
		onCell(cell: Cell): void {
			const earlier = pods.get(cell.podUid);
			if (earlier !== undefined && earlier.cell.version > cell.version) return;
			const row = podRowOf(cell, earlier?.row, nowMs());
			// Behind all others: the order is that of the latest changes.
			pods.delete(cell.podUid);
			pods.set(cell.podUid, { cell, row, events: earlier?.events ?? [] });
			if (pods.size > mostPods) forgetOne(pods);
			events.emit("pod", cell.podUid);
		},
		/** Of the bus: a status event counts, whatever else comes. */
		onEvent({ detailType, detail }: BusEvent): void {
			const status = StatusEvent.safeParse(detail).data;
			if (detailType !== statusDetailType || status === undefined) return;
			const known = pods.get(status.podUid);
			if (known === undefined) return;
			const told = { atMs: nowMs(), phase: status.phase, text: textOf(status) };
			pods.set(status.podUid, { ...known, events: [told, ...known.events].slice(0, mostEvents) });
		},
	};
}

export type PodFeed = ReturnType<typeof podFeed>;

const ended: ReadonlySet<string> = new Set(["Failed", "Terminated"]);

function forgetOne(pods: Map<string, KnownPod>): void {
	const [oldest] = pods.keys();
	const over = pods.values().find(({ cell }) => ended.has(cell.phase))?.cell.podUid;
	const uid = over ?? oldest;
	if (uid !== undefined) pods.delete(uid);
}

const textOf = ({ phase, attempt, reason, message, notice }: StatusEvent): string => {
	const why = reason === undefined ? "" : `: ${reason}: ${message ?? ""}`;
	const warned = notice === undefined ? "" : `, warned: ${notice.reason}`;
	return `${phase}${attempt > 0 ? `, attempt ${attempt}` : ""}${why}${warned}`;
};
