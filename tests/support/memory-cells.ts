import { heldCost, heldInstanceId } from "../../shared/cells/held-instance.ts";
import { Cell, type CellIndex, type CellStore } from "../../shared/cells/model.ts";
import { isSettled } from "../../shared/cells/transitions.ts";
import { ProvisionerError } from "../../shared/errors.ts";
import { morning } from "./cells.ts";

/** A cells table in memory; tests/contracts/{cell-store,cell-index}.ts hold it to the real one. */
export function memoryCells(
	onSave: (cell: Cell) => void = () => {},
	now: () => Date = () => morning,
): CellStore & CellIndex {
	const items = new Map<string, string>();
	const changedAt = new Map<string, Date>();
	const read = (podUid: string): Cell | undefined => {
		const item = items.get(podUid);
		return item === undefined ? undefined : Cell.parse(JSON.parse(item));
	};
	const all = (): Cell[] => [...items.keys()].flatMap((podUid) => read(podUid) ?? []);
	const write = (cell: Cell): Cell => {
		items.set(cell.podUid, JSON.stringify(Cell.parse(cell)));
		changedAt.set(cell.podUid, now());
		onSave(cell);
		return cell;
	};
	return {
		async claim(cell) {
			const standing = read(cell.podUid);
			return standing === undefined
				? { cell: write(cell), claimed: true }
				: { cell: standing, claimed: false };
		},
		async get(podUid) {
			return read(podUid);
		},
		async save(cell) {
			if (read(cell.podUid)?.version !== cell.version)
				throw new ProvisionerError("conflict", "RecordChanged", "somebody else has written since");
			return write({ ...cell, version: cell.version + 1 });
		},
		async byInstance(instanceId) {
			return all().find((cell) => heldInstanceId(cell) === instanceId);
		},
		async unsettled() {
			const rows = all()
				.filter((cell) => !isSettled(cell))
				.map((cell) => {
					const instanceId = heldInstanceId(cell);
					const cost = heldCost(cell);
					return {
						podUid: cell.podUid,
						phase: cell.phase,
						changedAt: changedAt.get(cell.podUid) ?? now(),
						...(instanceId === undefined ? {} : { instanceId }),
						...(cost === undefined ? {} : { cost }),
					};
				});
			return { rows, unreadable: [] };
		},
	};
}
