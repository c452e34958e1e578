import { DescribeInstancesCommand, EC2Client } from "@aws-sdk/client-ec2";
import { afterAll, beforeAll, describe, expect, it, vi } from "vitest";
import { type SimulatedEc2, startEc2 } from "../../infra/local/ec2/server.ts";
import { laptopAws } from "../../infra/local/laptop-aws.ts";
import { parseProvider } from "../../shared/config/provider.ts";
import { launchRequestOf } from "../../shared/flows/launch-request.ts";
import { ec2Instances } from "../../shared/instances/instances.ec2.ts";
import { runInstancesInput } from "../../shared/instances/run-instances.ec2.ts";
import { anAuthority } from "../support/authorities.ts";
import { aLaunchingCell, anImage, aPlan, morning } from "../support/cells.ts";
import { aLaunchRequest } from "../support/launch-request.ts";
import { providerYaml } from "../support/provider-yaml.ts";

/** The launch request of a plain pod under these settings. */
const requestUnder = (cells: Record<string, string>, plan = aPlan()) =>
	launchRequestOf(aLaunchingCell("1", plan), {
		issuer: anAuthority(morning).issuer,
		userDataFor: () => Buffer.from("#cloud-config\n{}\n"),
		config: parseProvider(providerYaml({ cells })).config,
		controllerId: "test",
	});
const volumeUnder = (cells: Record<string, string>) =>
	runInstancesInput(requestUnder(cells)).BlockDeviceMappings?.[0]?.Ebs;

describe("the root volume of a launch", () => {
	it("leaves encryption to image and account unless told otherwise", () => {
		expect(volumeUnder({})).not.toHaveProperty("Encrypted");
		expect(volumeUnder({ volumeEncryption: "default" })).not.toHaveProperty("Encrypted");
	});

	it("is encrypted with the account's key, or with the operator's", () => {
		expect(volumeUnder({ volumeEncryption: "on" })).toMatchObject({ Encrypted: true });
		expect(volumeUnder({ volumeEncryption: "on" })).not.toHaveProperty("KmsKeyId");
		expect(volumeUnder({ volumeEncryption: "on", volumeKmsKeyID: "alias/cells" })).toMatchObject({
			Encrypted: true,
			KmsKeyId: "alias/cells",
		});
	});

	it.each([
		{ volumeType: "gp3", asked: { Iops: 4_000, Throughput: 250 } },
		{ volumeType: "io1", asked: { Iops: 4_000 } },
		{ volumeType: "io2", asked: { Iops: 4_000 } },
		{ volumeType: "gp2", asked: {} },
		{ volumeType: "st1", asked: {} },
	])(
		"of type $volumeType has $asked of the image's IOPS and throughput",
		({ volumeType, asked }) => {
			const rootDevice = {
				name: "/dev/xvda",
				sizeGib: 8,
				volumeType,
				iops: 4_000,
				throughputMibps: 250,
			};
			const plan = aPlan({ image: anImage({ rootDevice }), volumeGib: 12 });
			expect(runInstancesInput(requestUnder({}, plan)).BlockDeviceMappings).toEqual([
				{
					DeviceName: "/dev/xvda",
					Ebs: { VolumeSize: 12, VolumeType: volumeType, DeleteOnTermination: true, ...asked },
				},
			]);
		},
	);
});

describe("security groups of a launch", () => {
	const ports = {
		issuer: anAuthority(morning).issuer,
		userDataFor: () => Buffer.from("#cloud-config\n{}\n"),
		config: parseProvider(providerYaml({ cells: { extraSecurityGroups: "[sg-0000000a]" } })).config,
		controllerId: "test",
	};
	it("are the deployment's own, then the operator's, each once", () => {
		const groups = (cellsSecurityGroup: string | undefined) =>
			launchRequestOf(aLaunchingCell("1", aPlan()), { ...ports, cellsSecurityGroup })
				.securityGroupIds;
		expect(groups("sg-0000000b")).toEqual(["sg-0000000b", "sg-0000000a"]);
		expect(groups("sg-0000000a")).toEqual(["sg-0000000a"]);
		expect(groups(undefined)).toEqual(["sg-0000000a"]);
	});
});

describe("instance metadata of a launch", () => {
	it.each([
		{ when: "the images are Elotl's", cells: {}, tokens: "optional" },
		{
			when: "the images are Canonical's",
			cells: { bootImageSpec: "{owners: '099720109477'}" },
			tokens: "required",
		},
		{
			when: "the operator says so",
			cells: { cloudInitFlavor: "canonical", metadataTokens: "optional" },
			tokens: "optional",
		},
	])("has tokens $tokens when $when, and one hop", ({ cells, tokens }) => {
		expect(runInstancesInput(requestUnder(cells)).MetadataOptions).toEqual({
			HttpEndpoint: "enabled",
			HttpTokens: tokens,
			HttpPutResponseHopLimit: 1,
		});
	});
});

describe("EC2 by its wire protocol", () => {
	const { signal } = new AbortController();
	let ec2: SimulatedEc2;
	let client: EC2Client;

	beforeAll(async () => {
		ec2 = await startEc2({
			types: { "t3a.small": { architecture: "x86_64", vcpus: 2 } },
			throttling: false,
			times: { visibleAfterMs: 0 },
			bootTime: { medianMs: 60_000, spread: 0 },
		});
		client = new EC2Client({ ...laptopAws, endpoint: ec2.endpoint, maxAttempts: 1 });
	});
	afterAll(async () => {
		client.destroy();
		await ec2.close();
	});

	it("takes an encrypted volume with a key, and gives the machine the tokens that were asked for", async () => {
		const outcome = await ec2Instances(client, client).launch(
			aLaunchRequest({
				image: anImage({ imageId: ec2.images.at(-2)?.imageId ?? "" }),
				subnetId: ec2.zones[0]?.subnetId ?? "",
				volumeEncryption: { kmsKeyId: "alias/cells" },
				metadataTokens: "required",
			}),
			signal,
		);
		if (outcome.outcome !== "launched") throw new Error(outcome.message);
		const instanceId = outcome.instances[0]?.instanceId ?? "none";
		const described = await vi.waitFor(
			async () => client.send(new DescribeInstancesCommand({ InstanceIds: [instanceId] })),
			{ timeout: 10_000 },
		);
		expect(described.Reservations?.[0]?.Instances?.[0]?.MetadataOptions).toMatchObject({
			HttpTokens: "required",
		});
	});
});
