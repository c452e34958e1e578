import { describe, expect, it } from "vitest";
import { missingFrom, stepsOf } from "./walkthrough.ts";

describe("what a page shows", () => {
	const output = [
		"shop/web scheduled, uid 4c1c4f6e-9f0a-4a39-8d26-0f2b3b0f7a55",
		"",
		"  TIME                     WHAT",
		"  2026-11-23 07:59:59Z     launched i-0123456789abcdef0 at 127.0.0.9 after 2.3s",
		"  t3a.small at 0.0188 USD/h",
	];

	it.each([
		{ when: "another uid", shown: "shop/web scheduled, uid 00000000-0000-4000-8000-000000000000" },
		{ when: "other spaces", shown: "TIME WHAT" },
		{
			when: "another moment, instance, address and duration",
			shown: "2027-01-01 00:00:00Z launched i-00000000000000000 at 127.1.2.3 after 1m 12s",
		},
		{ when: "text that is left out", shown: "shop/web scheduled, …\nTIME …" },
		{ when: "lines that are left out", shown: "shop/web …\n…\nt3a.small …" },
		{ when: "only the end", shown: "t3a.small at 0.0188 USD/h" },
	])("may be $when", ({ shown }) => {
		expect(missingFrom(output, shown)).toBeUndefined();
	});

	it.each([
		{ when: "another word", shown: "shop/web deleted, …", missing: "shop/web deleted, …" },
		{ when: "another price", shown: "t3a.small at 0.02 USD/h" },
		{ when: "a line that was left out in silence", shown: "shop/web …\nt3a.small …" },
		{ when: "another order", shown: "t3a.small …\n…\nshop/web …" },
		{ when: "a part of a line", shown: "launched" },
	])("is missed where it is $when", ({ shown, missing }) => {
		const found = missingFrom(output, shown);
		expect(found).toBeDefined();
		if (missing !== undefined) expect(found).toBe(missing);
	});
});

describe("the steps of a page", () => {
	it("are its commands with where they are typed and what they print", () => {
		const page =
			"```sh\na\n```\ntext\n```text\nb\n```\n```sh second\nc\n```\n```sh elsewhere\nd\n```\n```text x\ne\n```";
		expect(stepsOf("page.md", page)).toEqual([
			{ line: 1, terminal: "first", commands: "a", shown: "b" },
			{ line: 8, terminal: "second", commands: "c" },
		]);
	});
});
