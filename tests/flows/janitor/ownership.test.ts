import { describe, expect, it } from "vitest";
import { afterLoss } from "../../../shared/cells/after-loss.ts";
import type { Cell } from "../../../shared/cells/model.ts";
import {
	ended,
	failed,
	left,
	ready,
	settled,
	terminated,
	terminating,
	waiting,
} from "../../../shared/cells/transitions.ts";
import { owns } from "../../../shared/flows/janitor/ownership.ts";
import {
	aBootingCell,
	aLaunchingCell,
	anInstance,
	aPlan,
	aScheduledCell,
	morning,
} from "../../support/cells.ts";

const why = { reason: "PodDeleted", message: "gone" };
const rules = { bootAttempts: 3, replaceLost: true, lossesPerHour: 5, capacityTimeoutSeconds: 900 };
const { instanceId } = anInstance();
const machine = { instanceId, clientToken: "token-1", launchIndex: 0 };
const other = anInstance({ instanceId: "i-0fffffffffffffff0" });

const launching = aLaunchingCell();
const booting = aBootingCell();
const again = afterLoss(booting, why, rules, morning);
if (again.phase !== "Scheduled") throw new Error("the pod should get another cell");
const grouped = aLaunchingCell(
	undefined,
	aPlan({ group: { name: "group-1", index: 1, podUids: ["a", "b"] } }),
);
const unborn = terminating(launching, why, morning);

describe("a machine", () => {
	it.each<{ when: string; cell: Cell; seen?: typeof machine; owned: boolean }>([
		{ when: "waits without an instance", cell: aScheduledCell(), owned: false },
		{ when: "waits for its next attempt", cell: waiting(launching, why, morning), owned: false },
		{ when: "is leaving it", cell: again, owned: true },
		{ when: "has left it", cell: left(again, undefined), owned: false },
		{ when: "has made it by its plan, and hasn't heard", cell: launching, owned: true },
		{
			when: "has planned anew",
			cell: aLaunchingCell(undefined, aPlan({ attempt: 2, clientToken: "token-2" })),
			owned: false,
		},
		{ when: "has the second place of its group", cell: grouped, owned: false },
		{
			when: "has just that place of its group",
			cell: grouped,
			seen: { ...machine, launchIndex: 1 },
			owned: true,
		},
		{ when: "boots on it", cell: booting, owned: true },
		{ when: "boots on another one", cell: aBootingCell(undefined, other), owned: false },
		{ when: "is ready on it", cell: ready(booting, morning, morning), owned: true },
		{ when: "ends it", cell: terminating(booting, why, morning), owned: true },
		{
			when: "ends another one",
			cell: terminating(aBootingCell(undefined, other), why, morning),
			owned: false,
		},
		{ when: "ends, and its plan may have made it", cell: unborn, owned: true },
		{
			when: "has ended, and its plan may have made it",
			cell: terminated(unborn, undefined, morning),
			owned: true,
		},
		{
			when: "has ended for good without it",
			cell: settled(terminated(unborn, undefined, morning), morning),
			owned: false,
		},
		{ when: "has failed with it", cell: failed(booting, why, morning), owned: true },
		{
			when: "has failed, and told it to end: it lives all the same",
			cell: ended(failed(booting, why, morning), anInstance(), undefined, morning),
			owned: false,
		},
		{ when: "has failed while leaving it", cell: failed(again, why, morning), owned: true },
	])("is owned: $owned, where its pod's record $when", ({ cell, seen = machine, owned }) => {
		expect(owns(cell, seen)).toBe(owned);
	});
});
