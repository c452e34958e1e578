import {
	DescribeAvailabilityZonesCommand,
	DescribeInstanceTypeOfferingsCommand,
	DescribeInstanceTypesCommand,
	DescribeSpotPriceHistoryCommand,
	type DescribeSpotPriceHistoryCommandInput,
	type EC2Client,
	paginateDescribeInstanceTypeOfferings,
	paginateDescribeInstanceTypes,
	paginateDescribeSpotPriceHistory,
	type SpotPrice,
} from "@aws-sdk/client-ec2";
import { describe, expect, it } from "vitest";
import type { SimulatedType } from "../../../../infra/local/ec2/model.ts";
import { refusal, simulator } from "./simulator.ts";

const gpu = { kind: "gpu", count: 1, slices: 0, manufacturer: "NVIDIA", name: "T4" } as const;
const types: Readonly<Record<string, SimulatedType>> = {
	"m5.large": {
		architecture: "x86_64",
		vcpus: 2,
		memoryMib: 8_192,
		onDemandHourlyUsd: 0.096,
		networkInterfaces: 3,
		ipv4PerInterface: 10,
		networkBaselineMbps: 750,
		networkPeakMbps: 10_000,
	},
	"t3.nano": {
		architecture: "x86_64",
		vcpus: 2,
		memoryMib: 512,
		onDemandHourlyUsd: 0.0052,
		burstable: true,
	},
	"m6gd.metal": {
		architecture: "arm64",
		vcpus: 64,
		memoryMib: 262_144,
		onDemandHourlyUsd: 2.8928,
		hypervisor: null,
		localStorageGb: 3_800,
		localStorage: "nvme-ssd",
		zoneIds: ["use1-az1"],
	},
	"m1.small": {
		architecture: "x86_64",
		vcpus: 1,
		memoryMib: 1_740,
		onDemandHourlyUsd: 0.044,
		hypervisor: "xen",
		localStorageGb: 160,
		localStorage: "hdd",
		spot: false,
	},
	"g4dn.xlarge": {
		architecture: "x86_64",
		vcpus: 4,
		memoryMib: 16_384,
		onDemandHourlyUsd: 0.526,
		device: { ...gpu, memoryMib: 16_384 },
	},
	"g6f.large": {
		architecture: "x86_64",
		device: { ...gpu, count: 0, slices: 1, name: "L4", memoryMib: 2_861 },
	},
	"inf1.xlarge": {
		architecture: "x86_64",
		device: {
			kind: "neuron",
			count: 1,
			slices: 0,
			manufacturer: "AWS",
			name: "Inferentia",
			memoryMib: 8_192,
		},
	},
	"f2.6xlarge": {
		architecture: "x86_64",
		device: { ...gpu, kind: "fpga", manufacturer: "Xilinx", name: "VU47P", memoryMib: 81_920 },
	},
	"vt1.3xlarge": {
		architecture: "x86_64",
		zoneIds: ["use1-az4"],
		device: { ...gpu, kind: "media", manufacturer: "Xilinx", name: "U30", memoryMib: 24_576 },
	},
	"old.large": { architecture: "x86_64", zoneIds: ["use1-az5"] },
};
const otherZones = [{ zoneId: "use1-az4", zone: "us-east-1d" }];

const market = async (over: object = {}) => await simulator({ types, otherZones, ...over });

const filter = (Name: string, ...Values: string[]) => ({ Filters: [{ Name, Values }] });

async function typeNamed(client: EC2Client, name: "m5.large" | string) {
	const { InstanceTypes = [] } = await client.send(
		new DescribeInstanceTypesCommand(filter("instance-type", name)),
	);
	return InstanceTypes[0];
}

