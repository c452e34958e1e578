import { DescribeInstancesCommand, EC2Client } from "@aws-sdk/client-ec2";
import { afterAll, beforeAll, describe, expect, it, onTestFinished, vi } from "vitest";
import { type SimulatedEc2, startEc2 } from "../../infra/local/ec2/server.ts";
import { laptopAws } from "../../infra/local/laptop-aws.ts";
import { imageFinder } from "../../shared/images/cache.ts";
import { ec2Images } from "../../shared/images/images.ec2.ts";
import type { Image } from "../../shared/images/model.ts";
import { ec2Instances } from "../../shared/instances/instances.ec2.ts";
import type { LaunchRequest } from "../../shared/instances/model.ts";
import { ec2Subnets } from "../../shared/offerings/subnets.ec2.ts";
import { honoursInstances } from "../contracts/instances.ts";
import { answeringServer, ec2Answer } from "../support/answering-server.ts";
import { aLaunchRequest } from "../support/launch-request.ts";
import { memoryInstances } from "../support/memory-instances.ts";

const { signal } = new AbortController();
let ec2: SimulatedEc2;
let client: EC2Client;
let image: Image;

beforeAll(async () => {
	ec2 = await startEc2({
		types: { "t3a.small": { architecture: "x86_64", vcpus: 2 } },
		throttling: false,
		times: { visibleAfterMs: 50 },
		bootTime: { medianMs: 60_000, spread: 0 },
	});
	client = new EC2Client({ ...laptopAws, endpoint: ec2.endpoint, maxAttempts: 1 });
	const cache = new Map();
	const { find } = imageFinder({
		images: ec2Images(client),
		imageCache: {
			get: async (key) => cache.get(key),
			put: async (key, cached) => void cache.set(key, cached),
			remove: async (key) => void cache.delete(key),
		},
		now: () => new Date(),
	});
	({ image } = await find({}, "x86_64", signal));
});
afterAll(async () => {
	client.destroy();
	await ec2.close();
});

const valid = (over: Partial<LaunchRequest> = {}) =>
	aLaunchRequest({ image, subnetId: ec2.zones[0]?.subnetId ?? "", ...over });

