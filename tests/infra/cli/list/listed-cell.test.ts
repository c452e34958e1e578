import fc from "fast-check";
import { describe, expect, it } from "vitest";
import { listLines } from "../../../../infra/cli/list/list-view.ts";
import {
	type ListedCell,
	listed,
	listedCell,
	sorted,
	sortKeys,
	totalsOf,
} from "../../../../infra/cli/list/listed-cell.ts";
import type { Canvas } from "../../../../infra/cli/screen/canvas.ts";
import { widthOf } from "../../../../infra/cli/screen/text-width.ts";
import { secondsLater } from "../../../support/cells.ts";
import { launchedAtTheThirdAttempt, rejected } from "../records.ts";
import { finished, inTheQueue, leavingOne, muchTried } from "../stories.ts";

const file: Canvas = { colored: false, columns: Number.POSITIVE_INFINITY, isPassing: false };
const later = secondsLater(6_000);

const aListed = (over: Partial<ListedCell> = {}): ListedCell => ({
	namespace: "shop",
	name: "web",
	uid: "1",
	phase: "Ready",
	attempt: 1,
	instanceType: "m5.large",
	zone: "us-east-1a",
	capacityType: "on-demand",
	hourlyUsd: 0.096,
	costHourlyUsd: 0.096,
	acceptedAt: "2026-11-23T08:00:00.000Z",
	ageSeconds: 60,
	news: [],
	...over,
});

const spot = aListed({ uid: "2", name: "worker", capacityType: "spot", costHourlyUsd: 0.0071 });
const failed = aListed({ uid: "3", name: "typo", phase: "Failed", costHourlyUsd: 0 });
const ended = aListed({ uid: "4", namespace: "ci", phase: "Terminated", costHourlyUsd: 0 });
const ending = aListed({ uid: "5", name: "late", phase: "Failed" });
const waiting: ListedCell = {
	namespace: "ci",
	name: "build",
	uid: "6",
	phase: "Scheduled",
	attempt: 0,
	costHourlyUsd: 0,
	acceptedAt: "2026-11-23T09:00:00.000Z",
	ageSeconds: 5,
	news: ["waits: its turn"],
};
const all = [aListed(), spot, failed, ended, ending, waiting];

describe("a listed cell", () => {
	it("has what is known of a cell that runs, and what it costs", () => {
		expect(listedCell(muchTried(), later)).toMatchObject({
			name: "report",
			phase: "Ready",
			attempt: 4,
			capacityType: "spot",
			hourlyUsd: 0.0071,
			costHourlyUsd: 0.0071,
			ageSeconds: 6_000,
		});
	});

	it.each([
		{ what: "that waits", cell: inTheQueue(), cost: 0 },
		{ what: "whose lost instance is still to be ended", cell: leavingOne(), cost: 0.0071 },
		{ what: "that failed before it had one", cell: rejected(), cost: 0 },
	])("$what costs $cost", ({ cell, cost }) => {
		expect(listedCell(cell, later).costHourlyUsd).toBe(cost);
	});

	it("costs something until its instance has been told to end", () => {
		const cell = finished();
		const told = { ...cell, stages: { ...cell.stages, endedAt: later.toISOString() } };
		expect(listedCell(cell, later).costHourlyUsd).toBe(0.0071);
		expect(listedCell(told, later).costHourlyUsd).toBe(0);
	});

	it("says why it failed", () => {
		const { reason, news } = listedCell(finished(), later);
		expect(reason).toBe("InstanceTerminated");
		expect(news).toEqual(["somebody ended it; no other cell"]);
	});

	it("holds nothing of the pod's containers", async () => {
		const shown = JSON.stringify(listedCell(await launchedAtTheThirdAttempt(), later));
		expect(shown).not.toMatch(/request|containers|userData|fingerprint|clientToken/);
	});
});

