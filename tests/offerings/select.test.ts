import { describe, expect, it } from "vitest";
import { packagedCatalogue } from "../../shared/offerings/catalogue.ts";
import type { Offering, Requirements } from "../../shared/offerings/model.ts";
import { offeringIndex } from "../../shared/offerings/offering-index.ts";
import { rankOfferings, selectOffering } from "../../shared/offerings/select.ts";
import type { SelectionSettings } from "../../shared/offerings/settings.ts";
import { asking, gpus, label, nominal, settings, sized, usEast1 } from "./pods.ts";

const region = packagedCatalogue("us-east-1");
const nothingSetAside = () => false;
const choose = (
	pod: Requirements,
	under: Partial<SelectionSettings> = {},
	isSetAside: (offering: Offering) => boolean = nothingSetAside,
	seed = "pod",
): Offering | undefined =>
	selectOffering(pod, offeringIndex(region, settings(under)), isSetAside, seed);

/** `t3a.small 0.0238 unlimited`, `c6a.large spot 0.03825`, `nothing`. */
const short = (offering: Offering | undefined): string =>
	offering === undefined
		? "nothing"
		: [
				offering.instanceType,
				...(offering.capacityType === "spot" ? ["spot"] : []),
				offering.hourlyUsd,
				...(offering.cpuCredits === undefined ? [] : [offering.cpuCredits]),
			].join(" ");

type Case = Readonly<{
	when: string;
	pod: Requirements;
	under?: Partial<SelectionSettings>;
	gets: string;
}>;

const both = ["x86_64", "arm64"] as const;
const noBurstables = { burstable: "excluded" } as const;
const instance = (key: string) => `karpenter.k8s.aws/instance-${key}`;
const labelled = (...terms: Requirements["labelTerms"]) => sized(2, 4, { labelTerms: terms });
const nominalBoth = { ...nominal, architectures: both };

