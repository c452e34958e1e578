import { DescribeInstancesCommand, type RunInstancesCommandInput } from "@aws-sdk/client-ec2";
import { describe, expect, it } from "vitest";
import {
	elotlArmImage,
	group,
	launchInput,
	nic,
	refusal,
	run,
	simulator,
	subnets,
} from "./simulator.ts";

const base64 = (bytes: number): string => Buffer.alloc(bytes, "x").toString("base64");
const tags = (...tags: [string, string][]): Partial<RunInstancesCommandInput> => ({
	TagSpecifications: [
		{ ResourceType: "instance", Tags: tags.map(([Key, Value]) => ({ Key, Value })) },
	],
});
const spot = (SpotOptions: object): Partial<RunInstancesCommandInput> => ({
	InstanceMarketOptions: { MarketType: "spot", SpotOptions },
});
const volume = (Ebs: object): Partial<RunInstancesCommandInput> => ({
	BlockDeviceMappings: [{ DeviceName: "/dev/xvda", Ebs }],
});
const profileArn = "arn:aws:iam::123456789012:instance-profile/cells/web";

type Case = { when: string; over: object; code: string };

const refused: Case[] = [
	{ when: "the image id is malformed", over: { ImageId: "ami-1" }, code: "InvalidAMIID.Malformed" },
	{
		when: "nobody knows the image",
		over: { ImageId: "ami-0123456789abcdef0" },
		code: "InvalidAMIID.NotFound",
	},
	{ when: "there is no image", over: { ImageId: undefined }, code: "MissingParameter" },
	{
		when: "nobody knows the type",
		over: { InstanceType: "m5.huge" },
		code: "InvalidParameterValue",
	},
	{
		when: "image and type differ in architecture",
		over: { ImageId: elotlArmImage },
		code: "InvalidParameterValue",
	},
	{
		when: "user data is not base64",
		over: { UserData: "#cloud-config" },
		code: "InvalidUserData.Malformed",
	},
	{
		when: "base64 lacks its padding",
		over: { UserData: "aGk" },
		code: "InvalidUserData.Malformed",
	},
	{
		when: "user data is one byte too long",
		over: { UserData: base64(16_385) },
		code: "InvalidUserData.Malformed",
	},
	{
		when: "there is no subnet",
		over: { NetworkInterfaces: nic({ SubnetId: undefined }) },
		code: "VPCIdNotSpecified",
	},
	{
		when: "nobody knows the subnet",
		over: { NetworkInterfaces: nic({ SubnetId: "subnet-0123456789abcdef0" }) },
		code: "InvalidSubnetID.NotFound",
	},
	{
		when: "the subnet stands beside an interface",
		over: { SubnetId: subnets.a },
		code: "InvalidParameterCombination",
	},
	{
		when: "security groups stand beside an interface",
		over: { SecurityGroupIds: [group] },
		code: "InvalidParameterCombination",
	},
	{
		when: "a security group id is malformed",
		over: { NetworkInterfaces: nic({ Groups: ["web"] }) },
		code: "InvalidGroupId.Malformed",
	},
	{
		when: "nobody knows the security group",
		over: { NetworkInterfaces: nic({ Groups: ["sg-0aaaaaaaaaaaaaaaa"] }) },
		code: "InvalidGroup.NotFound",
	},
	{
		when: "the interface has no device index",
		over: { NetworkInterfaces: nic({ DeviceIndex: undefined }) },
		code: "MissingParameter",
	},
	{
		when: "the primary interface has another index",
		over: { NetworkInterfaces: nic({ DeviceIndex: 1, AssociatePublicIpAddress: true }) },
		code: "InvalidParameterCombination",
	},
	{
		when: "many instances are to have one private address",
		over: { MaxCount: 2, NetworkInterfaces: nic({ PrivateIpAddress: "127.0.0.9" }) },
		code: "InvalidParameterCombination",
	},
	{
		when: "secondary addresses are counted and named",
		over: { NetworkInterfaces: nic({ PrivateIpAddresses: [{ PrivateIpAddress: "127.0.0.9" }] }) },
		code: "InvalidParameterCombination",
	},
	{
		when: "the count of secondary addresses is negative",
		over: { NetworkInterfaces: nic({ SecondaryPrivateIpAddressCount: -1 }) },
		code: "InvalidParameterValue",
	},
	{
		when: "the type can't hold that many addresses",
		over: {
			InstanceType: "t3.nano",
			NetworkInterfaces: nic({ SecondaryPrivateIpAddressCount: 2 }),
		},
		code: "PrivateIpAddressLimitExceeded",
	},
	{
		when: "the client token has 65 characters",
		over: { ClientToken: "x".repeat(65) },
		code: "InvalidClientToken",
	},
	{
		when: "the client token isn't ASCII",
		over: { ClientToken: "zellé" },
		code: "InvalidClientToken",
	},
	{ when: "MinCount is 0", over: { MinCount: 0 }, code: "InvalidParameterValue" },
	{
		when: "MaxCount is below MinCount",
		over: { MinCount: 2, MaxCount: 1 },
		code: "InvalidParameterCombination",
	},
	{ when: "there is no MaxCount", over: { MaxCount: undefined }, code: "MissingParameter" },
	{ when: "a tag key is AWS's own", over: tags(["aws:me", "1"]), code: "InvalidParameterValue" },
	{ when: "a tag key is empty", over: tags(["", "1"]), code: "InvalidParameterValue" },
	{
		when: "a tag key is too long",
		over: tags(["k".repeat(129), "1"]),
		code: "InvalidParameterValue",
	},
	{
		when: "a tag value is too long",
		over: tags(["k", "v".repeat(257)]),
		code: "InvalidParameterValue",
	},
	{
		when: "a tag key stands there twice",
		over: tags(["k", "1"], ["k", "2"]),
		code: "InvalidParameterValue",
	},
	{
		when: "there are 51 tags",
		over: tags(...Array.from({ length: 51 }, (_, i): [string, string] => [`k${i}`, "v"])),
		code: "TagLimitExceeded",
	},
	{
		when: "something untaggable is to be tagged",
		over: { TagSpecifications: [{ ResourceType: "vpc", Tags: [{ Key: "a", Value: "b" }] }] },
		code: "InvalidParameterValue",
	},
	{
		when: "nobody knows the market",
		over: { InstanceMarketOptions: { MarketType: "flea" } },
		code: "InvalidParameterValue",
	},
	{
		when: "the maximum price is too low",
		over: spot({ MaxPrice: "0.0001" }),
		code: "InvalidParameterValue",
	},
	{
		when: "a persistent request is to terminate",
		over: spot({ SpotInstanceType: "persistent" }),
		code: "InvalidParameterCombination",
	},
	{
		when: "a one-time request is to stop",
		over: spot({ InstanceInterruptionBehavior: "stop" }),
		code: "InvalidParameterCombination",
	},
	{
		when: "a one-time request has an end",
		over: spot({ SpotInstanceType: "one-time", ValidUntil: new Date(0) }),
		code: "InvalidParameterCombination",
	},
	{
		when: "a profile is named twice over",
		over: { IamInstanceProfile: { Arn: profileArn, Name: "web" } },
		code: "InvalidParameterCombination",
	},
	{
		when: "a profile's ARN is a role's",
		over: { IamInstanceProfile: { Arn: "arn:aws:iam::123456789012:role/web" } },
		code: "InvalidIamInstanceProfileArn.Malformed",
	},
	{
		when: "a profile's name has a blank",
		over: { IamInstanceProfile: { Name: "my cells" } },
		code: "InvalidParameterValue",
	},
	{
		when: "a volume's type is unknown",
		over: volume({ VolumeType: "gp9" }),
		code: "UnknownVolumeType",
	},
	{
		when: "a gp2 volume is to have IOPS",
		over: volume({ VolumeType: "gp2", Iops: 3000 }),
		code: "InvalidParameterCombination",
	},
	{
		when: "an io1 volume is to have throughput",
		over: volume({ VolumeType: "io1", Iops: 100, Throughput: 125 }),
		code: "InvalidParameterCombination",
	},
	{
		when: "the root volume is smaller than its snapshot",
		over: volume({ VolumeSize: 3 }),
		code: "InvalidBlockDeviceMapping",
	},
	{
		when: "a type without credits is to have some",
		over: { CreditSpecification: { CpuCredits: "standard" } },
		code: "InvalidParameterCombination",
	},
	{
		when: "metadata are to travel 65 hops",
		over: { MetadataOptions: { HttpPutResponseHopLimit: 65 } },
		code: "InvalidParameterValue",
	},
	{
		when: "the shutdown behaviour is unknown",
		over: { InstanceInitiatedShutdownBehavior: "explode" },
		code: "InvalidParameterValue",
	},
	{
		when: "a parameter isn't simulated",
		over: { HibernationOptions: { Configured: true } },
		code: "UnknownParameter",
	},
	{
		when: "the type isn't sold in that zone",
		over: { InstanceType: "p3.2xlarge", NetworkInterfaces: nic({ SubnetId: subnets.c }) },
		code: "Unsupported",
	},
	{ when: "it is a dry run", over: { DryRun: true }, code: "DryRunOperation" },
];

