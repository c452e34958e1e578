import { EC2Client } from "@aws-sdk/client-ec2";
import { describe, expect, it, onTestFinished } from "vitest";
import { ec2Market } from "../../shared/offerings/market.ec2.ts";
import type { Market } from "../../shared/offerings/market.ts";
import { answeringServer, ec2Answer, ec2Error, type Reply } from "../support/answering-server.ts";

const { signal } = new AbortController();
const noon = new Date("2026-08-05T12:00:00.000Z");

/** The adapter over an EC2 that answers each call by its action and its page's token. */
async function market(answers: (action: string, token: string | undefined) => Reply) {
	const { endpoint, bodies } = await answeringServer((body) => {
		const parameters = new URLSearchParams(body);
		return answers(parameters.get("Action") ?? "", parameters.get("NextToken") ?? undefined);
	});
	const client = new EC2Client({
		endpoint,
		region: "us-east-1",
		credentials: { accessKeyId: "test", secretAccessKey: "test" },
		maxAttempts: 1,
	});
	onTestFinished(() => client.destroy());
	const asked = () => bodies.map((body) => Object.fromEntries(new URLSearchParams(body)));
	return { market: ec2Market(client, () => noon), asked };
}

const typeXml = (name: string, more = "") => `<item>
	<instanceType>${name}</instanceType>
	<supportedUsageClasses><item>on-demand</item><item>spot</item></supportedUsageClasses>
	<bareMetal>false</bareMetal><hypervisor>nitro</hypervisor>
	<processorInfo><supportedArchitectures><item>x86_64</item></supportedArchitectures></processorInfo>
	<vCpuInfo><defaultVCpus>2</defaultVCpus></vCpuInfo>
	<memoryInfo><sizeInMiB>8192</sizeInMiB></memoryInfo>
	<networkInfo><maximumNetworkInterfaces>3</maximumNetworkInterfaces><ipv4AddressesPerInterface>10</ipv4AddressesPerInterface>
		<networkCards><item><baselineBandwidthInGbps>0.75</baselineBandwidthInGbps><peakBandwidthInGbps>10.0</peakBandwidthInGbps></item></networkCards></networkInfo>
	<burstablePerformanceSupported>false</burstablePerformanceSupported>${more}</item>`;

const types = (items: string, token = "") =>
	ec2Answer(
		"DescribeInstanceTypes",
		`<instanceTypeSet>${items}</instanceTypeSet>${token && `<nextToken>${token}</nextToken>`}`,
	);

describe("the types of ec2Market", () => {
	it("are those of all pages, as EC2 describes them", async () => {
		const { market: of, asked } = await market((_, token) =>
			token === undefined
				? types(typeXml("m5.large"), "two")
				: token === "two"
					? types("", "three")
					: types(typeXml("c5.large")),
		);
		const [m5, c5] = await of.types(signal);
		expect(m5).toEqual({
			name: "m5.large",
			architectures: ["x86_64"],
			vcpus: 2,
			memoryMib: 8_192,
			burstable: false,
			spot: true,
			hypervisor: "nitro",
			networkInterfaces: 3,
			ipv4PerInterface: 10,
			networkBaselineMbps: 750,
			networkPeakMbps: 10_000,
			localStorageGb: 0,
			localStorage: null,
		});
		expect(c5?.name).toBe("c5.large");
		expect(asked().map((call) => [call["MaxResults"], call["NextToken"]])).toEqual([
			["100", undefined],
			["100", "two"],
			["100", "three"],
		]);
	});

	it.each([
		{
			what: "whole GPUs",
			xml: "<gpuInfo><gpus><item><name>T4</name><manufacturer>NVIDIA</manufacturer><count>4</count><memoryInfo><sizeInMiB>16384</sizeInMiB></memoryInfo></item></gpus></gpuInfo>",
			expected: {
				device: {
					kind: "gpu",
					count: 4,
					slices: 0,
					manufacturer: "NVIDIA",
					name: "T4",
					memoryMib: 16_384,
				},
			},
		},
		{
			what: "a slice of a GPU",
			xml: "<gpuInfo><gpus><item><name>L4</name><manufacturer>NVIDIA</manufacturer><count>0</count><logicalGpuCount>1</logicalGpuCount><memoryInfo><sizeInMiB>2861</sizeInMiB></memoryInfo></item></gpus></gpuInfo>",
			expected: { device: { count: 0, slices: 1, memoryMib: 2_861 } },
		},
		{
			what: "Inferentia, which is described twice",
			xml: "<inferenceAcceleratorInfo><accelerators><item><count>1</count><name>Inferentia</name><manufacturer>AWS</manufacturer></item></accelerators></inferenceAcceleratorInfo><neuronInfo><neuronDevices><item><count>1</count><name>Inferentia</name><memoryInfo><sizeInMiB>8192</sizeInMiB></memoryInfo></item></neuronDevices></neuronInfo>",
			expected: {
				device: { kind: "neuron", manufacturer: "AWS", name: "Inferentia", memoryMib: 8_192 },
			},
		},
		{
			what: "an instance store that isn't NVMe",
			xml: "<instanceStorageInfo><totalSizeInGB>6144</totalSizeInGB><disks><item><type>hdd</type></item></disks><nvmeSupport>unsupported</nvmeSupport></instanceStorageInfo>",
			expected: { localStorageGb: 6_144, localStorage: "hdd" },
		},
	])("have $what", async ({ xml, expected }) => {
		const { market: of } = await market(() => types(typeXml("x.large", xml)));
		expect((await of.types(signal))[0]).toMatchObject(expected);
	});

	it("leave out what is described without its size", async () => {
		const { market: of } = await market(() =>
			types(`<item><instanceType>new.large</instanceType></item>${typeXml("m5.large")}`),
		);
		expect((await of.types(signal)).map(({ name }) => name)).toEqual(["m5.large"]);
	});
});

