import fc from "fast-check";
import { describe, expect, it } from "vitest";
import { bootDelayMs } from "../../../../infra/local/cell/boot-time.ts";

const ids = Array.from({ length: 2_001 }, (_, index) => `i-${index}`);

describe("boot times", () => {
	it("have the median and the spread that were asked for", () => {
		const delays = ids
			.map((id) => bootDelayMs({ medianMs: 10_000, spread: 0.3 }, "seed", id))
			.toSorted((a, b) => a - b);
		const at = (quantile: number) => delays[Math.round(quantile * (ids.length - 1))] ?? 0;
		expect(at(0.5) / 10_000).toBeCloseTo(1, 1);
		// One standard deviation to either side.
		expect(at(0.841) / 10_000).toBeCloseTo(Math.exp(0.3), 1);
		expect(at(0.159) / 10_000).toBeCloseTo(Math.exp(-0.3), 1);
	});

	it("depend on seed and instance alone", () => {
		const time = { medianMs: 10_000, spread: 0.3 };
		fc.assert(
			fc.property(fc.string(), fc.string(), (seed, id) => {
				const delay = bootDelayMs(time, seed, id);
				expect(delay).toBe(bootDelayMs(time, seed, id));
				expect(Number.isSafeInteger(delay) && delay > 0).toBe(true);
			}),
		);
		expect(bootDelayMs(time, "a", "i-1")).not.toBe(bootDelayMs(time, "b", "i-1"));
	});

	it("are all the median without spread", () => {
		expect(ids.every((id) => bootDelayMs({ medianMs: 7, spread: 0 }, "s", id) === 7)).toBe(true);
	});
});