describe("DescribeInstanceTypes", () => {
	it("tells of a machine what a catalogue keeps", async () => {
		const { client } = await market();
		expect(await typeNamed(client, "m5.large")).toMatchObject({
			InstanceType: "m5.large",
			CurrentGeneration: false,
			BareMetal: false,
			Hypervisor: "nitro",
			SupportedUsageClasses: ["on-demand", "spot"],
			SupportedVirtualizationTypes: ["hvm"],
			ProcessorInfo: { SupportedArchitectures: ["x86_64"] },
			VCpuInfo: { DefaultVCpus: 2, DefaultCores: 1, DefaultThreadsPerCore: 2 },
			MemoryInfo: { SizeInMiB: 8_192 },
			BurstablePerformanceSupported: false,
			InstanceStorageSupported: false,
			NetworkInfo: {
				NetworkPerformance: "Up to 10 Gigabit",
				MaximumNetworkInterfaces: 3,
				Ipv4AddressesPerInterface: 10,
				NetworkCards: [{ BaselineBandwidthInGbps: 0.75, PeakBandwidthInGbps: 10 }],
			},
		});
	});

	it.each([
		{ name: "t3.nano", told: { BurstablePerformanceSupported: true } },
		{
			name: "m6gd.metal",
			told: {
				BareMetal: true,
				ProcessorInfo: { SupportedArchitectures: ["arm64"] },
				VCpuInfo: { DefaultVCpus: 64, DefaultCores: 64, DefaultThreadsPerCore: 1 },
				InstanceStorageInfo: {
					TotalSizeInGB: 3_800,
					Disks: [{ SizeInGB: 3_800, Count: 1, Type: "ssd" }],
					NvmeSupport: "required",
				},
			},
		},
		{
			name: "m1.small",
			told: {
				Hypervisor: "xen",
				SupportedUsageClasses: ["on-demand"],
				ProcessorInfo: { SupportedArchitectures: ["i386", "x86_64"] },
				InstanceStorageInfo: { Disks: [{ Type: "hdd" }], NvmeSupport: "unsupported" },
			},
		},
		{
			name: "g4dn.xlarge",
			told: {
				GpuInfo: {
					Gpus: [
						{ Name: "T4", Manufacturer: "NVIDIA", Count: 1, MemoryInfo: { SizeInMiB: 16_384 } },
					],
					TotalGpuMemoryInMiB: 16_384,
				},
			},
		},
		{ name: "g6f.large", told: { GpuInfo: { Gpus: [{ Count: 0, LogicalGpuCount: 1 }] } } },
		{
			name: "inf1.xlarge",
			told: {
				InferenceAcceleratorInfo: { Accelerators: [{ Name: "Inferentia", Manufacturer: "AWS" }] },
				NeuronInfo: {
					NeuronDevices: [{ Name: "Inferentia", Count: 1, MemoryInfo: { SizeInMiB: 8_192 } }],
				},
			},
		},
		{ name: "f2.6xlarge", told: { FpgaInfo: { Fpgas: [{ Name: "VU47P", Count: 1 }] } } },
		{ name: "vt1.3xlarge", told: { MediaAcceleratorInfo: { Accelerators: [{ Name: "U30" }] } } },
	])("tells what is special about $name", async ({ name, told }) => {
		const { client } = await market();
		expect(await typeNamed(client, name)).toMatchObject(told);
	});

	it("leaves the hypervisor of bare metal out", async () => {
		const { client } = await market();
		expect(await typeNamed(client, "m6gd.metal")).not.toHaveProperty("Hypervisor");
	});

	it.each([
		{ asked: { InstanceTypes: ["m5.large" as const] }, found: ["m5.large"] },
		{ asked: filter("processor-info.supported-architecture", "arm64"), found: ["m6gd.metal"] },
		{ asked: filter("bare-metal", "true"), found: ["m6gd.metal"] },
		{ asked: filter("burstable-performance-supported", "true"), found: ["t3.nano"] },
		{ asked: filter("instance-type", "m*"), found: ["m1.small", "m5.large", "m6gd.metal"] },
		{ asked: filter("supported-virtualization-type", "paravirtual"), found: [] },
		{
			asked: filter("supported-usage-class", "spot"),
			found: ["g4dn.xlarge", "m5.large", "m6gd.metal", "t3.nano"],
		},
		{ asked: filter("instance-type", "old.large"), found: [] },
	])("finds $found for $asked", async ({ asked, found }) => {
		const { client } = await market();
		const { InstanceTypes = [] } = await client.send(new DescribeInstanceTypesCommand(asked));
		expect(InstanceTypes.map(({ InstanceType }) => InstanceType)).toEqual(found);
	});

	it("answers in pages of a hundred even who doesn't ask for pages", async () => {
		const many = Object.fromEntries(
			Array.from({ length: 230 }, (_, n) => [`x${n}.large`, { architecture: "x86_64" } as const]),
		);
		const { client } = await market({ types: many });
		const names = new Set<string | undefined>();
		const sizes: number[] = [];
		for await (const { InstanceTypes = [] } of paginateDescribeInstanceTypes({ client }, {})) {
			sizes.push(InstanceTypes.length);
			for (const { InstanceType } of InstanceTypes) names.add(InstanceType);
		}
		expect(sizes).toEqual([100, 100, 30]);
		expect(names.size).toBe(230);
	});

	it.each([
		{ asked: { InstanceTypes: ["m9.huge"] as never[] }, code: "InvalidInstanceType" },
		{ asked: { MaxResults: 101 }, code: "InvalidParameterValue" },
		{ asked: filter("color", "blue"), code: "InvalidParameterValue" },
		{
			asked: { InstanceTypes: ["m5.large" as const], MaxResults: 5 },
			code: "InvalidParameterCombination",
		},
	])("refuses $asked with $code", async ({ asked, code }) => {
		const { client } = await market();
		const sent = client.send(new DescribeInstanceTypesCommand(asked));
		expect(await refusal(sent)).toMatchObject({ code });
	});
});

