import type { Cell } from "../cells/model.ts";

/** What becomes of the pods that must come again, by uid; who isn't in it is settled. */
export type Returned = ReadonlyMap<string, unknown>;

/** One message's way into a batch. */
export type Member = Readonly<{
	/**
	 * Waits until every message of the batch has joined or left, and lets the first one of each key do the work
	 * for all of them.
	 *
	 * @throws what the work has returned for this pod, or thrown for all.
	 */
	join(key: string, cell: Cell, work: (cells: readonly Cell[]) => Promise<Returned>): Promise<void>;
	/** Nobody need wait for this message any more. Harmless twice, and after joining. */
	leave(): void;
}>;

type Group = { readonly cells: Map<string, Cell>; work?: Promise<Returned> };

/** Brings together what one batch of messages has in common: replicas of one workload share a launch. */
export function gathering(messages: number): () => Member {
	let awaited = messages;
	const everybody = Promise.withResolvers<void>();
	const groups = new Map<string, Group>();
	return () => {
		let counted = false;
		const leave = () => {
			if (counted) return;
			counted = true;
			awaited -= 1;
			if (awaited === 0) everybody.resolve();
		};
		return {
			leave,
			async join(key, cell, work) {
				const group: Group = groups.get(key) ?? { cells: new Map() };
				groups.set(key, group);
				group.cells.set(cell.podUid, cell);
				leave();
				await everybody.promise;
				group.work ??= work([...group.cells.values()]);
				const returned = await group.work;
				if (returned.has(cell.podUid)) throw returned.get(cell.podUid);
			},
		};
	};
}