const accepted: Omit<Case, "code">[] = [
	{ when: "user data fills all 16,384 bytes", over: { UserData: base64(16_384) } },
	{ when: "there is no user data", over: { UserData: undefined } },
	{
		when: "subnet and groups stand at the top",
		over: { NetworkInterfaces: undefined, SubnetId: subnets.a, SecurityGroupIds: [group] },
	},
	{ when: "the client token has 64 characters", over: { ClientToken: "x".repeat(64) } },
	{ when: "a tag is as long as it may be", over: tags(["k".repeat(128), "v".repeat(256)]) },
	{ when: "a profile is named", over: { IamInstanceProfile: { Name: "cells" } } },
	{ when: "a profile's ARN is given", over: { IamInstanceProfile: { Arn: profileArn } } },
	{
		when: "a spot instance is to terminate",
		over: spot({ SpotInstanceType: "one-time", InstanceInterruptionBehavior: "terminate" }),
	},
	{
		when: "the root volume is a larger gp3",
		over: volume({ VolumeType: "gp3", VolumeSize: 20, Iops: 3000, Throughput: 125 }),
	},
	{
		when: "a burstable type names its credit mode",
		over: { InstanceType: "t3.nano", CreditSpecification: { CpuCredits: "unlimited" } },
	},
];

