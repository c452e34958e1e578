import { DynamoDBClient, paginateScan } from "@aws-sdk/client-dynamodb";
import { unmarshall } from "@aws-sdk/util-dynamodb";
import { Cell } from "../../../shared/cells/model.ts";
import { outOfReach } from "../place/out-of-reach.ts";
import type { Place } from "../place/place.ts";

/** Reading a whole table. */
const patienceMs = 60_000;

/** All records of a place, for as long as somebody wants to look. */
export type CellRecords = Readonly<{
	/**
	 * Reads the whole table: for people who ask, and for nobody else.
	 *
	 * @throws ProvisionerError `unavailable` when the table can't be read.
	 */
	all(): Promise<readonly Cell[]>;
	close(): void;
}>;

export function cellRecords(place: Place): CellRecords {
	const TableName = place.resource("cells");
	const dynamodb = new DynamoDBClient(place.client("dynamodb"));
	return {
		async all() {
			const cells: Cell[] = [];
			const abortSignal = AbortSignal.timeout(patienceMs);
			try {
				const pages = paginateScan({ client: dynamodb }, { TableName }, { abortSignal });
				for await (const { Items = [] } of pages)
					cells.push(...Items.map((item) => Cell.parse(unmarshall(item))));
			} catch (cause) {
				throw outOfReach(place, `the table ${TableName}`, cause);
			}
			return cells;
		},
		close: () => dynamodb.destroy(),
	};
}