/** cell-contract.md 7.3, by its numbers; under Kip's nominal rule, and with today's types beside Kip's table of 2021. */
const asKip: Case[] = [
	{ when: "1: half of everything", pod: sized(0.5, 0.5), gets: "t3a.small 0.0238 unlimited" },
	{ when: "2: 1 vCPU, little memory", pod: sized(1, 0.5), gets: "m1.small 0.044" },
	{ when: "3: 1 vCPU, 2 GiB", pod: sized(1, 2), gets: "t3a.small 0.0488 unlimited" },
	// Kip: t3a.medium at 0.0676; m7a.medium came later and is cheaper.
	{ when: "4: 1 vCPU, 4 GiB", pod: sized(1, 4), gets: "m7a.medium 0.05796" },
	{ when: "5: one and a half of each", pod: sized(1.5, 1.5), gets: "t3a.small 0.0738 unlimited" },
	{
		when: "6: a GPU among other things",
		pod: sized(1, 4, { accelerators: gpus(1) }),
		gets: "g4dn.xlarge 0.526",
	},
	{ when: "7: 48 vCPU, 180 GiB", pod: sized(48, 180), gets: "m5a.12xlarge 2.064" },
	// Kip: c5a.8xlarge at 1.232.
	{ when: "8: 32 vCPU, 15 GiB", pod: sized(32, 15), gets: "c6a.8xlarge 1.224" },
	{ when: "9: no burstables", pod: sized(1, 1), under: noBurstables, gets: "m1.small 0.044" },
	{
		when: "10: glob c5*",
		pod: sized(0.5, 0.5, { instanceType: "c5*" }),
		gets: "c5a.large 0.077",
	},
	{
		when: "11: glob m5.*",
		pod: sized(32, 15, { instanceType: "m5.*" }),
		gets: "m5.8xlarge 1.536",
	},
	{ when: "12: dedicated CPU", pod: sized(1, 1), under: noBurstables, gets: "m1.small 0.044" },
	// Kip leaves the credit mode to EC2; here it is what the price assumes.
	{
		when: "13: nothing is asked for",
		pod: asking(),
		under: { defaultInstanceType: "t2.nano" },
		gets: "t2.nano 0.0058 standard",
	},
	{ when: "14: only a GPU", pod: asking({ accelerators: gpus(1) }), gets: "g4dn.xlarge 0.526" },
	{ when: "15: a type", pod: asking({ instanceType: "m4.xlarge" }), gets: "m4.xlarge 0.2" },
	{
		when: "16: a burstable type and CPU above its baseline",
		pod: sized(1, 1, { instanceType: "t2.small" }),
		gets: "t2.small 0.063 unlimited",
	},
	{ when: "17: 1,000 vCPU", pod: sized(1_000, 0.001), gets: "nothing" },
	{ when: "18: 100,000 GiB", pod: sized(1, 100_000), gets: "nothing" },
	// Kip takes a name at its word; a type that EC2 doesn't sell can't be launched.
	{ when: "20: an unknown type", pod: asking({ instanceType: "ZZ.top" }), gets: "nothing" },
	{ when: "within a nano's baseline", pod: sized(0.05, 0.25), gets: "t3a.nano 0.0047 standard" },
	{ when: "above a micro's baseline", pod: sized(0.25, 0.5), gets: "t3a.micro 0.0119 unlimited" },
	{ when: "half a vCPU, 1 GiB", pod: sized(0.5, 1), gets: "t3a.small 0.0238 unlimited" },
	// Kip: c5a.large at 0.077, also in the next row but one.
	{ when: "2 vCPU, 2 GiB", pod: sized(2, 2), gets: "c6a.large 0.0765" },
	{ when: "2 vCPU, 8 GiB", pod: sized(2, 8), gets: "m5a.large 0.086" },
	{ when: "2 vCPU, 4 GiB", pod: sized(2, 4), gets: "c6a.large 0.0765" },
	{ when: "4 vCPU, 16 GiB", pod: sized(4, 16), gets: "m5a.xlarge 0.172" },
	{ when: "8 vCPU, 64 GiB", pod: sized(8, 64), gets: "r5a.2xlarge 0.452" },
	// Kip: m3.medium at 0.067.
	{ when: "1 vCPU, 3.75 GiB", pod: sized(1, 3.75), gets: "m7a.medium 0.05796" },
	{ when: "just above half a GiB", pod: sized(0.1, 0.51), gets: "t3a.micro 0.0094 standard" },
	{ when: "glob c5.*, no figures", pod: asking({ instanceType: "c5.*" }), gets: "c5.large 0.085" },
	{
		when: "glob *, no figures",
		pod: asking({ instanceType: "*" }),
		gets: "t3a.nano 0.0047 standard",
	},
	// Kip: g3.8xlarge and p2.8xlarge, which EC2 no longer sells.
	{ when: "2 GPUs", pod: asking({ accelerators: gpus(2) }), gets: "g4dn.12xlarge 3.912" },
	{ when: "8 GPUs", pod: asking({ accelerators: gpus(8) }), gets: "g4dn.metal 7.824" },
	// Kip finds nothing, for its table has no models.
	{
		when: "a GPU model, as GKE writes it",
		pod: asking({ accelerators: gpus(1, "nvidia-tesla-t4") }),
		gets: "g4dn.xlarge 0.526",
	},
	// Kip, asked for dedicated CPU, doesn't check the CPU: m1.small.
	{ when: "4 dedicated vCPU", pod: sized(4, 0), under: noBurstables, gets: "c6a.xlarge 0.153" },
].map(({ under, ...rest }) => ({ ...rest, under: { ...nominal, ...under } }));

