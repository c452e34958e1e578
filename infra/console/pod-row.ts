import type { Cell } from "../../shared/cells/model.ts";
import { isLiving } from "../../shared/cells/transitions.ts";
import { tidingsOf } from "../cli/records/cell-news.ts";
import { noticeText } from "../cli/status/pod-story.ts";
import type { Mark, PodRow } from "./api.ts";
import { spansOf } from "./pod-spans.ts";

/** A row's most, the latest ones. */
const mostMarks = 100;

/**
 * A record as a row of the timeline.
 *
 * @param earlier the row of an earlier change: a record keeps only its latest refusals and losses, and of former
 *   attempts nothing else.
 * @param seenAtMs when the change was seen.
 */
export function podRowOf(cell: Cell, earlier: PodRow | undefined, seenAtMs: number): PodRow {
	if (earlier !== undefined && earlier.version > cell.version) return earlier;
	const { pod, version, phase, attempt } = cell;
	const plan = "plan" in cell ? cell.plan : undefined;
	const instance = "instance" in cell ? cell.instance : undefined;
	return {
		uid: pod.uid,
		namespace: pod.namespace,
		name: pod.name,
		version,
		phase,
		attempt,
		...("reason" in cell ? { reason: cell.reason, message: cell.message } : {}),
		news: isLiving(cell) ? tidingsOf(cell) : [],
		...(plan === undefined
			? {}
			: {
					offering: {
						instanceType: plan.offering.instanceType,
						zone: plan.zone,
						capacityType: plan.offering.capacityType,
						hourlyUsd: plan.offering.hourlyUsd,
					},
				}),
		...(instance === undefined
			? {}
			: { instanceId: instance.instanceId, address: instance.address }),
		spans: spansOf(cell, earlier, seenAtMs),
		marks: marksOf(cell, earlier),
	};
}

function marksOf(cell: Cell, earlier: PodRow | undefined): readonly Mark[] {
	const own: readonly Mark[] = [
		...cell.refusals.map(({ at, attempt, instanceType, zone, capacityType, code, message }) => ({
			what: "refused" as const,
			atMs: Date.parse(at),
			attempt,
			text: `${instanceType} in ${zone}, ${capacityType}: ${code}: ${message}`,
		})),
		...cell.losses.map(({ at, attempt, instanceId, reason, message }) => ({
			what: "lost" as const,
			atMs: Date.parse(at),
			attempt,
			text: `${instanceId}: ${reason}: ${message}`,
		})),
		...warningsOf(cell),
	];
	const marks = new Map(
		[...(earlier?.marks ?? []), ...own].map((mark) => [
			`${mark.what} ${mark.atMs} ${mark.attempt} ${mark.text}`,
			mark,
		]),
	);
	return [...marks.values()].toSorted((a, b) => a.atMs - b.atMs).slice(-mostMarks);
}

const warningsOf = ({ notice, attempt }: Cell): readonly Mark[] =>
	notice === undefined
		? []
		: [{ what: "warned", atMs: Date.parse(notice.at), attempt, text: noticeText(notice) }];