describe("DescribeInstanceTypeOfferings", () => {
	it.each([
		{ LocationType: "availability-zone-id", locations: ["use1-az1"] },
		{ LocationType: "availability-zone", locations: ["us-east-1a"] },
		{ LocationType: "region", locations: ["us-east-1"] },
	] as const)(
		"tells where a type is sold, by $LocationType",
		async ({ LocationType, locations }) => {
			const { client } = await market();
			const { InstanceTypeOfferings = [] } = await client.send(
				new DescribeInstanceTypeOfferingsCommand({
					LocationType,
					...filter("instance-type", "m6gd.metal"),
				}),
			);
			expect(InstanceTypeOfferings).toEqual(
				locations.map((Location) => ({ InstanceType: "m6gd.metal", LocationType, Location })),
			);
		},
	);

	it("tells of zones without a subnet, too, each offering once, page by page", async () => {
		const { client } = await market();
		const found: string[] = [];
		const pages = paginateDescribeInstanceTypeOfferings(
			{ client, pageSize: 7 },
			{ LocationType: "availability-zone-id" },
		);
		for await (const { InstanceTypeOfferings = [] } of pages) {
			expect(InstanceTypeOfferings.length).toBeLessThanOrEqual(7);
			found.push(
				...InstanceTypeOfferings.map(({ InstanceType, Location }) => `${InstanceType} ${Location}`),
			);
		}
		expect(new Set(found).size).toBe(found.length);
		// Seven types in all four zones, two in one each; old.large in a zone that isn't there.
		expect(found).toHaveLength(7 * 4 + 2);
		expect(found).toContain("vt1.3xlarge use1-az4");
	});
});

