import { describe, expect, it } from "vitest";
import { capacityFrom } from "../../../../infra/cli/up/capacity-options.ts";

describe("capacity that is taken away on the command line", () => {
	it.each([
		{ text: "t3a.small", pattern: { instanceType: "t3a.small" } },
		{ text: "c7*@us-east-1a", pattern: { instanceType: "c7*", zone: "us-east-1a" } },
		{ text: "*@use1-az4/spot", pattern: { instanceType: "*", zone: "use1-az4", market: "spot" } },
		{ text: "m5.large/on-demand", pattern: { instanceType: "m5.large", market: "on-demand" } },
		{ text: "u7i-12tb.224xlarge", pattern: { instanceType: "u7i-12tb.224xlarge" } },
	])("$text", ({ text, pattern }) => {
		expect(capacityFrom({ withoutCapacity: [text] }, []).withoutCapacity).toEqual([pattern]);
	});

	it("is none unless something is said", () => {
		expect(capacityFrom({ withoutCapacity: [] }, [])).toEqual({ withoutCapacity: [] });
	});

	it("returns, and is tried again, after the seconds that are said", () => {
		expect(
			capacityFrom(
				{ withoutCapacity: ["a"], capacityReturnsAfter: "20", setAsideSeconds: "5" },
				[],
			),
		).toMatchObject({ capacityReturnsAfterMs: 20_000, capacitySetAsideSeconds: 5 });
	});
});
