import { describe, expect, it } from "vitest";
import { Cell } from "../../shared/cells/model.ts";
import {
	booting,
	ended,
	failed,
	followers,
	launching,
	ready,
	refused,
	stillborn,
	terminated,
	terminating,
	tombstone,
	waiting,
	withdrawn,
} from "../../shared/cells/transitions.ts";
import {
	aBootingCell,
	aDecision,
	aLaunchingCell,
	anInstance,
	aPlan,
	aPod,
	aRefusal,
	aScheduledCell,
	morning,
	secondsLater,
} from "../support/cells.ts";

const why = { reason: "NoCapacity", message: "nothing on offer" };
const aReadyCell = ready(aBootingCell(), morning, morning);
const aReleasedCell = terminating(aLaunchingCell(), why, morning);

describe("a record's changes", () => {
	it.each([
		{
			from: aScheduledCell(),
			to: launching(aScheduledCell(), aPlan(), aDecision(), "worker", morning),
		},
		{ from: aLaunchingCell(), to: booting(aLaunchingCell(), anInstance(), morning) },
		{ from: aLaunchingCell(), to: waiting(aLaunchingCell(), why, morning) },
		{ from: aLaunchingCell(), to: failed(aLaunchingCell(), why, morning) },
		{ from: aBootingCell(), to: ready(aBootingCell(), morning, morning) },
		{ from: aScheduledCell(), to: terminating(aScheduledCell(), why, morning) },
		{ from: aLaunchingCell(), to: terminating(aLaunchingCell(), why, morning) },
		{ from: aBootingCell(), to: terminating(aBootingCell(), why, morning) },
		{ from: aReadyCell, to: terminating(aReadyCell, why, morning) },
		{ from: aReleasedCell, to: terminated(aReleasedCell, anInstance(), morning) },
		{ from: aReleasedCell, to: terminated(aReleasedCell, undefined, morning) },
		{ from: aBootingCell(), to: failed(aBootingCell(), why, morning) },
		{ from: aBootingCell(), to: withdrawn(aBootingCell(), aRefusal()) },
	])("go from $from.phase to $to.phase as a legal record", ({ from, to }) => {
		expect(followers[from.phase]).toContain(to.phase);
		expect(Cell.parse(to)).toEqual(to);
	});

	it("end in Failed and Terminated, which nothing leaves", () => {
		expect(followers.Failed).toEqual([]);
		expect(followers.Terminated).toEqual([]);
	});

	it("forget the plan, and nothing else, when a pod waits for capacity", () => {
		const cell = refused(aLaunchingCell(), aRefusal({ attempt: 1 }));
		const next = waiting(cell, why, secondsLater(1));
		expect(next).not.toHaveProperty("plan");
		expect(next).toMatchObject({
			attempt: 1,
			refusals: [aRefusal({ attempt: 1 })],
			request: cell.request,
		});
	});

	it("keep the latest twenty refusals", () => {
		let cell = aLaunchingCell();
		for (let attempt = 1; attempt <= 25; attempt++)
			cell = refused(cell, aRefusal({ attempt: attempt }));
		expect(cell.refusals.map(({ attempt }) => attempt)).toEqual(
			Array.from({ length: 20 }, (_, index) => index + 6),
		);
	});

	it("move a condition's time only when its status changes", () => {
		const once = refused(aLaunchingCell(), aRefusal({ attempt: 1 }));
		const twice = refused(once, {
			...aRefusal({ attempt: 2 }),
			at: secondsLater(60).toISOString(),
		});
		const launched = booting(twice, anInstance(), secondsLater(90));
		const time = (cell: Cell) =>
			cell.conditions.find(({ type }) => type === "Launched")?.lastTransitionTime;
		expect(time(twice)).toBe(morning.toISOString());
		expect(time(launched)).toBe(secondsLater(90).toISOString());
	});

	it("tell a pod that can't be launched why, as a record of its own", () => {
		const cell = stillborn(aPod(), "cell-1", why, morning, undefined);
		expect(Cell.parse(cell)).toMatchObject({ phase: "Failed", ...why, version: 0 });
	});

	it("leave of a pod that nobody has asked a cell for whose it was, and why", () => {
		const cell = tombstone(aPod(), "cell-1", why, morning, undefined);
		expect(Cell.parse(cell)).toEqual(cell);
		expect(cell).toMatchObject({
			phase: "Terminated",
			...why,
			pod: aPod(),
			stages: { endedAt: morning.toISOString() },
		});
	});

	it("note when a failed cell's instance was ended", () => {
		const cell = failed(aBootingCell(), why, secondsLater(1));
		expect(Cell.parse(ended(cell, anInstance(), undefined, secondsLater(2))).stages.endedAt).toBe(
			secondsLater(2).toISOString(),
		);
	});
});
