import { Cell, type CellStore } from "../../shared/cells/model.ts";
import { ProvisionerError } from "../../shared/errors.ts";

/** A cells table in memory; tests/contracts/cell-store.ts holds it to the real one. */
export function memoryCells(onSave: (cell: Cell) => void = () => {}): CellStore {
	const items = new Map<string, string>();
	const read = (podUid: string): Cell | undefined => {
		const item = items.get(podUid);
		return item === undefined ? undefined : Cell.parse(JSON.parse(item));
	};
	const write = (cell: Cell): Cell => {
		items.set(cell.podUid, JSON.stringify(Cell.parse(cell)));
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
	};
}
