import fc from "fast-check";
import { describe, expect, it } from "vitest";
import { wrapped } from "../../infra/docs/markdown.ts";

const word = fc.stringMatching(/^[a-z.,()]{1,14}$/);
const code = fc.stringMatching(/^`[a-z]{1,9}( [a-z]{1,9}){0,3}`$/);

describe("wrapped text", () => {
	it("has the same words, in lines of at most 120 columns", () => {
		fc.assert(
			fc.property(fc.array(fc.oneof(word, code), { minLength: 1, maxLength: 90 }), (words) => {
				const text = wrapped(words.join(" "), "  ");
				expect(text.replaceAll(/\n {2}/g, " ")).toBe(words.join(" "));
				expect(text.split("\n").filter((line) => line.length > 120)).toEqual([]);
			}),
		);
	});

	it("has no line break in code", () => {
		const text = wrapped(`${"x ".repeat(57)}\`region: eu-central-1\` below it`);
		expect(text).toBe(`${"x ".repeat(57).trimEnd()}\n\`region: eu-central-1\` below it`);
	});
});
