import fc from "fast-check";
import { describe, expect, it } from "vitest";
import {
	bootFamilyOf,
	bootTimesKept,
	firstCheckSecondsAfter,
} from "../../shared/images/boot-times.ts";

const times = (count: number, seconds: number): number[] => Array(count).fill(seconds * 1_000);

describe("the first look at a new cell", () => {
	it.each([
		{ when: "nothing is known", seen: [], after: 20 },
		{ when: "one birth was quicker", seen: times(1, 10), after: 9 },
		{ when: "one birth was slower: not yet believed", seen: times(1, 100), after: 20 },
		{ when: "four births were slower: not yet believed", seen: times(4, 100), after: 20 },
		{ when: "five births were slower", seen: times(5, 40), after: 36 },
		{ when: "one of five was quick", seen: [...times(4, 40), 10_000], after: 9 },
		{ when: "one of eleven was quick", seen: [...times(10, 40), 10_000], after: 36 },
		{ when: "two of thirty were quick", seen: [...times(28, 40), ...times(2, 10)], after: 36 },
		{ when: "three of thirty were quick", seen: [...times(27, 40), ...times(3, 10)], after: 9 },
		{ when: "it is a part of a second", seen: times(30, 0.3), after: 1 },
		{ when: "seconds are cut, never rounded up", seen: times(30, 3.3), after: 2 },
		{ when: "births take ten minutes", seen: times(30, 600), after: 120 },
	])("comes after $after s when $when", ({ seen, after }) => {
		expect(firstCheckSecondsAfter(seen, 20)).toBe(after);
	});

	const seen = fc.array(fc.integer({ min: 1, max: 1_200_000 }), { maxLength: bootTimesKept });
	const defaults = fc.integer({ min: 1, max: 900 });

	it("is within its bounds, and later than the default only after five births", () => {
		fc.assert(
			fc.property(seen, defaults, (bootMs, otherwise) => {
				const seconds = firstCheckSecondsAfter(bootMs, otherwise);
				expect(Number.isInteger(seconds)).toBe(true);
				expect(seconds).toBeGreaterThanOrEqual(1);
				expect(seconds).toBeLessThanOrEqual(Math.max(120, otherwise));
				if (bootMs.length < 5) expect(seconds).toBeLessThanOrEqual(otherwise);
			}),
		);
	});

	it("would have come in time for at least nine of ten of what was seen, give or take the first second", () => {
		fc.assert(
			fc.property(seen, defaults, (bootMs, otherwise) => {
				fc.pre(bootMs.length > 0);
				const seconds = firstCheckSecondsAfter(bootMs, otherwise);
				const late = bootMs.filter((ms) => ms < seconds * 1_000 && seconds > 1);
				expect(late.length).toBeLessThanOrEqual(bootMs.length / 10);
			}),
		);
	});

	it("doesn't depend on the order in which cells were born", () => {
		fc.assert(
			fc.property(seen, defaults, (bootMs, otherwise) => {
				const other = firstCheckSecondsAfter(bootMs.toReversed(), otherwise);
				expect(other).toBe(firstCheckSecondsAfter(bootMs, otherwise));
			}),
		);
	});

	it("never moves back when all births are quicker", () => {
		fc.assert(
			fc.property(
				seen,
				defaults,
				fc.double({ min: 0, max: 1, noNaN: true }),
				(bootMs, otherwise, by) => {
					const quicker = bootMs.map((ms) => Math.floor(ms * by));
					expect(firstCheckSecondsAfter(quicker, otherwise)).toBeLessThanOrEqual(
						firstCheckSecondsAfter(bootMs, otherwise),
					);
				},
			),
		);
	});
});

describe("the family that boot times are learned for", () => {
	it.each([
		{ type: "t3a.nano", family: "t3a" },
		{ type: "m7g.16xlarge", family: "m7g" },
		{ type: "c5.metal", family: "c5.metal" },
		{ type: "m7i.metal-24xl", family: "m7i.metal" },
		{ type: "u7i-12tb.224xlarge", family: "u7i-12tb" },
	])("of $type is $family", ({ type, family }) => {
		expect(bootFamilyOf(type)).toBe(family);
	});
});
