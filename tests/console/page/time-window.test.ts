import fc from "fast-check";
import { describe, expect, it } from "vitest";
import {
	clockText,
	extentOf,
	shareOf,
	ticksOf,
	timeWindow,
	windowLengths,
} from "../../../infra/console/page/time-window.ts";
import { aRow, morningMs } from "./rows.ts";

const minutes = (count: number) => count * 60_000;

describe("the time axis", () => {
	it.each([
		{ $when: "a young run has the whole axis", length: "5", ageMinutes: 2, shows: 2 },
		{ $when: "an old run fills the length", length: "5", ageMinutes: 90, shows: 5 },
		{ $when: "everything begins with the first pod", length: "all", ageMinutes: 90, shows: 90 },
		{ $when: "there is at least half a minute", length: "all", ageMinutes: 0, shows: 0.5 },
	] as const)("follows now: $$when", ({ length, ageMinutes, shows }) => {
		const nowMs = morningMs + minutes(ageMinutes);
		const { fromMs, toMs } = timeWindow(length, nowMs, [aRow("b", {}, 600), aRow("a")]);
		expect(nowMs - fromMs).toBe(minutes(shows));
		expect(toMs).toBeGreaterThan(nowMs);
	});

	it("has round times, in order, no more than there is room for", () => {
		fc.assert(
			fc.property(
				fc.constantFrom(...windowLengths),
				fc.integer({ min: 0, max: minutes(60 * 24) }),
				fc.integer({ min: 1, max: 20 }),
				(length, ageMs, most) => {
					const window = timeWindow(length, morningMs + ageMs, [aRow("a")]);
					const ticks = ticksOf(window, most);
					expect(ticks.length).toBeLessThanOrEqual(most + 1);
					expect(ticks.map(({ atMs }) => atMs)).toEqual(
						ticks.map(({ atMs }) => atMs).toSorted((a, b) => a - b),
					);
					for (const { atMs, text } of ticks) {
						expect(atMs % 1000).toBe(0);
						expect(shareOf(atMs, window)).toBeGreaterThanOrEqual(0);
						expect(shareOf(atMs, window)).toBeLessThanOrEqual(1);
						expect(clockText(atMs).startsWith(text)).toBe(true);
					}
				},
			),
		);
	});

	it("cuts what begins before it or ends behind it, and leaves out what isn't on it", () => {
		const window = { fromMs: 1_000, toMs: 2_000 };
		expect(extentOf(0, 1_500, window)).toEqual({ left: 0, width: 50 });
		expect(extentOf(1_250, 9_000, window)).toEqual({ left: 25, width: 75 });
		expect(extentOf(1_250, 1_250, window)).toEqual({ left: 25, width: 0 });
		expect(extentOf(0, 900, window)).toBeUndefined();
		expect(extentOf(2_100, 2_200, window)).toBeUndefined();
	});
});
