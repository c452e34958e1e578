import fc from "fast-check";
import { describe, expect, it } from "vitest";
import type { Fault } from "../../shared/errors.ts";
import {
	binaryText,
	decimalText,
	gibOf,
	isWhole,
	mibOf,
	milliOf,
	parseQuantity,
	quantityAt,
	wholeOf,
} from "../../shared/pods/quantity.ts";

const unit = 10n ** 9n;
const most = (2n ** 63n - 1n) * unit;

describe("parseQuantity", () => {
	it.each([
		["0", 0n],
		["1", unit],
		["+1", unit],
		["-1", -unit],
		["1n", 1n],
		["1u", 1_000n],
		["1m", 1_000_000n],
		["1500m", (unit * 3n) / 2n],
		["1k", 1_000n * unit],
		["1M", 10n ** 6n * unit],
		["1G", 10n ** 9n * unit],
		["1T", 10n ** 12n * unit],
		["1P", 10n ** 15n * unit],
		["1E", 10n ** 18n * unit],
		["1Ki", 1024n * unit],
		["1Mi", 1024n ** 2n * unit],
		["1Gi", 1024n ** 3n * unit],
		["1Ti", 1024n ** 4n * unit],
		["1Pi", 1024n ** 5n * unit],
		["1Ei", 1024n ** 6n * unit],
		["1e3", 1_000n * unit],
		["1E3", 1_000n * unit],
		["1e+3", 1_000n * unit],
		["1e-3", 1_000_000n],
		["1.5e3", 1_500n * unit],
		["0.5", unit / 2n],
		[".5", unit / 2n],
		["5.", 5n * unit],
		["0.1Gi", 107_374_182_400_000_000n],
		["1.5Gi", 1536n * 1024n ** 2n * unit],
		["-1.5Gi", -1536n * 1024n ** 2n * unit],
	])("reads %s exactly", (text, nanos) => {
		expect(parseQuantity(text)).toBe(nanos);
	});

	it.each([
		["0.1n", 1n],
		["-0.1n", -1n],
		["0.0000000001", 1n],
		["1.0000000001", unit + 1n],
		["1e-1000000000", 1n],
	])("rounds %s away from zero to whole nanos, as Kubernetes does", (text, nanos) => {
		expect(parseQuantity(text)).toBe(nanos);
	});

	it.each([
		["8Ei", most],
		["16E", most],
		["-16E", -most],
		["1e1000000000", most],
		["9".repeat(64), most],
	])("caps %s at 2^63-1, as Kubernetes does", (text, nanos) => {
		expect(parseQuantity(text)).toBe(nanos);
	});

	it.each([
		"",
		" ",
		"1 ",
		" 1",
		"1aa",
		"200GiB",
		"1K",
		"1ki",
		"1KI",
		"1Mib",
		"1MB",
		"1mi",
		"m",
		"Gi",
		".",
		"-",
		"+",
		"1e",
		"1e+",
		"1e1.5",
		"1e3Ki",
		"1..5",
		"1.5.5",
		"--1",
		"+-1",
		"0x10",
		"1_000",
		"1,5",
		"Infinity",
		"NaN",
		"１",
		"1\n",
		"1".repeat(65),
	])("refuses %j", (text) => {
		expect(parseQuantity(text)).toBeUndefined();
	});

	it("reads back what it formats, in both forms", () => {
		fc.assert(
			fc.property(fc.bigInt({ min: -most, max: most }), (nanos) => {
				expect(parseQuantity(decimalText(nanos))).toBe(nanos);
				expect(parseQuantity(binaryText(nanos))).toBe(nanos);
			}),
		);
	});

	it("agrees with rational arithmetic for every suffix and number of decimals", () => {
		const scale: Record<string, [bigint, bigint]> = {
			n: [1n, 10n ** 9n],
			u: [1n, 10n ** 6n],
			m: [1n, 1000n],
			"": [1n, 1n],
			k: [1000n, 1n],
			M: [10n ** 6n, 1n],
			G: [10n ** 9n, 1n],
			Ki: [1024n, 1n],
			Mi: [1024n ** 2n, 1n],
			Gi: [1024n ** 3n, 1n],
		};
		const arbitrary = fc.tuple(
			fc.nat({ max: 99_999 }),
			fc.stringMatching(/^\d{1,15}$/),
			fc.constantFrom(...Object.keys(scale)),
		);
		fc.assert(
			fc.property(arbitrary, ([whole, fraction, suffix]) => {
				const [times, by] = scale[suffix] ?? [0n, 1n];
				const numerator = BigInt(`${whole}${fraction}`) * times * unit;
				const denominator = 10n ** BigInt(fraction.length) * by;
				const nanos = parseQuantity(`${whole}.${fraction}${suffix}`) ?? -1n;
				// The least whole number of nanos that isn't below the exact value.
				expect(nanos * denominator).toBeGreaterThanOrEqual(numerator);
				expect((nanos - 1n) * denominator).toBeLessThan(numerator);
			}),
		);
	});

	it("never throws", () => {
		fc.assert(
			fc.property(fc.string({ unit: "binary" }), (text) => {
				parseQuantity(text);
			}),
		);
	});
});

