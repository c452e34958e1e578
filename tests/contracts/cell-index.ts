import fc from "fast-check";
import { expect, it } from "vitest";
import { heldInstanceId } from "../../shared/cells/held-instance.ts";
import type { Cell, CellIndex, CellRow, CellStore } from "../../shared/cells/model.ts";
import {
	again,
	booting,
	ended,
	failed,
	isSettled,
	left,
	ready,
	settled,
	stillborn,
	terminated,
	terminating,
} from "../../shared/cells/transitions.ts";
import {
	aBootingCell,
	aLaunchingCell,
	anInstance,
	aPlan,
	aPod,
	aScheduledCell,
	morning,
	secondsLater,
} from "../support/cells.ts";

/** A cells table of its own, with its indexes. */
export type OpenCells = (now: () => Date) => CellStore & CellIndex;

/** What every CellIndex must do; run against the one in memory and against DynamoDB. */
export function honoursCellIndex(open: OpenCells): void {
	const { signal } = new AbortController();
	const world = () => {
		let now = morning;
		const cells = open(() => now);
		return {
			cells,
			claim: async (cell: Cell) => await cells.claim(cell, signal),
			save: async (cell: Cell) => await cells.save(cell, signal),
			byInstance: async (instanceId: string) => await cells.byInstance(instanceId, signal),
			unsettled: async () => sorted((await cells.unsettled(signal)).rows),
			pass: (seconds: number) => {
				now = secondsLater(seconds, now);
			},
		};
	};
	const sorted = (rows: readonly CellRow[]) =>
		rows.toSorted((a, b) => (a.podUid < b.podUid ? -1 : 1));
	const why = { reason: "BootTimeout", message: "nobody answers" };

	it("finds the record that holds an instance, as last written", async () => {
		const { claim, save, byInstance } = world();
		const mine = aBootingCell("a", anInstance({ instanceId: "i-0a" }));
		await claim(mine);
		await claim(aBootingCell("b", anInstance({ instanceId: "i-0b" })));
		await claim(aScheduledCell("c"));
		expect(await byInstance("i-0a")).toEqual(mine);
		const saved = await save(ready(mine, morning, morning));
		expect(await byInstance("i-0a")).toEqual(saved);
		expect(await byInstance("i-0c")).toBeUndefined();
	});

	it("finds the record that is leaving an instance, until it has left", async () => {
		const { claim, save, byInstance, unsettled } = world();
		const cell = aBootingCell("a", anInstance({ instanceId: "i-0a" }));
		await claim(cell);
		const leaving = again({ ...cell, version: 0 }, why, secondsLater(900), morning);
		const saved = await save(leaving);
		expect(await byInstance("i-0a")).toEqual(saved);
		expect(await unsettled()).toMatchObject([{ phase: "Scheduled", instanceId: "i-0a" }]);
		await save({ ...left(leaving, undefined), version: saved.version });
		expect(await byInstance("i-0a")).toBeUndefined();
		expect(await unsettled()).toEqual([{ podUid: "a", phase: "Scheduled", changedAt: morning }]);
	});

	it("finds the record of an instance that has been ended", async () => {
		const { claim, byInstance } = world();
		const instance = anInstance({ instanceId: "i-0a" });
		const cell = failed(aBootingCell("a", instance), why, morning);
		await claim(ended(cell, instance, undefined, morning));
		expect(await byInstance("i-0a")).toMatchObject({ podUid: "a", phase: "Failed" });
	});

	it("shows every record of which something may be left, and when it was last written", async () => {
		const { claim, save, unsettled, pass } = world();
		const mine = aBootingCell("booting", anInstance({ instanceId: "i-0b" }));
		const launching = aLaunchingCell("launching");
		await claim(aScheduledCell("scheduled"));
		await claim(mine);
		await claim(launching);
		await claim(stillborn(aPod("stillborn"), "cell-x", why, morning, undefined));
		pass(60);
		await save(failed(mine, why, morning));
		await save(terminating(launching, why, morning));
		expect(await unsettled()).toEqual([
			{
				podUid: "booting",
				phase: "Failed",
				changedAt: secondsLater(60),
				instanceId: "i-0b",
				cost: expect.anything(),
			},
			{ podUid: "launching", phase: "Terminating", changedAt: secondsLater(60) },
			{ podUid: "scheduled", phase: "Scheduled", changedAt: morning },
		]);
	});

	it("shows what an instance costs for as long as it is held", async () => {
		const { claim, save, unsettled } = world();
		const instance = anInstance({ instanceId: "i-0a" });
		const plan = aPlan({ baselineHourlyUsd: 0.5 });
		const cell = booting(aLaunchingCell("a", plan), instance, morning);
		await claim(cell);
		const { capacityType, hourlyUsd } = plan.offering;
		const cost = { capacityType, hourlyUsd, baselineHourlyUsd: 0.5 };
		expect(await unsettled()).toMatchObject([{ cost }]);
		const leaving = again({ ...cell, version: 0 }, why, secondsLater(900), morning);
		const saved = await save(leaving);
		expect(await unsettled()).toMatchObject([{ phase: "Scheduled", cost }]);
		const over = failed({ ...cell, version: saved.version }, why, morning);
		await save(ended(over, instance, undefined, morning));
		expect(await unsettled()).toEqual([]);
	});

	it("shows a record that is over until it is settled", async () => {
		const { claim, save, unsettled } = world();
		const cell = terminating(aLaunchingCell("a"), why, morning);
		const over = terminated(cell, undefined, morning);
		await claim(over);
		expect(await unsettled()).toMatchObject([{ podUid: "a", phase: "Terminated" }]);
		await save(settled(over, morning));
		expect(await unsettled()).toEqual([]);
	});

	it("shows neither more nor fewer than the records tell, whatever becomes of them", async () => {
		const instanceOf = (uid: string) => anInstance({ instanceId: `i-${uid}` });
		const lives = {
			booting: (uid: string) => aBootingCell(uid, instanceOf(uid)),
			leaving: (uid: string) =>
				again(aBootingCell(uid, instanceOf(uid)), why, secondsLater(900), morning),
			failing: (uid: string) => failed(aBootingCell(uid, instanceOf(uid)), why, morning),
			failed: (uid: string) => failed(aScheduledCell(uid), why, morning),
			launching: (uid: string) => aLaunchingCell(uid),
			gone: (uid: string) =>
				terminated(terminating(aScheduledCell(uid), why, morning), undefined, morning),
		};
		const anyCell = fc.constantFrom(...Object.values(lives));
		const aWrite = fc.tuple(fc.integer({ min: 1, max: 20 }), anyCell);
		/** One record after the other; returns what stands in the end. */
		const written = async (
			{ cells, claim, save }: ReturnType<typeof world>,
			writes: readonly Readonly<[number, (uid: string) => Cell]>[],
		) => {
			const standing = new Map<string, Cell>();
			for (const [number, made] of writes) {
				const cell = made(`pod-${number}`);
				const before = await cells.get(cell.podUid, signal);
				await (before === undefined ? claim(cell) : save({ ...cell, version: before.version }));
				standing.set(cell.podUid, cell);
			}
			return [...standing.values()];
		};
		await fc.assert(
			fc.asyncProperty(fc.array(aWrite, { maxLength: 30 }), async (writes) => {
				const here = world();
				const standing = await written(here, writes);
				const open = standing.filter((cell) => !isSettled(cell)).map(({ podUid }) => podUid);
				expect((await here.unsettled()).map(({ podUid }) => podUid)).toEqual(open.toSorted());
				for (const cell of standing) {
					const holds = heldInstanceId(cell) !== undefined;
					const found = await here.byInstance(`i-${cell.podUid}`);
					expect(found?.podUid).toBe(holds ? cell.podUid : undefined);
				}
			}),
			{ numRuns: 15 },
		);
	});
}
