import fc from "fast-check";
import { describe, expect, it } from "vitest";
import { aligned, wrapped } from "../../../../infra/cli/screen/text-layout.ts";
import {
	cut,
	padded,
	piecesOf,
	widthOf,
	withoutMiddle,
} from "../../../../infra/cli/screen/text-width.ts";

describe("the width of text", () => {
	it.each([
		["web", 3],
		["", 0],
		["größer", 6],
		["gro\u0308ßer", 6],
		["東京", 4],
		["ｗｅｂ", 6],
		["서울", 4],
		["🚀", 2],
		["…–×→", 4],
	])("of %j is %i", (text, columns) => {
		expect(widthOf(text)).toBe(columns);
	});
});

describe("text that is wider than its room", () => {
	it.each([
		{ what: "loses its end", text: cut("in ap-northeast-1, 東京", 21), is: "in ap-northeast-1, …" },
		{
			what: "loses its middle",
			text: withoutMiddle("shop/web-7f9c4-xk2pq", 13),
			is: "shop/web…k2pq",
		},
		{
			what: "loses its middle where it is wide",
			text: withoutMiddle("東京都港区", 8),
			is: "東京…区",
		},
	])("$what", ({ text, is }) => {
		expect(text).toBe(is);
	});

	it("stays as it is where it fits", () => {
		expect([cut("web", 3), withoutMiddle("web", 3), piecesOf("web", 3)]).toEqual([
			"web",
			"web",
			["web"],
		]);
	});

	const text = fc.string({ unit: fc.constantFrom("a", " ", "\n", "東", "\u0308", "🚀", "-") });

	it("is never wider afterwards, and nothing is lost by wrapping", () => {
		fc.assert(
			fc.property(text, fc.integer({ min: 2, max: 30 }), (given, columns) => {
				const lines = wrapped(given, columns);
				const all = [cut(given, columns), withoutMiddle(given, columns), ...lines];
				expect(all.filter((each) => widthOf(each) > columns)).toEqual([]);
				expect(lines.join("").replaceAll(" ", "")).toBe(given.replaceAll(/\s/g, ""));
			}),
		);
	});

	it("is padded to columns, and stands in them", () => {
		expect(padded("東", 4, false)).toBe("東  ");
		expect(padded("東", 4, true)).toBe("  東");
		expect(
			aligned(
				[
					["東京", "x"],
					["a", "y"],
				],
				80,
			).flat(),
		).toEqual(["東京  x", "a     y"]);
	});
});
