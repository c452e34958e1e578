import fc from "fast-check";
import { describe, expect, it } from "vitest";
import { afterLoss, type LossRules } from "../../shared/cells/after-loss.ts";
import { Cell, type CellIn, Loss } from "../../shared/cells/model.ts";
import { followers, ready } from "../../shared/cells/transitions.ts";
import type { CellRequest } from "../../shared/pods/model.ts";
import { aBootingCell, aRequest, morning, secondsLater } from "../support/cells.ts";

const rules: LossRules = {
	bootAttempts: 3,
	replaceLost: true,
	lossesPerHour: 5,
	capacityTimeoutSeconds: 900,
};
const why = { reason: "SpotInterrupted", message: "EC2 took it back" };
const now = secondsLater(7 * 24 * 3600);

type Past = Readonly<{ wasReady: boolean; minutesAgo: number }>;
const never = (minutesAgo: number): Past => ({ wasReady: false, minutesAgo });
const was = (minutesAgo: number): Past => ({ wasReady: true, minutesAgo });

const lossOf = ({ wasReady, minutesAgo }: Past): Loss => {
	const at = secondsLater(-60 * minutesAgo, now).toISOString();
	return Loss.parse({
		attempt: 1,
		instanceId: "i-00000000000000001",
		instanceType: "t3a.small",
		zone: "us-east-1a",
		capacityType: "spot",
		hourlyUsd: 0.01,
		...why,
		launchedAt: at,
		...(wasReady ? { readyAt: at } : {}),
		at,
	});
};

/** A cell about to be lost, with what its pod has lost before, oldest first. */
const aCell = (
	phase: "Booting" | "Ready",
	before: readonly Past[] = [],
	restartPolicy: CellRequest["restartPolicy"] = "Always",
): CellIn<"Booting" | "Ready"> => {
	const booting = {
		...aBootingCell(),
		request: aRequest({ restartPolicy }),
		losses: before.map(lossOf),
	};
	return phase === "Booting" ? booting : ready(booting, morning, morning);
};

describe("a pod that has lost its cell", () => {
	it.each<{ when: string; cell: CellIn<"Booting" | "Ready">; over?: Partial<LossRules> }>([
		{ when: "it was booting, for the first time", cell: aCell("Booting") },
		{ when: "it was booting, for the last time but one", cell: aCell("Booting", [never(9)]) },
		{ when: "it was ready", cell: aCell("Ready") },
		{ when: "its policy is OnFailure", cell: aCell("Ready", [], "OnFailure") },
		{ when: "its policy is Never, and it never was ready", cell: aCell("Booting", [], "Never") },
		{
			when: "lost cells aren't replaced, and it never was ready",
			cell: aCell("Booting"),
			over: { replaceLost: false },
		},
		{
			when: "a ready cell came after those that never were",
			cell: aCell("Booting", [never(30), never(20), was(10)]),
		},
		{
			when: "it was ready, after two that never were",
			cell: aCell("Ready", [never(30), never(20)]),
		},
		{
			when: "an earlier loss is an hour old",
			cell: aCell("Ready", [was(60), was(4), was(3), was(2)]),
		},
		{
			when: "it was ready, and only one may boot",
			cell: aCell("Ready"),
			over: { bootAttempts: 1 },
		},
	])("gets another one when $when", ({ cell, over }) => {
		const next = afterLoss(cell, why, { ...rules, ...over }, now);
		expect(next).toMatchObject({
			phase: "Scheduled",
			leaving: { instance: cell.instance, plan: cell.plan },
			giveUpAt: secondsLater(900, now).toISOString(),
		});
		expect(next.losses.at(-1)).toMatchObject({ ...why, at: now.toISOString() });
	});

	it.each<{
		when: string;
		cell: CellIn<"Booting" | "Ready">;
		over?: Partial<LossRules>;
		says: string;
	}>([
		{
			when: "it was ready and its policy is Never",
			cell: aCell("Ready", [], "Never"),
			says: "its restartPolicy is Never: it gets no other cell",
		},
		{
			when: "it was ready and lost cells aren't replaced",
			cell: aCell("Ready"),
			over: { replaceLost: false },
			says: "cells.replaceLost is off: it gets no other cell",
		},
		{
			when: "it was the last that may boot in a row",
			cell: aCell("Booting", [was(300), never(200), never(100)]),
			says: "that was instance 3 of at most 3 in a row (cells.bootAttempts)",
		},
		{
			when: "only one may boot",
			cell: aCell("Booting"),
			over: { bootAttempts: 1 },
			says: "that was instance 1 of at most 1 in a row (cells.bootAttempts)",
		},
		{
			when: "an hour has seen too many losses",
			cell: aCell("Ready", [was(61), was(59), was(4), never(3), was(2)]),
			says: "that was loss 5 within an hour, of at most 5 (cells.lossesPerHour)",
		},
		{
			when: "an hour has seen too many, of cells that never were ready, too",
			cell: aCell("Booting", [never(4)]),
			over: { lossesPerHour: 2 },
			says: "that was loss 2 within an hour, of at most 2 (cells.lossesPerHour)",
		},
	])("fails when $when, and says so", ({ cell, over, says }) => {
		const next = afterLoss(cell, why, { ...rules, ...over }, now);
		expect(next).toMatchObject({
			phase: "Failed",
			reason: why.reason,
			message: `${why.message}; ${says}`,
			// Reconcile ends it.
			instance: cell.instance,
			plan: cell.plan,
		});
		expect(next.stages).not.toHaveProperty("settledAt");
	});
});

