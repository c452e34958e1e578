import { stripVTControlCharacters } from "node:util";
import { describe, expect, it } from "vitest";
import type { Canvas } from "../../../../infra/cli/screen/canvas.ts";
import { cellTable } from "../../../../infra/cli/screen/cell-table.ts";
import { noticed, ready, stillborn } from "../../../../shared/cells/transitions.ts";
import {
	aBootingCell,
	aPod,
	aScheduledCell,
	morning,
	secondsLater,
} from "../../../support/cells.ts";
import { leavingOne, muchTried } from "../stories.ts";

const file: Canvas = { colored: false, columns: Number.POSITIVE_INFINITY, isPassing: false };

const why = { reason: "InvalidPod", message: "first fault\nsecond fault" };

describe("the table of cells", () => {
	it("has a line for each cell with its choice, price, address and stage times", () => {
		const cell = ready(aBootingCell(), secondsLater(4), secondsLater(4));
		expect(cellTable([cell], file)).toEqual([
			"POD            PHASE  ATTEMPT  TYPE       ZONE        BOUGHT     USD/HOUR  ADDRESS     QUEUE  PLAN  LAUNCH  BOOT  TOTAL",
			"shop/web-3f2a  Ready        1  t3a.small  us-east-1a  on-demand    0.0188  127.0.16.4   1.0s  0.0s    0.0s  4.0s   5.0s",
		]);
	});

	it("leaves empty what a cell doesn't have yet", () => {
		expect(cellTable([aScheduledCell()], file)[1]).toMatch(/^shop\/web-3f2a {2}Scheduled +1\.0s$/);
	});

	it("tells below why pods failed, each fault on a line of its own", () => {
		const cell = stillborn(aPod(), "cell-1", why, morning, undefined);
		expect(cellTable([cell], file).slice(2)).toEqual([
			"shop/web-3f2a failed: InvalidPod: first fault",
			"  second fault",
		]);
	});

	it("tells below what pods have lost, and what became of them since", () => {
		const { leaving } = leavingOne();
		expect(cellTable([leavingOne(), muchTried()], file).slice(3)).toEqual([
			`shop/report lost ${leaving?.instance.instanceId} (InstanceStopped), next attempt 2`,
			expect.stringMatching(
				/^shop\/report waits: i-\w+ is ended before the next one is asked for; /,
			),
			"shop/report lost i-0123456789abcdef3 (BootTimeout), attempt 4 Ready",
		]);
	});

	it("tells below what EC2 has warned of, with the deadline", () => {
		const cell = noticed(
			ready(aBootingCell(), morning, morning),
			{
				reason: "SpotInterruption",
				message: "EC2 takes it back",
				at: morning.toISOString(),
				deadline: secondsLater(120).toISOString(),
			},
			morning,
		);
		expect(cellTable([cell], file).slice(2)).toEqual([
			"shop/web-3f2a warned: SpotInterruption: EC2 takes it back; it ends at 2026-11-23T08:02:00.000Z",
		]);
	});

	it.each([
		[
			140,
			"ATTEMPT  TYPE       ZONE        BOUGHT     USD/HOUR  ADDRESS     QUEUE  PLAN  LAUNCH  BOOT  TOTAL",
		],
		[110, "ATTEMPT  TYPE       ZONE        BOUGHT     USD/HOUR  ADDRESS     BOOT  TOTAL"],
		[90, "ATTEMPT  TYPE       BOUGHT     USD/HOUR  ADDRESS     TOTAL"],
		[75, "ATTEMPT  TYPE       BOUGHT     USD/HOUR  TOTAL"],
		[52, "TYPE       USD/HOUR  TOTAL"],
		[40, "TYPE"],
	])("has on %i columns what is asked for most", (columns, others) => {
		const cell = ready(aBootingCell(), secondsLater(4), secondsLater(4));
		const [titles = ""] = cellTable([cell], { ...file, columns });
		expect(titles).toBe(`POD            PHASE  ${others}`);
	});

	it("breaks what is below where the terminal ends, and cuts it where it is drawn over", () => {
		const cell = stillborn(aPod(), "cell-1", why, morning, undefined);
		const text = { ...file, columns: 30 };
		expect(cellTable([cell], text).slice(2)).toEqual([
			"shop/web-3f2a failed:",
			"  InvalidPod: first fault",
			"  second fault",
		]);
		const long = { ...why, message: `a long word ${"w".repeat(80)}` };
		const lengthy = stillborn(aPod(), "cell-1", long, morning, undefined);
		expect(cellTable([lengthy], text)).toHaveLength(2 + 5);
		expect(cellTable([lengthy], { ...text, isPassing: true }).slice(2)).toEqual([
			"shop/web-3f2a failed:",
			"  InvalidPod: a long word",
			`  ${"w".repeat(27)}…`,
		]);
	});

	it("keeps its columns when it is coloured", () => {
		const cells = [aScheduledCell(), aBootingCell("long-uid-of-another-pod")];
		const plain = cellTable(cells, file);
		const colored = cellTable(cells, { ...file, colored: true }).map(stripVTControlCharacters);
		expect(colored).toEqual(plain);
	});
});
