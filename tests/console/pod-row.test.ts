import fc from "fast-check";
import { describe, expect, it } from "vitest";
import type { PodRow, Span } from "../../infra/console/api.ts";
import { podRowOf } from "../../infra/console/pod-row.ts";
import { doing } from "../../infra/console/pod-spans.ts";
import { morning } from "../support/cells.ts";
import { lifeOf, lives, type Written } from "./lives.ts";

/** The row after all of them were seen, one after the other. */
const rowAfter = (written: readonly Written[], lateMs = 0): PodRow => {
	let row: PodRow | undefined;
	for (const { cell, atMs } of written) row = podRowOf(cell, row, atMs + lateMs);
	if (row === undefined) throw new RangeError("nothing was written");
	return row;
};

/** `booting 1: 2-5`, in seconds after the pod was accepted. */
const spanTexts = ({ spans }: PodRow): readonly string[] =>
	spans.map(({ what, attempt, fromMs, toMs }) => {
		const second = (ms: number) => (ms - morning.getTime()) / 1000;
		return `${what} ${attempt}: ${second(fromMs)}-${toMs === undefined ? "" : second(toMs)}`;
	});

describe("a pod's row", () => {
	it.each([
		{ when: "it was accepted", life: [], spans: ["waiting 1: -1-"] },
		{
			when: "it became ready",
			life: ["plan", "accept", "answer"],
			spans: ["waiting 1: -1-1", "launching 1: 1-2", "booting 1: 2-3", "ready 1: 3-"],
		},
		{
			when: "EC2 refused a plan",
			life: ["plan", "refuse", "plan", "accept"],
			spans: [
				"waiting 1: -1-1",
				"launching 1: 1-2",
				"waiting 2: 2-3",
				"launching 2: 3-4",
				"booting 2: 4-",
			],
		},
		{
			when: "EC2 was asked again for the same plan",
			life: ["plan", "throttle", "accept"],
			spans: ["waiting 1: -1-1", "launching 1: 1-3", "booting 1: 3-"],
		},
		{
			when: "its cell was lost",
			life: ["plan", "accept", "answer", "lose", "leave"],
			spans: [
				"waiting 1: -1-1",
				"launching 1: 1-2",
				"booting 1: 2-3",
				"ready 1: 3-4",
				"waiting 2: 4-",
			],
		},
		{
			when: "it was deleted after a loss, which its conditions don't tell apart",
			life: ["plan", "accept", "lose", "leave", "release", "end"],
			spans: [
				"waiting 1: -1-1",
				"launching 1: 1-2",
				"booting 1: 2-3",
				"waiting 2: 3-5",
				"ending 1: 5-6",
				"ended 1: 6-6",
			],
		},
		{
			when: "it failed, and its machine was ended later",
			life: ["plan", "accept", "fail", "warn", "end"],
			spans: ["waiting 1: -1-1", "launching 1: 1-2", "booting 1: 2-3", "failed 1: 3-5"],
		},
	] as const)("shows what it did, once $when", ({ life, spans }) => {
		expect(spanTexts(rowAfter(lifeOf(life)))).toEqual(spans);
	});

	it("tells refusals, losses and warnings where they happened", () => {
		const { marks } = rowAfter(
			lifeOf(["plan", "refuse", "plan", "accept", "warn", "lose", "leave", "plan"]),
		);
		expect(marks.map(({ what, attempt }) => `${what} ${attempt}`)).toEqual([
			"refused 1",
			"warned 2",
			"lost 2",
		]);
		expect(marks[0]?.text).toBe(
			"t3a.small in us-east-1a, on-demand: InsufficientInstanceCapacity: not now",
		);
	});

	it("shows the plan in force and its machine, and no news of a pod that is over", () => {
		const life = lifeOf(["plan", "accept", "lose", "leave", "plan", "accept"]);
		expect(rowAfter(life)).toMatchObject({
			offering: { instanceType: "t3a.small", zone: "us-east-1a", capacityType: "on-demand" },
			instanceId: "i-2",
			news: ["lost i-1 (Because), attempt 2 Booting"],
		});
		const over = lifeOf(["plan", "accept", "lose", "leave", "release", "end"]);
		expect(rowAfter(over)).toMatchObject({ news: [], reason: "Because", phase: "Terminated" });
	});

	it("stays when an older change comes late", () => {
		const life = lifeOf(["plan", "accept"]);
		const row = rowAfter(life);
		const [first] = life;
		if (first === undefined) throw new RangeError("a life begins");
		expect(podRowOf(first.cell, row, first.atMs)).toBe(row);
	});

	it("keeps the latest hundred spans and marks of a pod that is refused again and again", () => {
		const row = rowAfter(
			lifeOf(Array.from({ length: 300 }, (_, index) => (index % 2 === 0 ? "plan" : "refuse"))),
		);
		expect(row.spans).toHaveLength(100);
		expect(row.marks).toHaveLength(100);
		expect(row.spans.at(-1)).toMatchObject({ what: "waiting", attempt: 151 });
	});
});

/** What a record did at each of its versions, put together. */
function truth(written: readonly Written[]): readonly Omit<Span, "toMs">[] {
	const spans: Omit<Span, "toMs">[] = [];
	for (const { cell, atMs } of written) {
		const what = doing[cell.phase];
		const attempt = what === "waiting" ? cell.attempt + 1 : cell.attempt;
		const last = spans.at(-1);
		if (last?.what !== what || last.attempt !== attempt)
			spans.push({ what, attempt, fromMs: spans.length === 0 ? atMs - 1_000 : atMs });
	}
	return spans;
}

describe("a pod's spans, whatever its record goes through", () => {
	it("are what it did, when every change was seen", () => {
		fc.assert(
			fc.property(lives, (written) => {
				const spans = rowAfter(written).spans.map(({ toMs: _, ...span }) => span);
				expect(spans).toEqual(truth(written));
			}),
			{ numRuns: 500 },
		);
	});

	it("are in order, without gaps or overlaps, whichever changes were seen, and by what clock", () => {
		const lateMs = fc.integer({ min: -20_000, max: 20_000 });
		fc.assert(
			fc.property(lives, fc.infiniteStream(fc.boolean()), lateMs, (written, seen, late) => {
				const some = written.filter(() => seen.next().value === true);
				const row = rowAfter(some.length === 0 ? written.slice(-1) : some, late);
				for (const [index, { fromMs, toMs = Infinity }] of row.spans.entries()) {
					expect(toMs).toBeGreaterThanOrEqual(fromMs);
					const next = row.spans[index + 1];
					if (next !== undefined) expect(next.fromMs).toBe(toMs);
				}
				expect(row.spans.at(-1)?.what).toBe(doing[row.phase]);
			}),
			{ numRuns: 500 },
		);
	});
});
