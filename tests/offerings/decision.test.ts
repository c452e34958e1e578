import fc from "fast-check";
import { describe, expect, it } from "vitest";
import { packagedCatalogue } from "../../shared/offerings/catalogue.ts";
import { explainChoice } from "../../shared/offerings/decision.ts";
import { Decision, type Offering, type Requirements } from "../../shared/offerings/model.ts";
import { offeringIndex } from "../../shared/offerings/offering-index.ts";
import { rankOfferings, selectOffering } from "../../shared/offerings/select.ts";
import type { SelectionSettings } from "../../shared/offerings/settings.ts";
import { asking, gpus, label, nominal, settings, sized, usEast1 } from "./pods.ts";
import { anyRequirements, anySettings } from "./random-pods.ts";

const region = packagedCatalogue("us-east-1");
const nothingSetAside = () => false;
const explain = (
	pod: Requirements,
	under: Partial<SelectionSettings> = {},
	isSetAside: (offering: Offering) => boolean = nothingSetAside,
): Decision => explainChoice(pod, offeringIndex(region, settings(under)), isSetAside, "pod");

const instance = (key: string) => `karpenter.k8s.aws/instance-${key}`;
/** Offerings in the whole region, both ways to buy. */
const sold = region.types.reduce(
	(count, { zoneIds, spot }) => count + (zoneIds?.length ?? 0) * (spot ? 2 : 1),
	0,
);

