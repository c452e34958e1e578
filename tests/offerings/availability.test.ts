import { describe, expect, it } from "vitest";
import type { Refusal } from "../../shared/cells/model.ts";
import { RefusalReason } from "../../shared/instances/model.ts";
import { quotaClassOf, ruledOutBy, ruledOutKey } from "../../shared/offerings/availability.ts";
import { setAsideTimes } from "../../shared/offerings/set-aside.ts";
import { aRefusal } from "../support/refusals.ts";

const zones = [
	{ zone: "us-east-1a", zoneId: "use1-az1" },
	{ zone: "us-east-1b", zoneId: "use1-az2" },
	{ zone: "us-east-1c", zoneId: "use1-az4" },
];
const ruledOut = (over: Partial<Refusal>) => ruledOutBy(aRefusal(over), zones).map(ruledOutKey);

const rulings: Record<RefusalReason, { onDemand: string[]; spot: string[] }> = {
	"no-capacity": {
		onDemand: ["offering|t3a.small|use1-az1|on-demand"],
		spot: ["offering|t3a.small|use1-az1|spot"],
	},
	"not-sold-here": {
		onDemand: ["offering|t3a.small|use1-az1|on-demand"],
		spot: ["offering|t3a.small|use1-az1|spot"],
	},
	"no-addresses": { onDemand: ["subnet|subnet-a"], spot: ["subnet|subnet-a"] },
	quota: { onDemand: ["class|standard"], spot: ["market|spot"] },
	"no-spot": { onDemand: ["market|spot"], spot: ["market|spot"] },
	throttled: { onDemand: [], spot: [] },
	transient: { onDemand: [], spot: [] },
	"token-spent": { onDemand: [], spot: [] },
	"no-image": { onDemand: [], spot: [] },
	forbidden: { onDemand: [], spot: [] },
	"tokens-enforced": { onDemand: [], spot: [] },
	"bad-request": { onDemand: [], spot: [] },
};

describe("what a refusal rules out", () => {
	it.each(RefusalReason.options.map((reason) => ({ reason, ...rulings[reason] })))(
		"for $reason: $onDemand on demand, $spot for spot",
		({ reason, onDemand, spot }) => {
			expect(ruledOut({ reason, capacityType: "on-demand" })).toEqual(onDemand);
			expect(ruledOut({ reason, capacityType: "spot" })).toEqual(spot);
			// What rules something out has a time, and nothing else has.
			expect(setAsideTimes()[reason].firstSeconds > 0).toBe(onDemand.length > 0);
		},
	);

	it("is the type in every zone of ours but those that EC2 names", () => {
		const message =
			"You can currently get t3a.small capacity by not specifying an Availability Zone in your request or choosing us-east-1b, us-east-1f.";
		expect(ruledOut({ message })).toEqual([
			"offering|t3a.small|use1-az1|on-demand",
			"offering|t3a.small|use1-az4|on-demand",
		]);
	});

	it("is the refused zone, whatever EC2 names", () => {
		const message = "by not specifying an Availability Zone or choosing us-east-1a, us-east-1b.";
		expect(ruledOut({ message })).toContain("offering|t3a.small|use1-az1|on-demand");
	});
});

describe("the class whose quota a type counts towards", () => {
	it.each([
		...["c7g.large", "m7i-flex.large", "r6gd.large", "t3a.small", "im4gn.large", "i7ie.large"].map(
			(type) => ({ type, quotaClass: "standard" }),
		),
		...["a1.medium", "d3en.xlarge", "h1.2xlarge", "is4gen.medium", "z1d.large"].map((type) => ({
			type,
			quotaClass: "standard",
		})),
		...["g6.xlarge", "g5g.xlarge", "gr6.4xlarge", "vt1.3xlarge"].map((type) => ({
			type,
			quotaClass: "g",
		})),
		{ type: "p5.48xlarge", quotaClass: "p" },
		{ type: "inf2.xlarge", quotaClass: "inf" },
		{ type: "trn1.2xlarge", quotaClass: "trn" },
		{ type: "x2gd.medium", quotaClass: "x" },
		{ type: "f2.6xlarge", quotaClass: "f" },
		{ type: "dl1.24xlarge", quotaClass: "dl" },
		{ type: "hpc7g.4xlarge", quotaClass: "hpc" },
		{ type: "u7i-12tb.224xlarge", quotaClass: "u" },
		{ type: "mac2.metal", quotaClass: "mac" },
	])("of $type is $quotaClass", ({ type, quotaClass }) => {
		expect(quotaClassOf(type)).toBe(quotaClass);
	});
});
