import { describe, expect, it } from "vitest";
import { onArchitecture } from "../../shared/offerings/pod-architecture.ts";
import { aRequest } from "../support/cells.ts";

const { requirements } = aRequest();
const expression = { key: "kubernetes.io/arch", operator: "In", values: ["amd64"] } as const;
const zone = {
	key: "topology.kubernetes.io/zone",
	operator: "In" as const,
	values: ["us-east-1a"],
};

describe("the architecture of a pod that names none", () => {
	it("is the operator's, beside whatever else the pod asks for, and is explained", () => {
		expect(onArchitecture(requirements, "amd64")).toMatchObject({
			labelTerms: [[expression]],
			origins: [expect.stringContaining("architecture amd64")],
		});
		const zonal = { ...requirements, labelTerms: [[zone], []] };
		expect(onArchitecture(zonal, "amd64").labelTerms).toEqual([[zone, expression], [expression]]);
	});

	it.each([
		{ when: "a label names it", over: { labelTerms: [[{ ...expression, values: ["arm64"] }]] } },
		{
			when: "an old label names it",
			over: { labelTerms: [[{ ...expression, key: "beta.kubernetes.io/arch" }]] },
		},
		{ when: "an instance type implies it", over: { instanceType: "t4g.micro" } },
	])("is left to the pod when $when", ({ over }) => {
		const asked = { ...requirements, ...over } as typeof requirements;
		expect(onArchitecture(asked, "amd64")).toBe(asked);
	});

	it("counts for a wildcard of instance types", () => {
		const asked = { ...requirements, instanceType: "m*" };
		expect(onArchitecture(asked, "amd64").labelTerms).toEqual([[expression]]);
	});
});