describe("EC2 by its wire protocol", () => {
	// DescribeInstances may not know a new instance yet; that is EC2's way, and not ours to hide.
	const visible = async (instanceId: string) => {
		const command = new DescribeInstancesCommand({ InstanceIds: [instanceId] });
		await vi.waitFor(async () => client.send(command), { timeout: 10_000 });
	};
	honoursInstances(
		() => ec2Instances(client, client),
		valid,
		visible,
		(left) => ec2.takeCapacity({ left }),
	);

	it("asks for one machine at least, and for the whole group at most", async () => {
		const taken: (string | undefined)[] = [];
		const listen = ({ parameters }: { parameters: Readonly<Record<string, string>> }) =>
			taken.push(parameters["MinCount"], parameters["MaxCount"]);
		ec2.events.on("taken", listen);
		await ec2Instances(client, client).launch(valid({ clientToken: "counts", count: 4 }), signal);
		ec2.events.off("taken", listen);
		expect(taken).toEqual(["1", "4"]);
	});

	it.each([
		{
			when: "one of them for want of capacity",
			codes: ["Client.UserInitiatedShutdown", "Server.InsufficientInstanceCapacity"],
			answer: { reason: "no-capacity", code: "Server.InsufficientInstanceCapacity" },
		},
		{
			when: "none of them for want of capacity",
			codes: ["Client.UserInitiatedShutdown", "Server.InternalError"],
			answer: { reason: "token-spent" },
		},
	])("says what has become of a group that is ending, $when", async ({ codes, answer }) => {
		const instances = ec2Instances(client, client);
		const request = valid({ clientToken: `ends-${codes.join()}`.slice(0, 64), count: 2 });
		const outcome = await instances.launch(request, signal);
		if (outcome.outcome === "refused") throw new Error(outcome.code);
		for (const [index, instance] of outcome.instances.entries())
			ec2.endAs(instance?.instanceId ?? "", { code: codes[index] ?? "" });
		expect(await instances.launch(request, signal)).toMatchObject({
			outcome: "refused",
			...answer,
		});
	});

	const born = (index: number, podAddress: string) => {
		const second =
			podAddress === ""
				? ""
				: `<item><privateIpAddress>${podAddress}</privateIpAddress><primary>false</primary></item>`;
		return `<item><instanceId>i-0${index}</instanceId><instanceType>t3a.small</instanceType><amiLaunchIndex>${index}</amiLaunchIndex><launchTime>2026-11-23T08:00:00.000Z</launchTime><placement><availabilityZone>us-east-1a</availabilityZone></placement><privateIpAddress>10.0.0.${index}</privateIpAddress><networkInterfaceSet><item><privateIpAddressesSet><item><privateIpAddress>10.0.0.${index}</privateIpAddress><primary>true</primary></item>${second}</privateIpAddressesSet></item></networkInterfaceSet></item>`;
	};
	const answering = async (...instances: readonly string[]) => {
		const { endpoint } = await answeringServer(() =>
			ec2Answer("RunInstances", `<instancesSet>${instances.join("")}</instancesSet>`),
		);
		const odd = new EC2Client({ ...laptopAws, endpoint, maxAttempts: 1 });
		onTestFinished(() => odd.destroy());
		return await ec2Instances(odd, odd).launch(aLaunchRequest({ count: instances.length }), signal);
	};

	it("reads each machine of a group by itself", async () => {
		const outcome = await answering(born(2, "10.0.1.2"), born(1, ""), born(0, "10.0.1.0"));
		expect(outcome).toMatchObject({
			outcome: "launched",
			instances: [{ instanceId: "i-00" }, undefined, { instanceId: "i-02" }],
			unreadable: [{ index: 1, problem: "EC2 described instance i-01 without podAddress" }],
		});
	});

	it.each([
		{ when: "none of them can be read", described: [born(0, ""), born(1, "")] },
		{ when: "there is none", described: [] },
	])("throws where $when: the same request follows", async ({ described }) => {
		await expect(answering(...described)).rejects.toMatchObject({
			kind: "unavailable",
			reason: "IncompleteAnswer",
		});
	});

	it("answers a launch without capacity with what it rules out, and is asked once", async () => {
		const taken: string[] = [];
		const listen = ({ action }: { action: string }) => taken.push(action);
		ec2.events.on("taken", listen);
		const giveBack = ec2.takeCapacity({ instanceType: "t3a.small" });
		const outcome = await ec2Instances(client, client).launch(
			valid({ clientToken: "ice" }),
			signal,
		);
		giveBack();
		ec2.events.off("taken", listen);
		expect(outcome).toMatchObject({
			outcome: "refused",
			reason: "no-capacity",
			code: "InsufficientInstanceCapacity",
		});
		expect(taken).toEqual(["RunInstances"]);
	});

	it("answers a wrong request as one that will never be right", async () => {
		const outcome = await ec2Instances(client, client).launch(
			valid({ clientToken: "big", userData: Buffer.alloc(16_385, "x") }),
			signal,
		);
		expect(outcome).toMatchObject({ reason: "bad-request", code: "InvalidUserData.Malformed" });
	});

	it("has the operator's subnets with their zones, in the operator's order", async () => {
		const ids = ec2.zones.map(({ subnetId }) => subnetId).toReversed();
		const subnets = await ec2Subnets(client, ids, () => new Date()).list(signal);
		expect(subnets.map(({ subnetId }) => subnetId)).toEqual(ids);
		for (const { zone, zoneId, freeAddresses } of subnets) {
			expect(zone).toMatch(/^us-east-1[a-f]$/);
			expect(zoneId).toMatch(/^use1-az\d$/);
			expect(freeAddresses).toBeGreaterThan(100);
		}
	});

	it("names provider.yaml when a subnet doesn't exist", async () => {
		const subnets = ec2Subnets(client, ["subnet-0123456789abcdef0"], () => new Date());
		await expect(subnets.list(signal)).rejects.toMatchObject({
			kind: "operator",
			reason: "UnknownSubnet",
			message: expect.stringContaining("cloud.aws.subnetIDs"),
		});
	});
});

describe("EC2 in memory", () => {
	const instances = memoryInstances();
	honoursInstances(
		() => instances,
		aLaunchRequest,
		async () => {},
		(left) => {
			instances.giveAtMost(left);
			return () => instances.giveAtMost(Number.POSITIVE_INFINITY);
		},
	);
});
