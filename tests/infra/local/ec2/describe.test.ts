import {
	DescribeImagesCommand,
	type DescribeImagesCommandInput,
	DescribeInstancesCommand,
	DescribeSubnetsCommand,
	type Filter,
	paginateDescribeInstances,
} from "@aws-sdk/client-ec2";
import fc from "fast-check";
import { describe, expect, it } from "vitest";
import { isLike } from "../../../../infra/local/ec2/filters.ts";
import type { SimulatedImage } from "../../../../infra/local/ec2/model.ts";
import { elotlArmImage, elotlImage, nic, refusal, run, simulator, subnets } from "./simulator.ts";

const oldElotlImage = "ami-0e10710000000001a";
const ubuntu = ["ami-0ca10000000000001", "ami-0ca10000000000002"];
const own: SimulatedImage = {
	imageId: "ami-0123456789abcdef0",
	name: "mine",
	ownerId: "123456789012",
	architecture: "x86_64",
	creationDate: "2026-01-01T00:00:00.000Z",
	deprecationTime: "2026-01-02T00:00:00.000Z",
	rootDeviceName: "/dev/xvda",
	sharedWith: ["210987654321"],
	tags: { team: "cells" },
	metadataProtocol: "IMDSv1",
};
const foreign: SimulatedImage = {
	...own,
	imageId: "ami-0123456789abcdef1",
	ownerId: "210987654321",
	name: "theirs",
	sharedWith: ["210987654321"],
};

const filter = (Name: string, ...Values: string[]): { Filters: Filter[] } => ({
	Filters: [{ Name, Values }],
});

describe("DescribeImages", () => {
	const cases: { asked: DescribeImagesCommandInput; found: string[] }[] = [
		{
			asked: { Owners: ["689494258501"], ...filter("name", "elotl-kip-*") },
			found: [elotlImage, elotlArmImage],
		},
		{
			asked: { ...filter("name", "elotl-kip-*"), IncludeDeprecated: true },
			found: [oldElotlImage, elotlImage, elotlArmImage],
		},
		{ asked: filter("name", "ubuntu/images/*"), found: ubuntu },
		{ asked: filter("name", "UBUNTU/*"), found: [] },
		{ asked: filter("name", "elotl-kip-1217-????????-*"), found: [elotlImage] },
		{ asked: { Owners: ["self"] }, found: [own.imageId] },
		{ asked: { Owners: ["self", "099720109477"] }, found: [...ubuntu, own.imageId] },
		{ asked: { ExecutableUsers: ["210987654321"] }, found: [own.imageId] },
		{ asked: { ExecutableUsers: ["self"] }, found: [] },
		{ asked: { ImageIds: [elotlImage] }, found: [elotlImage] },
		{ asked: filter("image-id", elotlImage, own.imageId), found: [elotlImage, own.imageId] },
		{ asked: filter("tag-key", "team"), found: [own.imageId] },
		{
			asked: {
				Filters: [
					{ Name: "architecture", Values: ["arm64"] },
					{ Name: "state", Values: ["available"] },
				],
			},
			found: [elotlArmImage, ubuntu[1] ?? ""],
		},
	];
	it.each(cases)("finds $found for $asked", async ({ asked, found }) => {
		const images = [...(await simulator()).ec2.images, own, foreign];
		const { client } = await simulator({ images });
		const { Images = [] } = await client.send(new DescribeImagesCommand(asked));
		expect(Images.map(({ ImageId }) => ImageId)).toEqual(found);
	});

	it("shows what a launch needs of an image", async () => {
		const { client } = await simulator();
		const asked = new DescribeImagesCommand({ ImageIds: [elotlArmImage] });
		expect((await client.send(asked)).Images?.[0]).toMatchObject({
			Name: "elotl-kip-1217-arm64-20210823-183512",
			OwnerId: "689494258501",
			Architecture: "arm64",
			State: "available",
			CreationDate: "2021-08-23T18:46:30.000Z",
			RootDeviceName: "/dev/xvda",
			RootDeviceType: "ebs",
			BlockDeviceMappings: [
				{
					DeviceName: "/dev/xvda",
					Ebs: { VolumeSize: 4, VolumeType: "gp3", Iops: 3000, Throughput: 125 },
				},
			],
		});
	});

	it.each([
		{ asked: { ImageIds: ["ami-x"] }, code: "InvalidAMIID.Malformed" },
		{ asked: { ImageIds: [elotlImage, foreign.imageId] }, code: "InvalidAMIID.NotFound" },
		{ asked: filter("colour", "blue"), code: "InvalidParameterValue" },
		{ asked: { ImageIds: [elotlImage], MaxResults: 5 }, code: "InvalidParameterCombination" },
	])("refuses $asked with $code", async ({ asked, code }) => {
		const { client } = await simulator({ images: [...(await simulator()).ec2.images, foreign] });
		const sent = client.send(new DescribeImagesCommand(asked));
		expect(await refusal(sent)).toMatchObject({ code });
	});
});

