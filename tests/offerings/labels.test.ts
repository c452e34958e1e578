import { describe, expect, it } from "vitest";
import { packagedCatalogue } from "../../shared/offerings/catalogue.ts";
import { isKnownLabel, KnownLabel, type LabelRequirement } from "../../shared/offerings/model.ts";
import { offeringIndex } from "../../shared/offerings/offering-index.ts";
import { rankOfferings } from "../../shared/offerings/select.ts";
import { asking, label, settings, usEast1 } from "./pods.ts";

const index = offeringIndex(
	packagedCatalogue("us-east-1"),
	settings({ architectures: ["x86_64", "arm64"], zones: usEast1, acceleratedForAnyPod: true }),
);

/** Whether an offering of the type, in us-east-1a on demand where it is sold there, passes. */
const passes = (instanceType: string, ...term: LabelRequirement[]): boolean =>
	!rankOfferings(asking({ instanceType, labelTerms: [term] }), index, () => false, "pod").next()
		.done;

const instance = (key: string) => `karpenter.k8s.aws/instance-${key}`;

describe("labels of an offering", () => {
	it.each([
		["m5.large", "kubernetes.io/arch", "amd64"],
		["m7g.large", "beta.kubernetes.io/arch", "arm64"],
		["m5.large", "kubernetes.io/os", "linux"],
		["m5.large", "beta.kubernetes.io/os", "linux"],
		["m5.large", "node.kubernetes.io/instance-type", "m5.large"],
		["m5.large", "beta.kubernetes.io/instance-type", "m5.large"],
		["m5.large", "topology.kubernetes.io/region", "us-east-1"],
		["m5.large", "failure-domain.beta.kubernetes.io/region", "us-east-1"],
		["m5.large", "topology.kubernetes.io/zone", "us-east-1a"],
		["m5.large", "failure-domain.beta.kubernetes.io/zone", "us-east-1a"],
		["m5.large", "topology.k8s.aws/zone-id", "use1-az2"],
		["m5.large", "karpenter.sh/capacity-type", "on-demand"],
		["c7i-flex.large", instance("category"), "c"],
		["hpc7g.4xlarge", instance("category"), "hpc"],
		["u-6tb1.56xlarge", instance("category"), "u"],
		["u-6tb1.56xlarge", instance("generation"), "1"],
		["u7i-12tb.224xlarge", instance("generation"), "7"],
		["p6-b200.48xlarge", instance("generation"), "6"],
		["x2iedn.xlarge", instance("generation"), "2"],
		["u7i-12tb.224xlarge", instance("family"), "u7i-12tb"],
		["c7i-flex.large", instance("family"), "c7i-flex"],
		["c8g.metal-24xl", instance("size"), "metal-24xl"],
		["m5.large", instance("cpu"), "2"],
		["m5.large", instance("memory"), "8192"],
		["m5.large", instance("hypervisor"), "nitro"],
		["m4.large", instance("hypervisor"), "xen"],
		["m5.large", instance("network-bandwidth"), "750"],
		["i3.large", instance("local-nvme"), "475"],
		["g4dn.xlarge", instance("gpu-name"), "t4"],
		["g4ad.xlarge", instance("gpu-name"), "radeon-pro-v520"],
		["g4dn.xlarge", instance("gpu-manufacturer"), "nvidia"],
		["g4dn.12xlarge", instance("gpu-count"), "4"],
		["g6f.large", instance("gpu-count"), "0"],
		["g4dn.12xlarge", instance("gpu-memory"), "16384"],
		["inf2.xlarge", instance("accelerator-name"), "inferentia2"],
		["inf2.xlarge", instance("accelerator-manufacturer"), "aws"],
		["inf1.24xlarge", instance("accelerator-count"), "16"],
		["c7i-flex.large", instance("capability-flex"), "true"],
		["m5.large", instance("capability-flex"), "false"],
	])("gives %s the label %s=%s", (type, key, value) => {
		expect(passes(type, label(key, "In", "something-else", value))).toBe(true);
		expect(passes(type, label(key, "In", "something-else"))).toBe(false);
	});

	it.each([
		["m5.metal", instance("hypervisor")],
		["m5.large", instance("local-nvme")],
		["d2.xlarge", instance("local-nvme")],
		["m5.large", instance("gpu-name")],
		["inf2.xlarge", instance("gpu-count")],
		["g4dn.xlarge", instance("accelerator-name")],
	])("gives %s no label %s", (type, key) => {
		expect(passes(type, label(key, "Exists"))).toBe(false);
		expect(passes(type, label(key, "DoesNotExist"))).toBe(true);
	});

	it("answers every known label for some offering", () => {
		for (const key of KnownLabel.options) {
			expect(passes("*", label(key, "Exists")), key).toBe(true);
		}
	});
});

describe("operators", () => {
	const cpu = instance("cpu");
	const nvme = instance("local-nvme");
	it.each([
		["In without values", label(cpu, "In"), false],
		["In one of several", label(cpu, "In", "1", "2"), true],
		["NotIn others", label(cpu, "NotIn", "1", "4"), true],
		["NotIn its own", label(cpu, "NotIn", "2"), false],
		["NotIn where it is absent", label(nvme, "NotIn", "475"), true],
		["Exists", label(cpu, "Exists"), true],
		["DoesNotExist", label(cpu, "DoesNotExist"), false],
		["Gt below", label(cpu, "Gt", "1"), true],
		["Gt itself", label(cpu, "Gt", "2"), false],
		["Gt of a number, not of text", label(cpu, "Lt", "10"), true],
		["Lt above", label(cpu, "Lt", "3"), true],
		["Lt itself", label(cpu, "Lt", "2"), false],
		["Gt where it is absent", label(nvme, "Gt", "0"), false],
		["Lt where it is absent", label(nvme, "Lt", "1000"), false],
		["Gt of no integer", label(cpu, "Gt", "1.5"), false],
		["Gt of a label that isn't a number", label("kubernetes.io/arch", "Gt", "1"), false],
	])("%s", (_, expression, expected) => {
		expect(passes("m5.large", expression)).toBe(expected);
	});

	it("joins the expressions of a term by and, the terms by or", () => {
		const two = label(cpu, "In", "2");
		const four = label(cpu, "In", "4");
		const terms = (labelTerms: LabelRequirement[][]) =>
			!rankOfferings(
				asking({ instanceType: "m5.large", labelTerms }),
				index,
				() => false,
				"pod",
			).next().done;
		expect(terms([[two, four]])).toBe(false);
		expect(terms([[four], [two]])).toBe(true);
		expect(terms([[four], [four]])).toBe(false);
	});
});

describe("isKnownLabel", () => {
	it.each([
		["topology.kubernetes.io/zone", true],
		["karpenter.k8s.aws/instance-gpu-name", true],
		["karpenter.k8s.aws/instance-cpu-manufacturer", false],
		["kubernetes.io/hostname", false],
		["toString", false],
	])("%s: %s", (key, known) => {
		expect(isKnownLabel(key)).toBe(known);
	});
});
