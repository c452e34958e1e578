import fc from "fast-check";
import { describe, expect, it } from "vitest";
import { globMatcher } from "../../shared/offerings/glob.ts";

describe("globMatcher", () => {
	it.each([
		["m5.large", "m5.large", true],
		["m5.large", "m5.large2", false],
		["c5*", "c5a.large", true],
		["c5*", "c5", true],
		["c5.*", "c5a.large", false],
		["C5*", "c5.large", false],
		["*.xlarge", "m5.2xlarge", false],
		["*xlarge", "m5.2xlarge", true],
		["c*n.*large", "c5n.2xlarge", true],
		["a*a", "a", false],
		["a*b*b", "ab", false],
		["*", "", true],
		["m5?large", "m5.large", false],
	])("%s and %s: %s", (pattern, name, expected) => {
		expect(globMatcher(pattern)(name)).toBe(expected);
	});

	it("equals a regular expression", () => {
		const word = fc.string({ unit: fc.constantFrom("a", "b", "*"), maxLength: 8 });
		const name = fc.string({ unit: fc.constantFrom("a", "b"), maxLength: 8 });
		fc.assert(
			fc.property(word, name, (pattern, text) => {
				const expected = new RegExp(`^${pattern.replaceAll("*", ".*")}$`).test(text);
				expect(globMatcher(pattern)(text)).toBe(expected);
			}),
			{ numRuns: 2_000 },
		);
	});

	it("isn't slowed down by a pattern made to be slow", () => {
		const matches = globMatcher(`${"*a".repeat(100_000)}b`);
		expect(matches("a".repeat(200_000))).toBe(false);
	});
});
