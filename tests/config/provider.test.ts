import { readFileSync } from "node:fs";
import { describe, expect, it } from "vitest";
import { inspectProvider, parseProvider } from "../../shared/config/provider.ts";
import { providerYaml } from "../support/provider-yaml.ts";

const read = (name: string): string =>
	readFileSync(new URL(`../../${name}`, import.meta.url), "utf8");

describe("parseProvider with a Kip user's file", () => {
	const { config, warnings } = parseProvider(read("examples/kip/provider.yaml"));

	it("takes what makes sense here", () => {
		expect(config).toEqual({
			aws: {
				region: "eu-central-1",
				vpcId: "vpc-0a1b2c3d4e5f60718",
				subnetIds: ["subnet-0a1b2c3d4e5f60718"],
			},
			cells: {
				bootImages: {
					x86_64: {
						owners: "689494258501",
						filters: "name=elotl-kip-* virtualization-type=hvm",
					},
				},
				defaultInstanceType: "t3.nano",
				defaultVolumeGib: 10,
				volumeEncryption: "default",
				volumeKmsKeyId: undefined,
				cloudInitFile: "cloud-init.yaml",
				cloudInitFlavor: "elotl",
				useCloudParameterStore: false,
				metadataTokens: "optional",
				itzoVersion: "latest",
				itzoUrl: "https://itzo-kip-download.s3.amazonaws.com",
				cellConfig: { imageCacheEndpoint: "10.20.3.4:/layers", "itzoFlag-v": "3" },
				extraCidrs: ["10.20.0.0/16", "172.20.0.0/14"],
				extraSecurityGroups: ["sg-0a1b2c3d4e5f60718"],
				nametag: "shop",
				privateIpOnly: false,
				defaultInstanceProfile: "arn:aws:iam::123456789012:instance-profile/shop-cells",
				sizing: "limits",
				vmMemoryOverheadPercent: 7.5,
				agentMemoryMib: 64,
				burstable: "allow",
				podArchitecture: "amd64",
				acceleratorsForPlainPods: false,
				spot: { maxHourlyUsd: undefined, fallback: "none" },
				bootTimeoutSeconds: 1_200,
				capacityTimeoutSeconds: 900,
				certificateLifetimeSeconds: 2_592_000,
				bootAttempts: 3,
				replaceLost: true,
				lossesPerHour: 5,
			},
			limits: { cells: undefined, hourlyUsd: undefined },
			launch: {
				grouping: "workload",
				callBurst: 5,
				callsPerSecond: 2,
				instanceBurst: 1_000,
				instancesPerSecond: 2,
			},
			janitor: { maxEnded: 10, secondSightingSeconds: 300 },
		});
	});

	it("names in warnings what has no effect here, and why", () => {
		expect(warnings.map(({ path }) => path)).toEqual([
			"cells.standbyCells",
			"cells.statusInterval",
			"cells.healthcheck",
			"etcd",
			"kubelet",
		]);
		for (const { problem } of warnings) {
			expect(problem).toMatch(/^Unsupported: has no effect here: \w+/);
		}
	});
});

describe("parseProvider", () => {
	it.each(["provider.yaml"])("accepts %s of this repository without a warning", (name) => {
		expect(parseProvider(read(name)).warnings).toEqual([]);
	});

	it.each([
		{ key: "etcd", over: { top: { etcd: "{internal: {dataDir: /opt/kip/data}}" } } },
		{ key: "kubelet", over: { top: { kubelet: "{cpu: 20}" } } },
		{ key: "testing", over: { top: { testing: "{controllerID: abc}" } } },
		{ key: "cloud.aws.ecsClusterName", over: { aws: { ecsClusterName: "farm" } } },
		{ key: "cloud.aws.accessKeyID", over: { aws: { accessKeyID: "AKIASECRET" } } },
		{ key: "cloud.aws.secretAccessKey", over: { aws: { secretAccessKey: "SECRETKEY" } } },
		{ key: "cloud.aws.endpointURL", over: { aws: { endpointURL: "http://u:SECRET@h" } } },
		{ key: "cloud.aws.insecureTLSSkipVerify", over: { aws: { insecureTLSSkipVerify: "true" } } },
		{ key: "cells.standbyCells", over: { cells: { standbyCells: "[{count: -1}]" } } },
		{ key: "cells.statusInterval", over: { cells: { statusInterval: "0" } } },
		{ key: "cells.healthcheck", over: { cells: { healthcheck: "{status: {}, cloudAPI: {}}" } } },
	])("warns of $key without showing its value", ({ key, over }) => {
		const { warnings } = parseProvider(providerYaml(over));
		expect(warnings.map(({ path }) => path)).toEqual([key]);
		expect(JSON.stringify(warnings)).not.toContain("SECRET");
	});

	it.each(["gce", "azure"])("warns of cloud.%s", (cloud) => {
		const yaml = providerYaml().replace("cloud:\n", `cloud:\n  ${cloud}: {key: SECRET}\n`);
		expect(parseProvider(yaml).warnings).toMatchObject([{ path: `cloud.${cloud}` }]);
	});

	it("does not warn of what is switched off", () => {
		const cells = { standbyCells: "[]", healthcheck: "{}" };
		expect(parseProvider(providerYaml({ cells })).warnings).toEqual([]);
	});

	it.each([
		{ when: "it has no value", value: "" },
		{ when: "it is null", value: "~" },
		{ when: "it is empty", value: '""' },
	])("treats a key as absent when $when", ({ value }) => {
		const { config } = parseProvider(
			providerYaml({ aws: { vpcID: value }, cells: { itzo: value, defaultVolumeSize: value } }),
		);
		expect(config.aws.vpcId).toBeUndefined();
		expect(config.cells).toMatchObject({ itzoVersion: undefined, defaultVolumeGib: 5 });
	});
});