describe("DescribeSpotPriceHistory", () => {
	const linux = { ProductDescriptions: ["Linux/UNIX"] };
	const history = async (client: EC2Client, input: DescribeSpotPriceHistoryCommandInput) => {
		const prices: SpotPrice[] = [];
		const sizes: number[] = [];
		const pages = paginateDescribeSpotPriceHistory({ client }, input);
		for await (const { SpotPriceHistory = [] } of pages) {
			sizes.push(SpotPriceHistory.length);
			prices.push(...SpotPriceHistory);
		}
		return { prices, sizes };
	};

	it("tells the price in force now of each type and zone, between 30 and 70 % of on demand", async () => {
		const { client, clock } = await market();
		const now = new Date(clock.nowMs());
		const { prices } = await history(client, { StartTime: now, ...linux });
		// Three types in four zones, one in one; the others have no price or aren't sold as spot.
		expect(prices).toHaveLength(3 * 4 + 1);
		for (const {
			InstanceType,
			SpotPrice,
			Timestamp,
			AvailabilityZone,
			AvailabilityZoneId,
		} of prices) {
			const share = Number(SpotPrice) / (types[InstanceType ?? ""]?.onDemandHourlyUsd ?? 0);
			expect(share).toBeGreaterThanOrEqual(0.299);
			expect(share).toBeLessThanOrEqual(0.701);
			expect(Timestamp?.getTime()).toBeLessThanOrEqual(now.getTime());
			expect(AvailabilityZone).toMatch(/^us-east-1[a-d]$/);
			expect(AvailabilityZoneId).toMatch(/^use1-az[1246]$/);
		}
		expect(new Set(prices.map(({ SpotPrice }) => SpotPrice)).size).toBe(prices.length);
	});

	it("has equal prices for equal seeds, and others for others", async () => {
		const told = async (seed: string) => {
			const { client } = await market({ seed });
			const { prices } = await history(client, linux);
			return prices.map(({ SpotPrice }) => SpotPrice);
		};
		const first = await told("a");
		expect(await told("a")).toEqual(first);
		expect(await told("b")).not.toEqual(first);
	});

	it.each([
		{ asked: { InstanceTypes: ["m5.large" as const], ...linux }, found: 4 },
		{ asked: { InstanceTypes: ["m5.large" as const] }, found: 8 },
		{ asked: { AvailabilityZone: "us-east-1b", ...linux }, found: 3 },
		{ asked: { AvailabilityZoneId: "use1-az1", ...linux }, found: 4 },
		{ asked: filter("product-description", "Linux/UNIX (Amazon VPC)"), found: 13 },
		{ asked: { EndTime: new Date(0), ...linux }, found: 0 },
	])("finds $found prices for $asked", async ({ asked, found }) => {
		const { client } = await market();
		expect((await history(client, asked)).prices).toHaveLength(found);
	});

	it("answers in pages of a thousand, the last one with an empty token", async () => {
		const many = Object.fromEntries(
			Array.from({ length: 300 }, (_, n) => [
				`x${n}.large`,
				{ architecture: "x86_64", onDemandHourlyUsd: 1 } as const,
			]),
		);
		const { client } = await market({ types: many });
		expect((await history(client, linux)).sizes).toEqual([1_000, 200]);
		const one = new DescribeSpotPriceHistoryCommand({ InstanceTypes: ["x1.large"] as never[] });
		expect((await client.send(one)).NextToken).toBe("");
	});

	it.each([
		{
			asked: { AvailabilityZone: "us-east-1a", AvailabilityZoneId: "use1-az1" },
			code: "InvalidParameterCombination",
		},
		{ asked: { InstanceTypes: ["m9.huge"] as never[] }, code: "InvalidParameterValue" },
		{ asked: { MaxResults: 1_001 }, code: "InvalidParameterValue" },
	])("refuses $asked with $code", async ({ asked, code }) => {
		const { client } = await market();
		const sent = client.send(new DescribeSpotPriceHistoryCommand(asked));
		expect(await refusal(sent)).toMatchObject({ code });
	});
});

describe("DescribeAvailabilityZones", () => {
	it.each([
		{ asked: {}, found: ["use1-az1", "use1-az2", "use1-az6", "use1-az4"] },
		{ asked: { ZoneNames: ["us-east-1b"] }, found: ["use1-az2"] },
		{ asked: { ZoneIds: ["use1-az4"] }, found: ["use1-az4"] },
		{ asked: filter("zone-type", "local-zone"), found: [] },
		{ asked: filter("region-name", "us-east-1"), found: 4 },
	])("finds $found for $asked", async ({ asked, found }) => {
		const { client } = await market();
		const { AvailabilityZones = [] } = await client.send(
			new DescribeAvailabilityZonesCommand(asked),
		);
		const ids = AvailabilityZones.map(({ ZoneId }) => ZoneId);
		expect(typeof found === "number" ? ids.length : ids).toEqual(found);
	});

	it("refuses a zone that isn't there", async () => {
		const { client } = await market();
		const sent = client.send(new DescribeAvailabilityZonesCommand({ ZoneNames: ["us-east-1f"] }));
		expect(await refusal(sent)).toMatchObject({ code: "InvalidParameterValue" });
	});
});