describe("quantities in units", () => {
	it.each([
		["1500m", 1500],
		["1", 1000],
		["0.1m", 1],
		["1500001u", 1501],
		["-1500001u", -1501],
		["0", 0],
	])("CPU %s is %i millicores, rounded away from zero", (text, millis) => {
		expect(milliOf(parseQuantity(text) ?? -1n)).toBe(millis);
	});

	it.each([
		["512Mi", 512],
		["1", 1],
		["128974848", 123],
		["1G", 954],
		["30Ti", 31_457_280],
	])("memory %s is %i MiB, rounded up", (text, mib) => {
		expect(mibOf(parseQuantity(text) ?? -1n)).toBe(mib);
	});

	// cell-contract.md, section 7.2.
	it.each([
		["500Mi", 1],
		["1.5Gi", 2],
		["1500Mi", 2],
		["20G", 19],
		["15G", 14],
		["5Gi", 5],
	])("a disk of %s is %i GiB, rounded up", (text, gib) => {
		expect(gibOf(parseQuantity(text) ?? -1n)).toBe(gib);
	});

	it("keeps what no machine has within safe integers", () => {
		expect(milliOf(parseQuantity("8Ei") ?? -1n)).toBe(Number.MAX_SAFE_INTEGER);
	});

	it("tells whole devices from parts of them", () => {
		expect(isWhole(parseQuantity("2000m") ?? 1n)).toBe(true);
		expect(isWhole(parseQuantity("1500m") ?? 0n)).toBe(false);
		expect(wholeOf(parseQuantity("2") ?? 0n)).toBe(2);
	});
});

describe("quantities as text", () => {
	it.each([
		["1536Mi", "1536Mi"],
		["2048Mi", "2Gi"],
		["1000", "1k"],
		["0", "0"],
		["-2Gi", "-2Gi"],
	])("writes %s as %s", (text, canonical) => {
		expect(binaryText(parseQuantity(text) ?? 1n)).toBe(canonical);
	});

	it.each([
		["1.5", "1500m"],
		["2000m", "2"],
		["0.0000005", "500n"],
	])("writes %s as %s for CPU", (text, canonical) => {
		expect(decimalText(parseQuantity(text) ?? 1n)).toBe(canonical);
	});
});

describe("quantityAt", () => {
	it.each([
		["1aa", "isn't a quantity"],
		["200GiB", "isn't a quantity"],
		["-1", "must not be negative"],
	])("names the field and the value of %s", (value, problem) => {
		const faults: Fault[] = [];
		quantityAt("spec.overhead.cpu", value, faults);
		expect(faults).toEqual([
			{ path: "spec.overhead.cpu", value, problem: expect.stringContaining(problem) },
		]);
	});

	it("takes numbers without quotes, also in JSON's exponent form", () => {
		const faults: Fault[] = [];
		expect(quantityAt("cpu", 0.5, faults)).toBe(unit / 2n);
		expect(quantityAt("cpu", 1e-7, faults)).toBe(100n);
		expect(quantityAt("cpu", 1e21, faults)).toBe(most);
		expect(faults).toEqual([]);
	});
});