describe("DescribeInstances", () => {
	it.each([
		{ filters: filter("client-token", "web"), found: 1 },
		{ filters: filter("client-token", "none"), found: 0 },
		{ filters: filter("tag:app", "we*"), found: 2 },
		{ filters: filter("tag:app", "web", "db"), found: 2 },
		{ filters: filter("tag-key", "app"), found: 2 },
		{ filters: filter("subnet-id", subnets.b), found: 1 },
		{ filters: filter("vpc-id", "vpc-*"), found: 3 },
		{ filters: filter("instance-state-name", "pending"), found: 3 },
		{ filters: filter("instance-state-name", "running", "terminated"), found: 0 },
		{
			filters: {
				Filters: [
					{ Name: "tag:app", Values: ["web"] },
					{ Name: "client-token", Values: ["web"] },
				],
			},
			found: 1,
		},
	])("finds $found for $filters", async ({ filters, found }) => {
		const { client } = await simulator();
		const tags = {
			TagSpecifications: [
				{ ResourceType: "instance" as const, Tags: [{ Key: "app", Value: "web" }] },
			],
		};
		await run(client, { ClientToken: "web", ...tags });
		await run(client, { NetworkInterfaces: nic({ SubnetId: subnets.b }), ...tags });
		await run(client);
		const { Reservations = [] } = await client.send(new DescribeInstancesCommand(filters));
		expect(Reservations.flatMap(({ Instances = [] }) => Instances)).toHaveLength(found);
	});

	it("shows every instance exactly once, page by page", async () => {
		const { client } = await simulator();
		const born = await run(client, { MinCount: 12, MaxCount: 12 });
		const sizes: number[] = [];
		const seen: (string | undefined)[] = [];
		for await (const page of paginateDescribeInstances({ client, pageSize: 5 }, {})) {
			const instances = (page.Reservations ?? []).flatMap(({ Instances = [] }) => Instances);
			sizes.push(instances.length);
			seen.push(...instances.map(({ InstanceId }) => InstanceId));
		}
		expect(sizes).toEqual([5, 5, 2]);
		expect(seen).toEqual(born.map(({ InstanceId }) => InstanceId));
	});

	it.each([
		{ asked: { MaxResults: 4 }, code: "InvalidParameterValue" },
		{ asked: { MaxResults: 5, NextToken: "made-up" }, code: "InvalidNextToken" },
		{ asked: filter("colour", "blue"), code: "InvalidParameterValue" },
		{ asked: { InstanceIds: ["i-1"] }, code: "InvalidInstanceID.Malformed" },
	])("refuses $asked with $code", async ({ asked, code }) => {
		const { client } = await simulator();
		await run(client);
		const sent = client.send(new DescribeInstancesCommand(asked));
		expect(await refusal(sent)).toMatchObject({ code });
	});
});

describe("DescribeSubnets", () => {
	it("shows zone, network and free addresses, which a launch takes two of", async () => {
		const { client, ec2 } = await simulator();
		const ask = async () =>
			(await client.send(new DescribeSubnetsCommand({ SubnetIds: [subnets.a] }))).Subnets?.[0];
		expect(await ask()).toMatchObject({
			SubnetId: subnets.a,
			VpcId: ec2.vpcId,
			AvailabilityZone: "us-east-1a",
			AvailabilityZoneId: "use1-az1",
			State: "available",
			AvailableIpAddressCount: 4091,
			CidrBlock: expect.stringMatching(/^127\.\d+\.0\.0\/20$/),
		});
		await run(client);
		expect(await ask()).toMatchObject({ AvailableIpAddressCount: 4089 });
	});

	it.each([
		{ asked: filter("availability-zone-id", "use1-az2"), found: [subnets.b] },
		{ asked: filter("vpc-id", "vpc-0aaaaaaaaaaaaaaaa"), found: [] },
		{ asked: filter("tag:tier", "cells"), found: [] },
	])("finds $found for $asked", async ({ asked, found }) => {
		const { client } = await simulator();
		const { Subnets = [] } = await client.send(new DescribeSubnetsCommand(asked));
		expect(Subnets.map(({ SubnetId }) => SubnetId)).toEqual(found);
	});

	it("refuses a subnet that nobody knows", async () => {
		const { client } = await simulator();
		const sent = client.send(new DescribeSubnetsCommand({ SubnetIds: ["subnet-0"] }));
		expect(await refusal(sent)).toMatchObject({ code: "InvalidSubnetID.NotFound" });
	});
});

describe("filter patterns", () => {
	it.each([
		["*", "", true],
		["a*c", "abbbc", true],
		["a*c", "abd", false],
		["a?c", "abc", true],
		["a?c", "ac", false],
		["a.c", "abc", false],
		["a\\*c", "a*c", true],
		["a\\*c", "abc", false],
		["(a|b)", "a", false],
		["a\\", "a\\", true],
	])("%s against %s: %s", (pattern, text, like) => {
		expect(isLike(pattern, text)).toBe(like);
	});

	it("match themselves when escaped, and nothing else", () => {
		fc.assert(
			fc.property(fc.string(), fc.string(), (text, other) => {
				const pattern = text.replace(/[\\*?]/g, "\\$&");
				expect(isLike(pattern, text)).toBe(true);
				expect(isLike(pattern, other)).toBe(other === text);
			}),
		);
	});
});
