import fc from "fast-check";
import { describe, expect, it } from "vitest";
import { tableLines } from "../../../../infra/cli/screen/table.ts";
import { widthOf } from "../../../../infra/cli/screen/text-width.ts";

type Row = readonly [name: string, phase: string, price: string, zone: string];

const draw = (rows: readonly Row[], room: number) =>
	tableLines<Row>(
		[
			{ title: "POD", text: ([name]) => name },
			{ title: "PHASE", text: ([, phase]) => phase },
			{ title: "PRICE", right: true, leaves: 2, text: ([, , price]) => price },
			{ title: "ZONE", leaves: 1, text: ([, , , zone]) => zone },
		],
		rows,
		room,
	);

const name = "shop/a-name-of-sixty-three-characters-is-what-kubernetes-allows-7f9c4";
const rows: readonly Row[] = [
	[name, "Ready", "0.0188", "us-east-1a"],
	["ci/build", "Failed", "", ""],
];

describe("a table", () => {
	it("has all where there is room", () => {
		expect(draw(rows, Number.POSITIVE_INFINITY)).toEqual([
			`POD${" ".repeat(name.length - 3)}  PHASE    PRICE  ZONE`,
			`${name}  Ready   0.0188  us-east-1a`,
			`ci/build${" ".repeat(name.length - 8)}  Failed`,
		]);
	});

	it.each([
		{
			room: 90,
			when: "long names give way first, as far as they can still be told apart",
			line: "shop/a-name-of-sixty-three-characters-is-…ernetes-allows-7f9c4  Ready   0.0188  us-east-1a",
		},
		{
			room: 58,
			when: "then columns that aren't asked for much",
			line: "shop/a-name-of-sixty-three-c…-allows-7f9c4  Ready   0.0188",
		},
		{
			room: 40,
			when: "then all that may",
			line: "shop/a-name-of-sixty-…lows-7f9c4  Ready",
		},
		{ room: 20, when: "at last the name gives more", line: "shop/a-n…9c4  Ready" },
		{ room: 5, when: "and nothing is wider than a tiny terminal", line: "…  R…" },
	])("on $room columns: $when", ({ room, line }) => {
		const lines = draw(rows, room);
		expect(lines[1]).toBe(line);
		expect(lines.filter((each) => widthOf(each) > room)).toEqual([]);
	});

	it("is never wider than its room, whatever stands in it", () => {
		const text = fc.string({ unit: "binary", maxLength: 20 });
		fc.assert(
			fc.property(
				fc.array(fc.tuple(text, text, text, text), { maxLength: 4 }),
				fc.integer({ min: 1, max: 100 }),
				(any, room) => {
					const lines = draw(any, room);
					expect(lines).toHaveLength(1 + any.length);
					expect(lines.filter((each) => widthOf(each) > room || /\p{Cc}/u.test(each))).toEqual([]);
				},
			),
		);
	});
});
