import { describe, expect, it } from "vitest";
import type { Cell } from "../../../shared/cells/model.ts";
import {
	again,
	ended,
	failed,
	queued,
	ready,
	settled,
	terminated,
	terminating,
} from "../../../shared/cells/transitions.ts";
import { findingOf, type Remedy } from "../../../shared/flows/janitor/finding.ts";
import {
	aBootingCell,
	aLaunchingCell,
	anInstance,
	aScheduledCell,
	morning,
	secondsLater,
} from "../../support/cells.ts";

const why = { reason: "PodDeleted", message: "gone" };
const bootTimeoutSeconds = 1_200;
const booting = aBootingCell();
const turnAt = (seconds: number) =>
	queued(aScheduledCell(), secondsLater(seconds), secondsLater(seconds + 900), morning);
const unborn = terminating(aLaunchingCell(), why, morning);
const slow = { ...booting, plan: { ...booting.plan, firstCheckSeconds: 200 } };

type Case = {
	when: string;
	cell: Cell;
	/** The last second at which nothing is done, and the one from which it is. */
	notYet: number;
	now: number;
	remedy: Remedy;
	instanceSeen?: boolean;
	/** Whether somebody should be told. */
	told?: boolean;
};

describe("a record that nobody has written since", () => {
	it.each<Case>([
		{ when: "it waits", cell: aScheduledCell(), notYet: 599, now: 600, remedy: "wake" },
		{ when: "it launches", cell: aLaunchingCell(), notYet: 599, now: 600, remedy: "wake" },
		{
			when: "it waits for its turn",
			cell: turnAt(1_000),
			notYet: 1_120,
			now: 1_121,
			remedy: "wake",
		},
		{ when: "its turn was long ago", cell: turnAt(10), notYet: 599, now: 600, remedy: "wake" },
		{
			when: "it is leaving",
			cell: again(booting, why, secondsLater(900), morning),
			notYet: 299,
			now: 300,
			remedy: "reconcile",
		},
		{
			when: "it boots slowly",
			cell: booting,
			notYet: 299,
			now: 300,
			remedy: "check-once",
			told: false,
		},
		{
			when: "its kind boots slowly",
			cell: slow,
			notYet: 399,
			now: 400,
			remedy: "check-once",
			told: false,
		},
		{ when: "it boots for too long", cell: booting, notYet: 0, now: 1_320, remedy: "check" },
		{
			when: "it boots, and EC2 doesn't show it",
			cell: booting,
			notYet: 299,
			now: 300,
			remedy: "find-instance",
			instanceSeen: false,
		},
		{
			when: "it is ready, and EC2 doesn't show it",
			cell: ready(booting, morning, morning),
			notYet: 299,
			now: 300,
			remedy: "find-instance",
			instanceSeen: false,
		},
		{
			when: "it is ending",
			cell: terminating(booting, why, morning),
			notYet: 299,
			now: 300,
			remedy: "reconcile",
		},
		{
			when: "it failed with an instance",
			cell: failed(booting, why, morning),
			notYet: 299,
			now: 300,
			remedy: "reconcile",
		},
		{
			when: "it failed, and its plan may have made one",
			cell: failed(aLaunchingCell(), why, morning),
			notYet: 599,
			now: 600,
			remedy: "settle",
			told: false,
		},
		{
			when: "it ended, and its plan may have made one",
			cell: terminated(unborn, undefined, morning),
			notYet: 599,
			now: 600,
			remedy: "settle",
			told: false,
		},
		{
			when: "it should have been settled by the janitor",
			cell: terminated(unborn, undefined, morning),
			notYet: 0,
			now: 1_800,
			remedy: "settle",
		},
	])(
		"gets its remedy not before $now s when $when",
		({ cell, notYet, now, remedy, instanceSeen = true, told = true }) => {
			const at = (seconds: number) =>
				findingOf(cell, {
					changedAt: morning,
					instanceSeen,
					now: secondsLater(seconds),
					bootTimeoutSeconds,
				});
			expect(at(notYet)).toBeUndefined();
			const finding = at(now);
			expect(finding?.remedy).toBe(remedy);
			expect(finding?.unaccounted !== undefined).toBe(told);
		},
	);

	it("counts a cell that is late as booting only before readiness had its time", () => {
		const at = (seconds: number) =>
			findingOf(booting, {
				changedAt: morning,
				instanceSeen: true,
				now: secondsLater(seconds),
				bootTimeoutSeconds,
			});
		expect(at(1_319)).toEqual({ remedy: "check-once" });
	});

	it.each<{ when: string; cell: Cell }>([
		{ when: "it is ready on its machine", cell: ready(booting, morning, morning) },
		{ when: "it is settled", cell: settled(terminated(unborn, undefined, morning), morning) },
		{
			when: "it failed, and its instance was ended",
			cell: ended(failed(booting, why, morning), anInstance(), undefined, morning),
		},
	])("needs nothing for ever when $when", ({ cell }) => {
		const about = { changedAt: morning, instanceSeen: true, bootTimeoutSeconds };
		expect(findingOf(cell, { ...about, now: secondsLater(1e7) })).toBeUndefined();
	});

	it("isn't left alone because a clock has written it in the future", () => {
		const changedAt = secondsLater(24 * 3_600);
		const about = { changedAt, instanceSeen: true, now: morning, bootTimeoutSeconds };
		expect(findingOf(aScheduledCell(), about)).toMatchObject({ remedy: "wake" });
		expect(findingOf(unborn, about)).toMatchObject({ remedy: "reconcile" });
	});
});