describe("the list", () => {
	it.each([
		{ filter: {}, shown: ["1", "2", "5", "6"], hidden: ["3", "4"] },
		{ filter: { all: true }, shown: ["1", "2", "3", "4", "5", "6"], hidden: [] },
		{ filter: { failed: true }, shown: ["3", "5"], hidden: [] },
		{ filter: { phase: ["Terminated", "Scheduled"] as const }, shown: ["4", "6"], hidden: [] },
		{ filter: { namespace: "ci" }, shown: ["6"], hidden: ["4"] },
		{ filter: { market: "spot" as const }, shown: ["2"], hidden: [] },
		{ filter: { type: "m5*" }, shown: ["1", "2", "5"], hidden: ["3", "4"] },
	])("with $filter shows $shown", ({ filter, shown, hidden }) => {
		const found = listed(all, filter);
		expect(found.shown.map(({ uid }) => uid)).toEqual(shown);
		expect(found.hidden.map(({ uid }) => uid)).toEqual(hidden);
	});

	it.each([
		["name", ["6", "4", "5", "3", "1", "2"]],
		["age", ["6", "4", "5", "3", "1", "2"]],
		["price", ["5", "1", "2", "6", "4", "3"]],
		["phase", ["6", "1", "2", "4", "5", "3"]],
		["type", ["6", "4", "5", "3", "1", "2"]],
	] as const)("by %s is in this order", (by, uids) => {
		expect(sorted(all, by).map(({ uid }) => uid)).toEqual(uids);
	});

	it("is in one order, whatever order the table gives", () => {
		fc.assert(
			fc.property(
				fc.shuffledSubarray(all, { minLength: all.length }),
				fc.constantFrom(...sortKeys),
				(shuffled, by) => {
					expect(sorted(shuffled, by)).toEqual(sorted(all, by));
				},
			),
		);
	});

	it("adds up what costs money now, without a float's dust", () => {
		expect(totalsOf([...all, aListed({ uid: "7", costHourlyUsd: 0.1 + 0.2 })])).toEqual({
			cells: 7,
			instances: 4,
			hourlyUsd: 0.4991,
			spotHourlyUsd: 0.0071,
			onDemandHourlyUsd: 0.492,
		});
	});

	const noisy = aListed({
		uid: "8",
		name: "x".repeat(63),
		reason: "BootTimeout",
		news: [`no answer\u001b[31m\n${"why ".repeat(60)}`, "見よ".repeat(40)],
	});
	const shown = [...all, noisy];
	const drawn = (canvas: Canvas) => listLines(shown, [failed, ended], totalsOf(shown), canvas, 10);

	it.each([200, 120, 100, 80, 40])("fits %i columns, and steers no terminal", (columns) => {
		const lines = drawn({ ...file, columns });
		expect(lines.filter((line) => widthOf(line) > columns || /\p{Cc}/u.test(line))).toEqual([]);
		const text = lines.join(" ");
		for (const { name } of all) expect(text).toContain(`/${name}`);
		expect(text.match(/why/g)).toHaveLength(60);
	});

	it("has a cell's news below it, cut where it is drawn over", () => {
		const terminal = { ...file, columns: 80 };
		expect(drawn(terminal)).toContain("  waits: its turn");
		expect(drawn({ ...terminal, isPassing: true }).filter((line) => line.endsWith("…"))).toEqual([
			expect.stringMatching(/^ {2}why why .* …$/),
		]);
	});

	it("is in a file complete, with one line for each cell", () => {
		const lines = drawn(file);
		expect(lines).toHaveLength(1 + shown.length + 3);
		expect(lines[0]).toMatch(/^POD +PHASE +ATTEMPT {2}TYPE +ZONE +BOUGHT +USD\/HOUR +AGE {2}NEWS$/);
		expect(lines.at(shown.length)).toMatch(
			/^shop\/x{63} .* BootTimeout: no answer\uFFFD\[31m why .*見よ$/,
		);
		expect(lines.at(-1)).toBe("1 failed and 1 ended: --all shows them");
	});

	it("says how to begin where there is nothing", () => {
		expect(listLines([], [], totalsOf([]), file, 0)).toEqual([
			expect.stringContaining("npx cellwright launch -f"),
		]);
		expect(listLines([], [failed], totalsOf([]), file, 1)).toEqual([
			"No living cells; 1 failed: --all shows them",
		]);
	});

	it("doesn't say that there are none where none is as asked for", () => {
		expect(listLines([], [], totalsOf([]), file, 7)).toEqual([
			"None of 7 cells is as asked for; npx cellwright list --all shows them",
		]);
	});
});
