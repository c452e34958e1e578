import { describe, expect, it } from "vitest";
import { isColored, paintIf } from "../../../../infra/cli/screen/color.ts";

describe("colours", () => {
	it.each([
		{ when: "a terminal", isTTY: true, environment: {}, colored: true },
		{ when: "a file", isTTY: false, environment: {}, colored: false },
		{ when: "a pipe, which has no such property", environment: {}, colored: false },
		{ when: "NO_COLOR", isTTY: true, environment: { NO_COLOR: "1" }, colored: false },
		{ when: "an empty NO_COLOR", isTTY: true, environment: { NO_COLOR: "" }, colored: true },
		{ when: "a dumb terminal", isTTY: true, environment: { TERM: "dumb" }, colored: false },
		{ when: "FORCE_COLOR", isTTY: false, environment: { FORCE_COLOR: "1" }, colored: true },
		{ when: "FORCE_COLOR=0", isTTY: true, environment: { FORCE_COLOR: "0" }, colored: false },
		{
			when: "both",
			isTTY: false,
			environment: { NO_COLOR: "1", FORCE_COLOR: "1" },
			colored: true,
		},
	])("are $colored with $when", ({ isTTY, environment, colored }) => {
		const stream = isTTY === undefined ? {} : { isTTY };
		expect(isColored(stream, environment)).toBe(colored);
	});

	it("leave text alone where there are none, and empty text everywhere", () => {
		expect(paintIf(false)("red", "no")).toBe("no");
		expect(paintIf(true)("red", "no")).toBe("\u001b[31mno\u001b[39m");
		expect(paintIf(true)("red", "")).toBe("");
	});
});
