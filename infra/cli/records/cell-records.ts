import { DynamoDBClient, paginateScan } from "@aws-sdk/client-dynamodb";
import { unmarshall } from "@aws-sdk/util-dynamodb";
import { Cell } from "../../../shared/cells/model.ts";
import { recordFaults } from "../../../shared/cells/record-faults.ts";
import { outOfReach } from "../place/out-of-reach.ts";
import type { Place } from "../place/place.ts";
import { printable } from "../screen/text-layout.ts";

/** Reading a whole table. */
const patienceMs = 60_000;

/** A record of another version may have many faults. */
const problemsKept = 300;

/** All records of a place, for as long as somebody wants to look. */
export type CellRecords = Readonly<{
	/**
	 * Reads the whole table: for people who ask, and for nobody else. A record that isn't of this version hides no
	 * other: it is told of on standard error, once, and left out.
	 *
	 * @throws ProvisionerError `unavailable` when the table can't be read.
	 */
	all(): Promise<readonly Cell[]>;
	close(): void;
}>;

export function cellRecords(place: Place): CellRecords {
	const TableName = place.resource("cells");
	const dynamodb = new DynamoDBClient(place.client("dynamodb"));
	const told = new Set<string>();
	const read = (item: Record<string, unknown>): readonly Cell[] => {
		const { data, error } = Cell.safeParse(item);
		if (data !== undefined) return [data];
		const podUid = String(item["podUid"]);
		if (!told.has(podUid))
			console.error(
				printable(
					`pod uid ${podUid} is left out: its record isn't of this version (${recordFaults(error).slice(0, problemsKept)})`,
				),
			);
		told.add(podUid);
		return [];
	};
	return {
		async all() {
			const cells: Cell[] = [];
			const abortSignal = AbortSignal.timeout(patienceMs);
			try {
				const pages = paginateScan({ client: dynamodb }, { TableName }, { abortSignal });
				for await (const { Items = [] } of pages)
					cells.push(...Items.flatMap((item) => read(unmarshall(item))));
			} catch (cause) {
				throw outOfReach(place, `the table ${TableName}`, cause);
			}
			return cells;
		},
		close: () => dynamodb.destroy(),
	};
}