const ours: Case[] = [
	{
		when: "a whole GiB doesn't fit a GiB machine with overhead",
		pod: sized(0.1, 1),
		gets: "t3a.small 0.0188 standard",
	},
	{ when: "4 GiB takes an 8 GiB machine", pod: sized(2, 4), gets: "m5a.large 0.086" },
	{
		when: "the last MiB that a nano has for a pod (512 less 39 less 64)",
		pod: asking({ memoryMib: 409 }),
		gets: "t3a.nano 0.0047 standard",
	},
	{
		when: "one MiB more than that",
		pod: asking({ memoryMib: 410 }),
		gets: "t3a.micro 0.0094 standard",
	},
	{
		when: "the agent's need is 0",
		pod: asking({ memoryMib: 473 }),
		under: { agentMemoryMib: 0 },
		gets: "t3a.nano 0.0047 standard",
	},
	{
		when: "the last thousandth within a baseline",
		pod: sized(0.2, 0.8),
		gets: "t3a.micro 0.0094 standard",
	},
	{ when: "a thousandth above it", pod: sized(0.201, 0.8), gets: "t3a.micro 0.00945 unlimited" },
	{
		when: "a named burstable type, though they are excluded",
		pod: sized(1, 1, { instanceType: "t3.large" }),
		under: noBurstables,
		gets: "t3.large 0.1032 unlimited",
	},
	{
		when: "a glob of burstable types, which are excluded",
		pod: asking({ instanceType: "t3*" }),
		under: noBurstables,
		gets: "nothing",
	},
	{
		when: "more CPU than the named burstable type has: surcharge for what there is",
		pod: sized(16, 1, { instanceType: "t3.nano" }),
		gets: "t3.nano 0.1002 unlimited",
	},
	{
		when: "a named type that is too small: it is taken at its word",
		pod: sized(64, 512, { instanceType: "m5.large" }),
		gets: "m5.large 0.096",
	},
	{
		when: "a named GPU type without asking for a GPU",
		pod: asking({ instanceType: "g4dn.xlarge" }),
		gets: "g4dn.xlarge 0.526",
	},
	{
		when: "a glob of GPU types without asking for a GPU",
		pod: asking({ instanceType: "g4dn.*" }),
		gets: "nothing",
	},
	{
		when: "the same, and GPU machines may take any pod",
		pod: asking({ instanceType: "g4dn.*" }),
		under: { acceleratedForAnyPod: true },
		gets: "g4dn.xlarge 0.526",
	},
	{
		when: "GPU machines may take any pod and are cheapest",
		pod: sized(4, 8, { instanceType: "*f.xlarge" }),
		under: { acceleratedForAnyPod: true },
		gets: "g6f.xlarge 0.2375",
	},
	{
		when: "a slice isn't a GPU",
		pod: asking({ accelerators: gpus(1), instanceType: "g6f.*" }),
		gets: "nothing",
	},
	{
		when: "a slice is one for a pod that names the type",
		pod: asking({ accelerators: gpus(1), instanceType: "g6f.large" }),
		gets: "g6f.large 0.202",
	},
	{
		when: "a named type without the GPU that the pod asks for",
		pod: asking({ accelerators: gpus(1), instanceType: "m5.large" }),
		gets: "nothing",
	},
	{
		when: "one of two models",
		pod: asking({ accelerators: gpus(1, "nvidia-l4", "a10g") }),
		gets: "g6.xlarge 0.8048",
	},
	{
		when: "a model with its memory",
		pod: asking({ accelerators: gpus(8, "nvidia-a100-80gb") }),
		gets: "p4de.24xlarge 27.44705",
	},
	{ when: "a retired model", pod: asking({ accelerators: gpus(1, "k80") }), gets: "nothing" },
	{ when: "9 GPUs", pod: asking({ accelerators: gpus(9) }), gets: "nothing" },
	{
		when: "a GPU on Arm",
		pod: asking({ accelerators: gpus(1) }),
		under: { architectures: ["arm64"] },
		gets: "g5g.xlarge 0.42",
	},
	{
		when: "an AMD GPU",
		pod: asking({ accelerators: [{ resource: "amd.com/gpu", count: 1, models: [] }] }),
		gets: "g4ad.xlarge 0.37853",
	},
	{
		when: "a Neuron device",
		pod: asking({ accelerators: [{ resource: "aws.amazon.com/neuron", count: 1, models: [] }] }),
		gets: "inf1.xlarge 0.228",
	},
	{
		when: "a Neuron device of a model",
		pod: asking({
			accelerators: [{ resource: "aws.amazon.com/neuron", count: 1, models: ["inferentia2"] }],
		}),
		gets: "inf2.xlarge 0.7582",
	},
	{
		when: "GPUs of two makers in one machine",
		pod: asking({
			accelerators: [...gpus(1), { resource: "amd.com/gpu", count: 1, models: [] }],
		}),
		gets: "nothing",
	},
	{ when: "nothing is asked for", pod: asking(), gets: "t3.nano 0.0052 standard" },
	{
		when: "nothing but labels that rule the default type out",
		pod: asking({ labelTerms: [[label("kubernetes.io/arch", "In", "arm64")]] }),
		under: { architectures: both },
		gets: "t4g.nano 0.0042 standard",
	},
	{
		when: "nothing, and the default type isn't sold",
		pod: asking(),
		under: { defaultInstanceType: "q1.large" },
		gets: "t3a.nano 0.0047 standard",
	},
	{
		when: "a named type without a boot image",
		pod: asking({ instanceType: "m7g.large" }),
		gets: "nothing",
	},
	{
		when: "both architectures boot",
		pod: sized(2, 4),
		under: nominalBoth,
		gets: "a1.large 0.051",
	},
	{
		when: "spot",
		pod: sized(2, 4, { capacityType: "spot" }),
		under: nominal,
		gets: "c6a.large spot 0.03825",
	},
	{
		when: "spot at the most that it may cost",
		pod: sized(2, 4, { capacityType: "spot" }),
		under: { ...nominal, spot: { maxHourlyUsd: 0.03825, fallback: "none" } },
		gets: "c6a.large spot 0.03825",
	},
	{
		when: "spot that may cost less",
		pod: sized(2, 4, { capacityType: "spot" }),
		under: { ...nominal, spot: { maxHourlyUsd: 0.0382, fallback: "none" } },
		gets: "nothing",
	},
	{
		when: "the same with on demand to fall back to",
		pod: sized(2, 4, { capacityType: "spot" }),
		under: { ...nominal, spot: { maxHourlyUsd: 0.0382, fallback: "on-demand" } },
		gets: "c6a.large 0.0765",
	},
	{
		when: "a type that isn't sold as spot",
		pod: asking({ instanceType: "hpc7g.4xlarge", capacityType: "spot" }),
		under: { architectures: both, zones: usEast1 },
		gets: "nothing",
	},
	{
		when: "amd64",
		pod: labelled([label("kubernetes.io/arch", "In", "amd64")]),
		under: nominalBoth,
		gets: "c6a.large 0.0765",
	},
	{
		when: "one of two families",
		pod: labelled([label(instance("family"), "In", "m5", "c5")]),
		under: nominal,
		gets: "c5.large 0.085",
	},
	{
		when: "none of three categories",
		pod: labelled([label(instance("category"), "NotIn", "c", "t", "a")]),
		under: nominalBoth,
		gets: "m6g.large 0.077",
	},
	{
		when: "a generation above 6",
		pod: labelled([label(instance("generation"), "Gt", "6")]),
		under: nominalBoth,
		gets: "c7g.large 0.0725",
	},
	{
		when: "vCPUs between two bounds",
		pod: labelled([label(instance("cpu"), "Gt", "2"), label(instance("cpu"), "Lt", "8")]),
		under: nominal,
		gets: "c6a.xlarge 0.153",
	},
	{
		when: "local NVMe",
		pod: labelled([label(instance("local-nvme"), "Exists")]),
		under: nominalBoth,
		gets: "c6gd.large 0.0768",
	},
	{
		when: "no local NVMe",
		pod: labelled([
			label(instance("local-nvme"), "DoesNotExist"),
			label(instance("category"), "In", "m"),
		]),
		under: nominal,
		gets: "m5a.large 0.086",
	},
	{
		when: "bare metal, which has no hypervisor",
		pod: labelled([label(instance("hypervisor"), "DoesNotExist")]),
		under: nominalBoth,
		gets: "a1.metal 0.408",
	},
	{
		when: "a GPU by Karpenter's label",
		pod: asking({
			accelerators: gpus(1),
			labelTerms: [[label(instance("gpu-name"), "In", "l4")]],
		}),
		gets: "g6.xlarge 0.8048",
	},
	{
		when: "the first of two alternatives can't be met",
		pod: labelled(
			[label(instance("family"), "In", "m9")],
			[label(instance("family"), "In", "m7i")],
		),
		under: nominal,
		gets: "m7i.large 0.1008",
	},
	{
		when: "a cheaper alternative holds only in a zone without a subnet",
		pod: labelled(
			[label(instance("family"), "In", "m7i")],
			[
				label(instance("family"), "In", "c7i"),
				label("topology.kubernetes.io/zone", "In", "us-east-1f"),
			],
		),
		under: nominal,
		gets: "m7i.large 0.1008",
	},
	{
		when: "another operating system",
		pod: labelled([label("kubernetes.io/os", "In", "windows")]),
		gets: "nothing",
	},
	{
		when: "another region",
		pod: labelled([label("topology.kubernetes.io/region", "In", "eu-west-1")]),
		gets: "nothing",
	},
	{
		when: "a zone without a subnet",
		pod: labelled([label("topology.kubernetes.io/zone", "In", "us-east-1f")]),
		gets: "nothing",
	},
	{
		when: "spot by label, on demand by everything else",
		pod: labelled([label("karpenter.sh/capacity-type", "In", "spot")]),
		gets: "nothing",
	},
	{ when: "no subnet at all", pod: sized(1, 1), under: { zones: [] }, gets: "nothing" },
];

