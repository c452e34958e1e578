import { stripVTControlCharacters } from "node:util";
import { describe, expect, it } from "vitest";
import { cellTable } from "../../../infra/cli/cell-table.ts";
import { ready, stillborn } from "../../../shared/cells/transitions.ts";
import { aBootingCell, aPod, aScheduledCell, morning, secondsLater } from "../../support/cells.ts";

const why = { reason: "InvalidPod", message: "first fault\nsecond fault" };

describe("the table of cells", () => {
	it("has a line for each cell with its choice, price, address and stage times", () => {
		const cell = ready(aBootingCell(), secondsLater(4), secondsLater(4));
		expect(cellTable([cell], false)).toEqual([
			"POD            PHASE  TYPE       ZONE        BOUGHT     $/HOUR  ADDRESS     QUEUE  PLAN  LAUNCH  BOOT  TOTAL",
			"shop/web-3f2a  Ready  t3a.small  us-east-1a  on-demand  0.0188  127.0.16.4   1.0s  0.0s    0.0s  4.0s   5.0s",
		]);
	});

	it("leaves empty what a cell doesn't have yet", () => {
		expect(cellTable([aScheduledCell()], false)[1]).toMatch(/^shop\/web-3f2a {2}Scheduled +1\.0s$/);
	});

	it("tells below why pods failed, each fault on a line of its own", () => {
		const cell = stillborn(aPod(), "cell-1", why, morning, undefined);
		expect(cellTable([cell], false).slice(2)).toEqual([
			"shop/web-3f2a failed: InvalidPod: first fault",
			"  second fault",
		]);
	});

	it("keeps its columns when it is coloured", () => {
		const cells = [aScheduledCell(), aBootingCell("long-uid-of-another-pod")];
		const plain = cellTable(cells, false);
		const colored = cellTable(cells, true).map(stripVTControlCharacters);
		expect(colored).toEqual(plain);
	});
});
