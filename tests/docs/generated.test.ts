import { describe, expect, it } from "vitest";
import { currentPages } from "../../infra/docs/generate.ts";
import { labelMeanings } from "../../infra/docs/labels.ts";
import { withParts } from "../../infra/docs/parts.ts";
import { packagedCatalogue } from "../../shared/offerings/catalogue.ts";
import { offeringIndex } from "../../shared/offerings/offering-index.ts";
import { selectOffering } from "../../shared/offerings/select.ts";
import { defaultSelectionSettings } from "../../shared/offerings/settings.ts";

describe("generated parts", async () => {
	it.each(await currentPages())("of docs/$name are current", ({ written, made }) => {
		expect(written).toBe(made);
	});

	const page = "before\n<!-- generated: one -->\nold\n<!-- end of one -->\nafter\n";

	it("replace what stands between their markers, and nothing else", () => {
		const made = withParts(page, { one: () => "new $& text" });
		expect(made).toBe(
			"before\n<!-- generated: one -->\n\nnew $& text\n\n<!-- end of one -->\nafter\n",
		);
		expect(withParts(made, { one: () => "new $& text" })).toBe(made);
	});

	it.each([
		{ when: "a marker has no part", parts: {}, problem: "one" },
		{ when: "a part has no marker", parts: { one: () => "", two: () => "" }, problem: "two" },
	])("stop when $when", ({ parts, problem }) => {
		expect(() => withParts(page, parts)).toThrow(problem);
	});
});

describe("the labels' examples", () => {
	const catalogue = packagedCatalogue("us-east-1");
	const index = offeringIndex(catalogue, {
		...defaultSelectionSettings,
		architectures: ["x86_64", "arm64"],
		acceleratedForAnyPod: true,
		zones: [{ zoneId: "use1-az1", zone: "us-east-1a" }],
	});

	it.each(Object.entries(labelMeanings))("%s has the value that is shown", (key, { example }) => {
		const requirements = {
			cpuMillis: 1,
			memoryMib: 1,
			accelerators: [],
			capacityType:
				key === "karpenter.sh/capacity-type" ? ("spot" as const) : ("on-demand" as const),
			labelTerms: [[{ key, operator: "In" as const, values: [example] }]],
			origins: [],
		};
		expect(selectOffering(requirements, index, () => false, "")).toBeDefined();
	});
});