describe("selectOffering", () => {
	it.each(asKip)("chooses as Kip does, or better: $when", ({ pod, under, gets }) => {
		expect(short(choose(pod, under))).toBe(gets);
	});

	it.each(ours)("chooses $gets for $when", ({ pod, under, gets }) => {
		expect(short(choose(pod, under))).toBe(gets);
	});

	it("takes the next type when a type is set aside everywhere (Kip's case 19)", () => {
		const without = (name: string) => (offering: Offering) => offering.instanceType === name;
		expect(short(choose(sized(1, 2), nominal, without("t3a.small")))).toBe(
			"t3.small 0.0508 unlimited",
		);
	});

	it("takes another zone of the same type when one is set aside", () => {
		const first = choose(sized(2, 4));
		const second = choose(sized(2, 4), {}, ({ zoneId }) => zoneId === first?.zoneId);
		expect(second?.instanceType).toBe(first?.instanceType);
		expect(second?.zoneId).not.toBe(first?.zoneId);
	});

	it("takes zones that come last when no other sells the same as cheaply, the least named first", () => {
		const index = offeringIndex(region, settings());
		const zoneAfter = (...lastZones: string[]) =>
			selectOffering(sized(2, 4), index, nothingSetAside, "pod", lastZones)?.zoneId ?? "";
		const first = zoneAfter();
		const second = zoneAfter(first);
		const third = zoneAfter(first, second);
		expect([first, second, third].sort()).toEqual(["use1-az2", "use1-az4", "use1-az6"]);
		expect(zoneAfter(first, second, third)).toBe(first);
		expect(zoneAfter(first, first, second, third)).toBe(second);
		const only = labelled([label("topology.kubernetes.io/zone", "In", "us-east-1b")]);
		expect(
			selectOffering(only, index, nothingSetAside, "pod", ["use1-az4", "use1-az4"])?.zoneId,
		).toBe("use1-az4");
	});

	it("buys in the zone that the pod's labels name", () => {
		const pod = labelled([label("topology.kubernetes.io/zone", "In", "us-east-1b")]);
		expect(choose(pod)?.zoneId).toBe("use1-az4");
	});

	it("spreads pods over the zones, and those of a refused zone over the others", () => {
		const index = offeringIndex(region, settings());
		const zonesOf = (isSetAside: (offering: Offering) => boolean) =>
			Map.groupBy(
				Array.from({ length: 600 }, (_, pod) =>
					selectOffering(sized(2, 4), index, isSetAside, `uid-${pod}`),
				),
				(offering) => offering?.zoneId,
			);
		const open = zonesOf(nothingSetAside);
		expect([...open.keys()].sort()).toEqual(["use1-az2", "use1-az4", "use1-az6"]);
		for (const pods of open.values()) expect(pods.length).toBeGreaterThan(150);
		const fewer = zonesOf(({ zoneId }) => zoneId === "use1-az2");
		for (const pods of fewer.values()) expect(pods.length).toBeGreaterThan(240);
	});

	it("says that spot prices are estimates, and what the same costs on demand", () => {
		expect(choose(sized(2, 4, { capacityType: "spot" }), nominal)).toMatchObject({
			capacityType: "spot",
			hourlyUsd: 0.03825,
			onDemandHourlyUsd: 0.0765,
			approximate: true,
		});
		expect(choose(sized(2, 4), nominal)).not.toHaveProperty("onDemandHourlyUsd");
	});

	it("sells every type in every zone of another region, at approximate prices", () => {
		const zones = [{ zoneId: "euw1-az1", zone: "eu-west-1a" }];
		const index = offeringIndex(packagedCatalogue("eu-west-1"), settings({ zones }));
		expect(selectOffering(sized(2, 4), index, nothingSetAside, "pod")).toEqual({
			instanceType: "m5a.large",
			zoneId: "euw1-az1",
			capacityType: "on-demand",
			architecture: "x86_64",
			hourlyUsd: 0.086,
			approximate: true,
		});
	});

	it("refuses a label that nobody knows, by its name", () => {
		expect(() => choose(labelled([label("example.com/rack", "In", "7")]))).toThrow(
			/example\.com\/rack/,
		);
	});

	it("refuses more zones than it can tell apart", () => {
		const zones = Array.from({ length: 31 }, (_, n) => ({ zoneId: `z${n}`, zone: `z${n}` }));
		expect(() => offeringIndex(region, settings({ zones }))).toThrow(/31 zones/);
	});
});

describe("rankOfferings", () => {
	it("asks what is set aside as each offering is reached, so that a refusal counts at once", () => {
		const refused = new Set<string>();
		const index = offeringIndex(region, settings());
		const ranking = rankOfferings(
			sized(2, 4),
			index,
			({ instanceType }) => refused.has(instanceType),
			"pod",
		);
		const first = ranking.next().value;
		refused.add("m5a.large");
		const second = ranking.next().value;
		expect([first?.instanceType, second?.instanceType]).toEqual(["m5a.large", "m6a.large"]);
	});

	it("lets on demand compete at its own price where spot may fall back to it", () => {
		const index = offeringIndex(
			region,
			settings({ ...nominal, zones: usEast1.slice(1, 2), spot: { fallback: "on-demand" } }),
		);
		const pod = sized(2, 4, { capacityType: "spot", instanceType: "c6a.*" });
		expect([...rankOfferings(pod, index, nothingSetAside, "pod")].slice(0, 3).map(short)).toEqual([
			"c6a.large spot 0.03825",
			"c6a.large 0.0765",
			"c6a.xlarge spot 0.0765",
		]);
	});
});
