import type { Cell, CellIn, CellStore } from "../cells/model.ts";
import type { ProviderConfig } from "../config/provider.ts";

type Launchable = CellIn<"Scheduled" | "Launching">;

/** EC2 allows fifty tags, and each pod of a group takes one. */
const largestParty = 20;

/**
 * What pods of one batch have in common that one call may launch: replicas of one workload, which ask for the
 * same; or those that a call was planned for before.
 *
 * @returns undefined for a pod that is launched by itself.
 */
export function partyKeyOf(
	cell: Cell,
	{ launch: { grouping } }: ProviderConfig,
): string | undefined {
	if (cell.phase === "Launching")
		return cell.plan.group === undefined ? undefined : cell.plan.clientToken;
	if (cell.phase !== "Scheduled" || cell.leaving !== undefined || grouping === "none")
		return undefined;
	if (cell.party !== undefined) return cell.party.join(" ");
	const { request, pod, attempt, turnAt } = cell;
	return request.workloadUid === undefined || attempt > 0 || turnAt !== undefined
		? undefined
		: JSON.stringify([pod.namespace, request]);
}

/**
 * All pods that are launched together with these, in their order: those of an earlier delivery are read from
 * their records, and belong to it while they wait for the same call.
 */
export async function partyOf(
	cells: readonly Cell[],
	{ cells: store }: Readonly<{ cells: CellStore }>,
	signal: AbortSignal,
): Promise<readonly Launchable[]> {
	const [first] = cells;
	if (first === undefined) return [];
	const podUids = podUidsOf(first);
	if (podUids === undefined) return cells.slice(0, largestParty).flatMap(launchable);
	const here = new Map(cells.map((cell) => [cell.podUid, cell]));
	const all = await Promise.all(
		podUids.map(async (uid) => here.get(uid) ?? (await store.get(uid, signal))),
	);
	return all
		.flatMap((cell) => (cell === undefined ? [] : launchable(cell)))
		.filter((cell) => goesWith(cell, first));
}

const podUidsOf = (cell: Cell): readonly string[] | undefined => {
	if (cell.phase === "Launching") return cell.plan.group?.podUids;
	return cell.phase === "Scheduled" ? cell.party : undefined;
};

const launchable = (cell: Cell): readonly Launchable[] =>
	cell.phase === "Scheduled" || cell.phase === "Launching" ? [cell] : [];

const goesWith = (cell: Launchable, first: Cell): boolean => {
	if (cell.podUid === first.podUid) return true;
	if (cell.phase === "Launching")
		return first.phase === "Launching" && first.plan.clientToken === cell.plan.clientToken;
	return (
		first.phase === "Scheduled" &&
		cell.leaving === undefined &&
		cell.party?.join(" ") === first.party?.join(" ")
	);
};