describe("values that parseProvider accepts", () => {
	it.each([
		{ key: "defaultVolumeSize", value: "1.5Gi", gives: { defaultVolumeGib: 2 } },
		{ key: "defaultVolumeSize", value: "20G", gives: { defaultVolumeGib: 19 } },
		{ key: "defaultVolumeSize", value: "2147483649", gives: { defaultVolumeGib: 3 } },
		{ key: "defaultVolumeSize", value: "5e9", gives: { defaultVolumeGib: 5 } },
		{ key: "agentMemory", value: "0", gives: { agentMemoryMib: 0 } },
		{ key: "agentMemory", value: "100M", gives: { agentMemoryMib: 96 } },
		{ key: "vmMemoryOverheadPercent", value: "0", gives: { vmMemoryOverheadPercent: 0 } },
		{ key: "vmMemoryOverheadPercent", value: "5.50", gives: { vmMemoryOverheadPercent: 5.5 } },
		{
			key: "spot",
			value: "{maxPrice: 0.10, fallback: on-demand}",
			gives: { spot: { maxHourlyUsd: 0.1, fallback: "on-demand" } },
		},
		{ key: "volumeEncryption", value: "'on'", gives: { volumeEncryption: "on" } },
		{ key: "volumeEncryption", value: "on", gives: { volumeEncryption: "on" } },
		{ key: "cloudInitFlavor", value: "canonical", gives: { metadataTokens: "required" } },
		{ key: "cloudInitFlavor", value: "elotl", gives: { metadataTokens: "optional" } },
		{ key: "metadataTokens", value: "required", gives: { metadataTokens: "required" } },
		{ key: "privateIPOnly", value: "yes", gives: { privateIpOnly: true } },
		{
			key: "cellConfig",
			value: "{a: 3, b: true, c: text}",
			gives: { cellConfig: { a: "3", b: "true", c: "text" } },
		},
		{ key: "itzo", value: "{version: 532}", gives: { itzoVersion: "532" } },
		{ key: "itzo", value: "{url: 'http://h/x/'}", gives: { itzoUrl: "http://h/x" } },
		{ key: "nametag", value: "a", gives: { nametag: "a" } },
		{
			key: "nametag",
			value: "abcdefghijklmnopqrstuvwx",
			gives: { nametag: "abcdefghijklmnopqrstuvwx" },
		},
		{
			key: "extraCIDRs",
			value: "['fd00::/8', 0.0.0.0/0]",
			gives: { extraCidrs: ["fd00::/8", "0.0.0.0/0"] },
		},
		{ key: "defaultIAMPermissions", value: "cells", gives: { defaultInstanceProfile: "cells" } },
		{ key: "bootTimeoutSeconds", value: "60", gives: { bootTimeoutSeconds: 60 } },
		{ key: "certificateLifetimeDays", value: "1", gives: { certificateLifetimeSeconds: 86_400 } },
		{ key: "maxLifetime", value: "10m", gives: { maxLifetimeSeconds: 600 } },
		{ key: "maxLifetime", value: "72h", gives: { maxLifetimeSeconds: 259_200 } },
		{ key: "maxLifetime", value: "365d", gives: { maxLifetimeSeconds: 31_536_000 } },
		{ key: "bootImageSpec", value: "{}", gives: { bootImages: { x86_64: {} } } },
		{ key: "bootImageSpecs", value: "{}", gives: { bootImages: { x86_64: {} } } },
		{
			key: "bootImageSpecs",
			value: "{arm64: {owners: self}}",
			gives: { bootImages: { arm64: { owners: "self" } }, cloudInitFlavor: "elotl" },
		},
		{
			key: "bootImageSpec",
			value: "{owners: '099720109477'}",
			gives: { bootImages: { x86_64: { owners: "099720109477" } }, cloudInitFlavor: "canonical" },
		},
		{
			key: "bootImageSpec",
			value: "{imageIDs: 'ami-0123456789abcdef0 resolve:ssm:/aws/service/x/ami-id:7'}",
			gives: {
				bootImages: {
					x86_64: { imageIDs: "ami-0123456789abcdef0 resolve:ssm:/aws/service/x/ami-id:7" },
				},
				cloudInitFlavor: "elotl",
			},
		},
		{
			key: "bootImageSpecs",
			value: "{arm64: {imageIDs: 'resolve:ssm:/aws/service/canonical/ubuntu/ami-id'}}",
			gives: { cloudInitFlavor: "canonical", metadataTokens: "required" },
		},
	])("cells.$key: $value", ({ key, value, gives }) => {
		const { config } = parseProvider(providerYaml({ cells: { [key]: value } }));
		expect(config.cells).toMatchObject(gives);
	});

	it("the operator's word on the cloud-init flavour over the image's owner", () => {
		const cells = { bootImageSpec: "{owners: '099720109477'}", cloudInitFlavor: "elotl" };
		expect(parseProvider(providerYaml({ cells })).config.cells.cloudInitFlavor).toBe("elotl");
	});

	it("a boot image spec and a cloud-init file's path of any length, as they are", () => {
		const filters = `name=${"elotl-kip-*,".repeat(30)}x`;
		const cloudInitFile = `${"folder/".repeat(30)}cloud-init.yaml`;
		const yaml = providerYaml({
			cells: { bootImageSpec: `{filters: "${filters}"}`, cloudInitFile },
		});
		expect(parseProvider(yaml).config.cells.bootImages).toEqual({ x86_64: { filters } });
		expect(inspectProvider(yaml, {}).cloudInitFile).toBe(cloudInitFile);
	});

	it.each([
		"alias/cells",
		"1234abcd-12ab-34cd-56ef-1234567890ab",
		"mrk-1234abcd12ab34cd56ef1234567890ab",
		"arn:aws:kms:us-east-1:123456789012:key/1234abcd-12ab-34cd-56ef-1234567890ab",
		"arn:aws-us-gov:kms:us-gov-west-1:123456789012:alias/cells",
	])("KMS key %s beside encryption", (volumeKmsKeyID) => {
		const cells = { volumeKmsKeyID, volumeEncryption: "on" };
		expect(parseProvider(providerYaml({ cells })).config.cells.volumeKmsKeyId).toBe(volumeKmsKeyID);
	});

	it("the operator's word on metadata tokens over the flavour, with a warning where cells can't boot", () => {
		const relaxed = { cloudInitFlavor: "canonical", metadataTokens: "optional" };
		const { config, warnings } = parseProvider(providerYaml({ cells: relaxed }));
		expect(config.cells.metadataTokens).toBe("optional");
		expect(warnings).toEqual([]);
		const unbootable = { metadataTokens: "required" };
		expect(parseProvider(providerYaml({ cells: unbootable })).warnings).toMatchObject([
			{ path: "cells.metadataTokens", problem: expect.stringContaining("never answers") },
		]);
	});

	it.each([
		{ when: "it is shorter than the certificates'", over: {}, lifetime: "30d", said: [] },
		{
			when: "its certificate ends before it does",
			over: {},
			lifetime: "31d",
			said: [expect.stringContaining("after 30 days (certificateLifetimeDays)")],
		},
		{
			when: "certificates live for long enough",
			over: { certificateLifetimeDays: "90" },
			lifetime: "90d",
			said: [],
		},
		{
			when: "it ends while it may still boot",
			over: {},
			lifetime: "20m",
			said: [expect.stringContaining("(bootTimeoutSeconds: 1200)")],
		},
	])("a cell's lifetime of $lifetime, and warns of what is hardly meant: $when", (given) => {
		const { over, lifetime, said } = given;
		const { warnings } = parseProvider(providerYaml({ cells: { ...over, maxLifetime: lifetime } }));
		expect(warnings.map(({ problem }) => problem)).toEqual(said);
	});

	it("Kip's one spec beside ours for another architecture", () => {
		const cells = { bootImageSpec: "{owners: self}", bootImageSpecs: "{arm64: {owners: amazon}}" };
		expect(parseProvider(providerYaml({ cells })).config.cells.bootImages).toEqual({
			x86_64: { owners: "self" },
			arm64: { owners: "amazon" },
		});
	});

	it.each(["us-gov-west-1", "ap-southeast-7", "eusc-de-east-1", "us-iso-east-1"])(
		"region %s",
		(region) => {
			expect(parseProvider(providerYaml({ aws: { region } })).config.aws.region).toBe(region);
		},
	);

	it("the functions' region before the file's, with a warning when they differ", () => {
		const { config, warnings } = parseProvider(providerYaml(), { region: "eu-west-1" });
		expect(config.aws.region).toBe("eu-west-1");
		expect(warnings).toMatchObject([{ path: "cloud.aws.region", value: "us-east-1" }]);
	});

	it("the controller's id as nametag where none is written", () => {
		const { config } = parseProvider(providerYaml(), { controllerId: "blue" });
		expect(config.cells.nametag).toBe("blue");
	});

	it("merge keys and a few aliases", () => {
		const yaml = providerYaml({
			cells: { bootImageSpecs: "{amd64: &a {owners: self}, arm64: {<<: *a, filters: name=x}}" },
		});
		expect(parseProvider(yaml).config.cells.bootImages.arm64).toEqual({
			owners: "self",
			filters: "name=x",
		});
	});
});