it("gathers the zones of each type over all pages, by zone id", async () => {
	const offering = (type: string, zone: string) =>
		`<item><instanceType>${type}</instanceType><locationType>availability-zone-id</locationType><location>${zone}</location></item>`;
	const page = (items: string, token = "") =>
		ec2Answer(
			"DescribeInstanceTypeOfferings",
			`<instanceTypeOfferingSet>${items}</instanceTypeOfferingSet><nextToken>${token}</nextToken>`,
		);
	const { market: of, asked } = await market((_, token) =>
		token === undefined
			? page(offering("m5.large", "use1-az1") + offering("c5.large", "use1-az1"), "more")
			: page(offering("m5.large", "use1-az2")),
	);
	expect(await of.zones(signal)).toEqual(
		new Map([
			["m5.large", ["use1-az1", "use1-az2"]],
			["c5.large", ["use1-az1"]],
		]),
	);
	expect(asked()[0]).toMatchObject({ LocationType: "availability-zone-id", MaxResults: "1000" });
});

describe("the spot prices of ec2Market", () => {
	const price = (zone: string, usd: string, at: string, zoneId = "") =>
		`<item><instanceType>m5.large</instanceType><productDescription>Linux/UNIX</productDescription><spotPrice>${usd}</spotPrice><timestamp>2026-08-05T${at}:00.000Z</timestamp><availabilityZone>${zone}</availabilityZone>${zoneId && `<availabilityZoneId>${zoneId}</availabilityZoneId>`}</item>`;
	const history = (items: string, token = "") =>
		ec2Answer(
			"DescribeSpotPriceHistory",
			`<spotPriceHistorySet>${items}</spotPriceHistorySet><nextToken>${token}</nextToken>`,
		);
	const zones = ec2Answer(
		"DescribeAvailabilityZones",
		"<availabilityZoneInfo><item><zoneName>us-east-1a</zoneName><zoneId>use1-az4</zoneId></item></availabilityZoneInfo>",
	);

	it("are the newest of each zone, by the ids of this account's zones", async () => {
		const { market: of, asked } = await market((action, token) => {
			if (action === "DescribeAvailabilityZones") return zones;
			return token === undefined
				? history(
						price("us-east-1a", "0.040000", "10:00") + price("us-east-1a", "0.0351234", "11:00"),
						"more",
					)
				: history(price("us-east-1a", "0.050000", "09:00") + price("us-east-1z", "0.01", "11:00"));
		});
		expect(await of.spotPrices(signal)).toEqual([
			{ instanceType: "m5.large", zoneId: "use1-az4", microUsd: 35_123 },
		]);
		expect(asked()[0]).toMatchObject({
			StartTime: "2026-08-05T12:00:00Z",
			"ProductDescription.1": "Linux/UNIX",
		});
	});

	it("need no list of zones where EC2 gives the ids", async () => {
		const { market: of, asked } = await market(() =>
			history(
				price("us-east-1a", "0.04", "10:00", "use1-az6") +
					price("us-east-1b", "0", "10:00", "use1-az1"),
			),
		);
		expect(await of.spotPrices(signal)).toEqual([
			{ instanceType: "m5.large", zoneId: "use1-az6", microUsd: 40_000 },
		]);
		expect(asked().map((call) => call["Action"])).toEqual(["DescribeSpotPriceHistory"]);
	});
});

describe("what goes wrong at EC2", () => {
	const calls: readonly [string, string, (of: Market) => Promise<unknown>][] = [
		["types", "ec2:DescribeInstanceTypes", async (of) => of.types(signal)],
		["zones", "ec2:DescribeInstanceTypeOfferings", async (of) => of.zones(signal)],
		["spot prices", "ec2:DescribeSpotPriceHistory", async (of) => of.spotPrices(signal)],
	];
	it.each(calls)("names the permission when it refuses %s", async (_, permission, ask) => {
		const { market: of } = await market(() => ec2Error(403, "UnauthorizedOperation"));
		await expect(ask(of)).rejects.toMatchObject({
			kind: "operator",
			reason: "MarketRefused",
			message: expect.stringContaining(permission),
		});
	});

	it.each(calls)("passes when it is throttled on the second page of %s", async (_, __, ask) => {
		const { market: of } = await market((action, token) =>
			token === undefined
				? ec2Answer(action, "<nextToken>two</nextToken>")
				: ec2Error(503, "RequestLimitExceeded"),
		);
		await expect(ask(of)).rejects.toMatchObject({
			kind: "unavailable",
			reason: "MarketUnavailable",
		});
	});

	it("stays an exception when nobody knows the code", async () => {
		const { market: of } = await market(() => ec2Error(400, "SomethingNew"));
		await expect(of.types(signal)).rejects.toMatchObject({ name: "SomethingNew" });
	});
});