describe("RunInstances", () => {
	it.each(refused)("refuses with $code when $when", async ({ over, code }) => {
		const { client, ec2 } = await simulator({ securityGroupIds: [group] });
		const launched: string[] = [];
		ec2.events.on("state-change", ({ instanceId }) => launched.push(instanceId));
		expect(await refusal(run(client, over))).toMatchObject({ code });
		expect(launched).toEqual([]);
	});

	it.each(accepted)("launches when $when", async ({ over }) => {
		const { client } = await simulator();
		expect(await run(client, over)).toHaveLength(1);
	});

	it("answers with what the SDK needs to find the cell", async () => {
		const { client, ec2, clock } = await simulator();
		const [instance] = await run(client, {
			ClientToken: "web-1",
			IamInstanceProfile: { Name: "cells" },
			...tags(["Name", 'a <b> & "c"']),
			...spot({}),
		});
		expect(instance).toMatchObject({
			ImageId: launchInput().ImageId,
			InstanceType: "m5.large",
			State: { Code: 0, Name: "pending" },
			LaunchTime: new Date(clock.nowMs()),
			Placement: { AvailabilityZone: "us-east-1a", AvailabilityZoneId: "use1-az1" },
			SubnetId: subnets.a,
			VpcId: ec2.vpcId,
			ClientToken: "web-1",
			InstanceLifecycle: "spot",
			Architecture: "x86_64",
			Tags: [{ Key: "Name", Value: 'a <b> & "c"' }],
			IamInstanceProfile: { Arn: "arn:aws:iam::123456789012:instance-profile/cells" },
			SecurityGroups: [{ GroupId: group }],
		});
		const addresses = instance?.NetworkInterfaces?.[0]?.PrivateIpAddresses ?? [];
		expect(addresses.map(({ Primary }) => Primary)).toEqual([true, false]);
		expect(addresses[0]?.PrivateIpAddress).toBe(instance?.PrivateIpAddress);
		expect(new Set(addresses.map((address) => address.PrivateIpAddress)).size).toBe(2);
	});

	it("keeps what EC2 doesn't show", async () => {
		const { client, ec2 } = await simulator();
		const [kept] = await run(client);
		const [careless] = await run(client, { InstanceInitiatedShutdownBehavior: undefined });
		expect(ec2.instance(kept?.InstanceId ?? "")?.shutdownBehavior).toBe("terminate");
		expect(ec2.instance(careless?.InstanceId ?? "")?.shutdownBehavior).toBe("stop");
	});

	it("puts the instances of one call into one reservation", async () => {
		const { client } = await simulator();
		const instances = await run(client, { MinCount: 3, MaxCount: 3 });
		expect(instances.map(({ AmiLaunchIndex }) => AmiLaunchIndex)).toEqual([0, 1, 2]);
		const { Reservations } = await client.send(new DescribeInstancesCommand({}));
		expect(Reservations).toHaveLength(1);
		expect(new Set(instances.map(({ PrivateIpAddress }) => PrivateIpAddress)).size).toBe(3);
	});

	it("shows each call to who listens, but no user data", async () => {
		const { client, ec2 } = await simulator();
		const calls: object[] = [];
		ec2.events.on("taken", (call) => calls.push(call));
		const UserData = Buffer.from("a private key").toString("base64");
		await run(client, { UserData });
		await refusal(run(client, { ImageId: "ami-1", UserData }));
		expect(calls).toMatchObject([
			{ action: "RunInstances", status: 200, parameters: { MaxCount: "1" } },
			{ action: "RunInstances", status: 400, code: "InvalidAMIID.Malformed" },
		]);
		expect(JSON.stringify(calls)).not.toContain(UserData);
	});

	it("never quotes user data that it refuses", async () => {
		const { client } = await simulator();
		const { message } = await refusal(run(client, { UserData: "SECRET-KEY!" }));
		expect(message).not.toContain("SECRET");
	});
});
