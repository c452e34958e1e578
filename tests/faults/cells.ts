import { heldCost, heldInstanceId } from "../../shared/cells/held-instance.ts";
import { Cell, type CellIndex, type CellRow, type CellStore } from "../../shared/cells/model.ts";
import { isSettled } from "../../shared/cells/transitions.ts";
import { ProvisionerError } from "../../shared/errors.ts";

/** One write of a record, as the table's stream tells it. */
export type Written = Readonly<{ before: Cell | undefined; after: Cell; atMs: number }>;

/** The cells table, its index and its stream. */
export type SimulatedCells = CellStore &
	Readonly<{
		index: CellIndex;
		/** Every write there was, in order. */
		writes: readonly Written[];
		/** Records as they stand. */
		standing(): readonly Cell[];
		peek(podUid: string): Cell | undefined;
		/** Somebody else writes this record, and changes nothing. */
		touch(podUid: string): void;
	}>;

/**
 * A cells table in memory; tests/contracts/cell-store.ts holds it to the real one.
 *
 * @param lateMs by how much its index is late, asked anew each time.
 * @param onWrite after each write.
 */
export function simulatedCells(
	now: () => number,
	lateMs: () => number = () => 0,
	onWrite: (written: Written) => void = () => undefined,
): SimulatedCells {
	const items = new Map<string, Cell>();
	const writes: Written[] = [];
	const read = (podUid: string): Cell | undefined => items.get(podUid);
	const write = (cell: Cell): Cell => {
		const before = read(cell.podUid);
		// As JSON has it, and nobody's to change: everybody reads the same one.
		const after = frozen(Cell.parse(JSON.parse(JSON.stringify(cell))));
		items.set(cell.podUid, after);
		const written = { before, after, atMs: now() };
		writes.push(written);
		onWrite(written);
		return cell;
	};
	const asOf = (atMs: number): ReadonlyMap<string, Written> => {
		const seen = new Map<string, Written>();
		for (const each of writes) if (each.atMs <= atMs) seen.set(each.after.podUid, each);
		return seen;
	};
	const save = (cell: Cell): Cell => {
		if (read(cell.podUid)?.version !== cell.version)
			throw new ProvisionerError("conflict", "RecordChanged", "somebody else has written since");
		return write({ ...cell, version: cell.version + 1 });
	};
	return {
		writes,
		peek: read,
		standing: () => [...items.keys()].flatMap((podUid) => read(podUid) ?? []),
		touch(podUid) {
			const cell = read(podUid);
			if (cell !== undefined) save(cell);
		},
		async claim(cell) {
			const standing = read(cell.podUid);
			return standing === undefined
				? { cell: write(cell), claimed: true }
				: { cell: standing, claimed: false };
		},
		get: async (podUid) => read(podUid),
		save: async (cell) => save(cell),
		index: {
			async byInstance(instanceId) {
				const found = [...asOf(now() - lateMs()).values()].find(
					({ after }) => heldInstanceId(after) === instanceId,
				);
				return found?.after;
			},
			async unsettled() {
				const rows = [...asOf(now() - lateMs()).values()]
					.filter(({ after }) => !isSettled(after))
					.map(rowOf);
				return { rows, unreadable: [] };
			},
		},
	};
}

const rowOf = ({ after, atMs }: Written): CellRow => {
	const instanceId = heldInstanceId(after);
	const cost = heldCost(after);
	return {
		podUid: after.podUid,
		phase: after.phase,
		changedAt: new Date(atMs),
		...(instanceId === undefined ? {} : { instanceId }),
		...(cost === undefined ? {} : { cost }),
	};
};

const frozen = <Value>(value: Value): Value => {
	if (typeof value === "object" && value !== null) {
		for (const part of Object.values(value)) frozen(part);
		Object.freeze(value);
	}
	return value;
};