describe("explainChoice", () => {
	it("agrees with the choice, counts every offering once, and fits the record", () => {
		fc.assert(
			fc.property(anyRequirements, anySettings, fc.nat({ max: 6 }), (pod, under, refused) => {
				const index = offeringIndex(region, under);
				const isSetAside = ({ zoneId }: Offering) => zoneId === `use1-az${refused}`;
				const decision = explainChoice(pod, index, isSetAside, "pod");
				const open = [...rankOfferings(pod, index, isSetAside, "pod")].length;
				const removed = decision.removed.reduce((sum, { count }) => sum + count, 0);
				expect(decision.chosen).toEqual(selectOffering(pod, index, isSetAside, "pod"));
				expect(removed + open).toBe(sold);
				expect(Decision.parse(decision)).toEqual(decision);
				expect(decision.candidates.length).toBeGreaterThan(0);
				expect(JSON.stringify(decision).length).toBeLessThan(16_000);
			}),
			{ numRuns: 100 },
		);
	});

	it("stays bounded whatever a pod writes into its labels and its annotation", () => {
		const long = "x".repeat(5_000);
		const pod = sized(1, 1, {
			instanceType: long,
			accelerators: Array.from({ length: 50 }, () => gpus(1, long)).flat(),
			labelTerms: [[label("kubernetes.io/arch", "In", long)]],
			origins: Array.from({ length: 100 }, () => long),
		});
		expect(Decision.safeParse(explain(pod)).success).toBe(true);
	});

	it("tells what was asked, what each rule removed, and the first by price", () => {
		const decision = explain(sized(2, 4, { origins: ["cpu: limits of 1 container"] }), nominal);
		expect(decision.asked).toEqual([
			"2 vCPU",
			"4 GiB of memory (4096 MiB)",
			"on-demand",
			"cpu: limits of 1 container",
		]);
		expect(decision.removed.map(({ rule }) => rule)).toEqual([
			"architecture",
			"zone",
			"capacity-type",
			"accelerated-machine",
			"cpu",
			"memory",
		]);
		expect(decision.candidates).toHaveLength(10);
		expect(decision.candidates.slice(0, 3)).toMatchObject([
			{ instanceType: "c6a.large", hourlyUsd: 0.0765, verdict: "chosen" },
			{ instanceType: "c5a.large", hourlyUsd: 0.077, verdict: "fits, but costs more" },
			{ instanceType: "c7i-flex.large", hourlyUsd: 0.08479, verdict: "fits, but costs more" },
		]);
		expect(decision.summary).toMatch(
			/^c6a\.large in use1-az\d, on-demand, at 0\.0765 USD\/h is the cheapest of \d+ /,
		);
	});

	it("shows what is set aside ahead of the choice", () => {
		const isSetAside = ({ instanceType }: Offering) => instanceType === "c6a.large";
		const decision = explain(sized(2, 4), nominal, isSetAside);
		expect(decision.candidates.slice(0, 4).map(({ verdict }) => verdict)).toEqual([
			"set aside: EC2 refused it lately",
			"set aside: EC2 refused it lately",
			"set aside: EC2 refused it lately",
			"chosen",
		]);
		expect(decision.removed.at(-1)).toEqual({ rule: "set-aside", count: 3 });
		expect(decision.summary).toContain("3 that come before it were refused");
	});

	it("says which zones came last, and why", () => {
		const index = offeringIndex(region, settings(nominal));
		const before = explainChoice(sized(2, 4), index, nothingSetAside, "pod");
		const lost = before.chosen?.zoneId ?? "";
		const decision = explainChoice(sized(2, 4), index, nothingSetAside, "pod", [lost, lost]);
		expect(decision.chosen).toMatchObject({ instanceType: "c6a.large", hourlyUsd: 0.0765 });
		expect(decision.chosen?.zoneId).not.toBe(lost);
		expect(decision.summary).toContain(
			`; at the same price ${lost} came last: a cell of this pod never became ready there.`,
		);
		expect(before.summary).not.toContain("came last");
	});

	it("says that waiting helps when all that fits is set aside", () => {
		const decision = explain(sized(2, 4), nominal, () => true);
		expect(decision.chosen).toBeUndefined();
		expect(decision.removed.at(-1)?.rule).toBe("set-aside");
		expect(decision.summary).toMatch(/EC2 refused all of the \d+ offerings that fit, .*c6a\.large/);
	});

	it("doesn't blame a zone without a subnet for labels that no zone would meet", () => {
		const pod = sized(1, 1, { labelTerms: [[label(instance("family"), "In", "m9")]] });
		expect(explain(pod).summary).not.toContain("no subnet");
	});

	it.each([
		{
			when: "too much memory",
			pod: asking({ memoryMib: 30 * 1_024 * 1_024 }),
			says: /asks for 30 TiB of memory; the largest on offer that meets the rest is u7in-32tb\.224xlarge with 29\.5 TiB for the pod \(32 TiB less 7\.5 % for the machine and 64 MiB for the agent\)/,
			nearest: "u7in-32tb.224xlarge",
		},
		{
			when: "too much CPU",
			pod: asking({ cpuMillis: 1_000_000 }),
			says: /asks for 1000 vCPU; the largest on offer that meets the rest is u7i-12tb\.224xlarge with 896 vCPU/,
			nearest: "u7i-12tb.224xlarge",
		},
		{
			when: "too much of both",
			pod: sized(1_000, 100_000),
			says: /asks for 1000 vCPU; .*, and asks for 97\.6 TiB of memory; /,
			nearest: "u7in-32tb.224xlarge",
		},
		{
			when: "an unknown type",
			pod: asking({ instanceType: "m9.huge" }),
			says: /names m9\.huge, which isn't sold in us-east-1 \(catalogue of 2026-07-20\)/,
			nearest: "t3a.nano",
		},
		{
			when: "a glob whose types are too small",
			pod: asking({ instanceType: "c5*", memoryMib: 1_048_576 }),
			says: /c5a\.24xlarge with 177\.5 GiB .*or else: it names c5\*, which matches no type that fits; x2idn/,
			nearest: "c5a.24xlarge",
		},
		{
			when: "a type without a boot image",
			pod: asking({ instanceType: "m7g.large" }),
			says: /fits m7g\.large at 0\.0816 USD\/h, but no boot image is configured for arm64/,
			nearest: "m7g.large",
		},
		{
			when: "an architecture without a boot image",
			pod: sized(1, 1, { labelTerms: [[label("kubernetes.io/arch", "In", "arm64")]] }),
			says: /no boot image is configured for arm64/,
			nearest: "m1.small",
		},
		{
			when: "more GPUs than any machine has",
			pod: asking({ accelerators: gpus(16) }),
			says: /asks for 16 nvidia\.com\/gpu; the most on offer in one machine that meets the rest is 8 \(g4dn\.metal\)/,
			nearest: "g4dn.metal",
		},
		{
			when: "a GPU model that is gone",
			pod: asking({ accelerators: gpus(1, "k80") }),
			says: /the models on offer are a100, a10g, .*t4, v100/,
			nearest: "g4dn.xlarge",
		},
		{
			when: "a named type without the GPU",
			pod: asking({ instanceType: "m5.large", accelerators: gpus(1) }),
			says: /m5\.large, which it names, has none/,
			nearest: "m5.large",
		},
		{
			when: "slices of a GPU",
			pod: asking({ instanceType: "g6f.*", accelerators: gpus(1) }),
			says: /only slices of l4; name the instance type/,
			nearest: "g6f.large",
		},
		{
			when: "labels that nothing has",
			pod: sized(1, 1, { labelTerms: [[label(instance("family"), "In", "m9")]] }),
			says: /nothing that fits has the labels karpenter\.k8s\.aws\/instance-family In m9 in the configured zones \(us-east-1a, us-east-1b, us-east-1c\); without them it fits m1\.small/,
			nearest: "m1.small",
		},
		{
			when: "a GPU machine for a pod without a GPU",
			pod: asking({ instanceType: "g4dn.*" }),
			says: /fits only machines with GPUs or accelerators such as g4dn\.xlarge/,
			nearest: "g4dn.xlarge",
		},
		{
			when: "burstables, which are excluded",
			pod: asking({ instanceType: "t3.*" }),
			under: { burstable: "excluded" as const },
			says: /fits only burstable types such as t3\.nano/,
			nearest: "t3.nano",
		},
		{
			when: "spot that is too dear",
			pod: sized(64, 1, { capacityType: "spot" }),
			under: { spot: { maxHourlyUsd: 0.5, fallback: "none" as const } },
			says: /spot may cost at most 0\.5 USD\/h, and the cheapest that fits is c6a\.16xlarge at 1\.224/,
			nearest: "c6a.16xlarge",
		},
		{
			when: "a type that isn't sold as spot",
			pod: asking({ instanceType: "u-6tb1.56xlarge", capacityType: "spot" }),
			under: { zones: usEast1 },
			says: /nothing that fits is sold as spot; u-6tb1\.56xlarge at [\d.]+ USD\/h is, as on-demand/,
			nearest: "u-6tb1.56xlarge",
		},
		{
			when: "a type that is sold in other zones only",
			pod: asking({ instanceType: "m5.large" }),
			under: { zones: usEast1.filter(({ zoneId }) => zoneId === "use1-az3") },
			says: /sold only where no subnet is configured: use1-az1, use1-az2, /,
			nearest: "m5.large",
		},
		{
			when: "no subnet",
			pod: sized(1, 1),
			under: { zones: [] },
			says: /no subnet can take a cell/,
			nearest: "m1.small",
		},
	])("says what would have to change: $when", ({ pod, under, says, nearest }) => {
		const decision = explain(pod, under);
		expect(decision.chosen).toBeUndefined();
		expect(decision.summary).toMatch(says);
		expect(decision.candidates[0]?.instanceType).toBe(nearest);
	});
});
