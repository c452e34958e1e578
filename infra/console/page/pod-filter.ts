import type { Phase } from "../../../shared/cells/model.ts";
import type { PodRow } from "../api.ts";

export type PodFilter = Readonly<{
	/** Anywhere in what the row says, in any case; several words: all of them. */
	text: string;
	phase: Phase | "any";
	order: "newest" | "name";
}>;

export const everyPod: PodFilter = { text: "", phase: "any", order: "newest" };

export const podName = ({ namespace, name }: Pick<PodRow, "namespace" | "name">): string =>
	`${namespace}/${name}`;

export function filtered(pods: Iterable<PodRow>, filter: PodFilter): readonly PodRow[] {
	const words = filter.text.toLowerCase().split(/\s+/).filter(Boolean);
	const wanted = [...pods].filter(
		(row) =>
			(filter.phase === "any" || row.phase === filter.phase) &&
			words.every((word) => searchText(row).includes(word)),
	);
	return wanted.sort(filter.order === "name" ? byName : byBeginning);
}

const searchText = (row: PodRow): string => {
	const { instanceType, zone, capacityType } = row.offering ?? {};
	return [podName(row), row.uid, row.phase, row.reason, row.instanceId, row.address]
		.concat([instanceType, zone, capacityType])
		.join(" ")
		.toLowerCase();
};

const compareText = (a: string, b: string): number => (a < b ? -1 : a > b ? 1 : 0);

const byName = (a: PodRow, b: PodRow): number =>
	compareText(podName(a), podName(b)) || compareText(a.uid, b.uid);

const beginning = ({ spans }: PodRow): number => spans[0]?.fromMs ?? Number.POSITIVE_INFINITY;

const byBeginning = (a: PodRow, b: PodRow): number => beginning(b) - beginning(a) || byName(a, b);