const past = fc.record({ wasReady: fc.boolean(), minutesAgo: fc.integer({ min: 0, max: 180 }) });
/** As a record keeps them: oldest first. */
const pasts = fc
	.array(past, { maxLength: 10 })
	.map((each) => each.toSorted((a, b) => b.minutesAgo - a.minutesAgo));
const someRules = fc.record({
	bootAttempts: fc.integer({ min: 1, max: 10 }),
	replaceLost: fc.boolean(),
	lossesPerHour: fc.integer({ min: 1, max: 10 }),
	capacityTimeoutSeconds: fc.integer({ min: 0, max: 43_200 }),
});
const cells = fc
	.tuple(
		fc.constantFrom<"Booting" | "Ready">("Booting", "Ready"),
		pasts,
		fc.constantFrom<CellRequest["restartPolicy"]>("Always", "OnFailure", "Never"),
	)
	.map((each) => aCell(...each));

describe("every loss", () => {
	it("makes a legal record that keeps the loss, at most ten, and knows the instance to end", () => {
		fc.assert(
			fc.property(cells, someRules, (cell, each) => {
				const next = afterLoss(cell, why, each, now);
				expect(followers[cell.phase]).toContain(next.phase);
				expect(Cell.parse(next)).toEqual(next);
				expect(next.losses.slice(0, -1)).toEqual(cell.losses.slice(-9));
				expect(next.losses.at(-1)).toMatchObject({
					instanceId: cell.instance.instanceId,
					reason: why.reason,
				});
				expect(next.losses.at(-1)?.readyAt).toBe(cell.stages.readyAt);
				const left = next.phase === "Scheduled" ? next.leaving : next;
				expect(left).toMatchObject({ instance: cell.instance, plan: cell.plan });
				expect(next).toMatchObject({ podUid: cell.podUid, attempt: cell.attempt });
				expect(next.refusals).toEqual(cell.refusals);
			}),
		);
	});

	it("that more generous rules answer with Failed, stricter ones do, too", () => {
		fc.assert(
			fc.property(cells, someRules, someRules, (cell, a, b) => {
				const generous: LossRules = {
					...a,
					bootAttempts: Math.max(a.bootAttempts, b.bootAttempts),
					replaceLost: a.replaceLost || b.replaceLost,
					lossesPerHour: Math.max(a.lossesPerHour, b.lossesPerHour),
				};
				fc.pre(afterLoss(cell, why, generous, now).phase === "Failed");
				expect(afterLoss(cell, why, a, now).phase).toBe("Failed");
				expect(afterLoss(cell, why, b, now).phase).toBe("Failed");
			}),
		);
	});

	/** Loses cell after cell until the pod fails, or has had thirty. */
	const machinesUntilFailed = (
		each: LossRules,
		isReady: (machine: number) => boolean,
		secondsApart: number,
	): number => {
		let losses: Loss[] = [];
		for (let machine = 1; machine <= 30; machine++) {
			const cell = { ...aCell(isReady(machine) ? "Ready" : "Booting"), losses };
			const next = afterLoss(cell, why, each, secondsLater(machine * secondsApart, now));
			if (next.phase === "Failed") return machine;
			losses = next.losses;
		}
		return Number.POSITIVE_INFINITY;
	};

	it("counts: a pod has so many machines as the rules allow, and no more", () => {
		fc.assert(
			fc.property(someRules, (each) => {
				const { bootAttempts, lossesPerHour } = each;
				const replaced = { ...each, replaceLost: true };
				const neverReady = () => false;
				const always = () => true;
				const patient = { ...each, lossesPerHour: 2 };
				expect(machinesUntilFailed(patient, neverReady, 3_600)).toBe(bootAttempts);
				expect(machinesUntilFailed(each, neverReady, 60)).toBe(
					Math.min(bootAttempts, lossesPerHour),
				);
				expect(machinesUntilFailed(replaced, always, 60)).toBe(lossesPerHour);
				expect(machinesUntilFailed({ ...each, replaceLost: false }, always, 60)).toBe(1);
				const rarely = machinesUntilFailed({ ...replaced, lossesPerHour: 2 }, always, 3_600);
				expect(rarely).toBe(Number.POSITIVE_INFINITY);
			}),
		);
	});
});
