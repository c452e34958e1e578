import { DescribeSubnetsCommand, TerminateInstancesCommand } from "@aws-sdk/client-ec2";
import fc from "fast-check";
import { describe, expect, it } from "vitest";
import { addressPool, subnetBase } from "../../../../infra/local/ec2/addresses.ts";
import type { CapacityPattern } from "../../../../infra/local/ec2/capacity.ts";
import { nic, refusal, run, simulator, subnets } from "./simulator.ts";

const spot = { InstanceMarketOptions: { MarketType: "spot" as const } };

describe("capacity", () => {
	const cases: { pattern: CapacityPattern; onDemand: string; spot: string; elsewhere: string }[] = [
		{ pattern: {}, onDemand: "500", spot: "500", elsewhere: "500" },
		{ pattern: { instanceType: "m5.*" }, onDemand: "500", spot: "500", elsewhere: "500" },
		{ pattern: { instanceType: "c5.*" }, onDemand: "200", spot: "200", elsewhere: "200" },
		{ pattern: { zone: "use1-az1" }, onDemand: "500", spot: "500", elsewhere: "200" },
		{ pattern: { zone: "us-east-1a" }, onDemand: "500", spot: "500", elsewhere: "200" },
		{ pattern: { market: "spot" }, onDemand: "200", spot: "500", elsewhere: "200" },
	];
	it.each(cases)("follows the pattern $pattern", async ({ pattern, ...expected }) => {
		const { client, ec2 } = await simulator();
		ec2.takeCapacity(pattern);
		const statusOf = async (sent: Promise<unknown>) => String((await refusal(sent)).status);
		expect({
			onDemand: await statusOf(run(client)),
			spot: await statusOf(run(client, spot)),
			elsewhere: await statusOf(run(client, { NetworkInterfaces: nic({ SubnetId: subnets.b }) })),
		}).toEqual(expected);
	});

	it("is refused in EC2's words, with the zones that have some", async () => {
		const { client, ec2 } = await simulator();
		ec2.takeCapacity({ zone: "us-east-1a" });
		expect(await refusal(run(client))).toEqual({
			code: "InsufficientInstanceCapacity",
			status: 500,
			message:
				"We currently do not have sufficient m5.large capacity in the Availability Zone you requested (us-east-1a). Our system will be working on provisioning additional capacity. You can currently get m5.large capacity by not specifying an Availability Zone in your request or choosing us-east-1b, us-east-1c.",
		});
	});

	it("comes back when it is given back, once per taking", async () => {
		const { client, ec2 } = await simulator();
		const first = ec2.takeCapacity({ instanceType: "m5.large" });
		const second = ec2.takeCapacity({ instanceType: "m5.large" });
		first();
		expect(await refusal(run(client))).toMatchObject({ status: 500 });
		second();
		expect(await run(client)).toHaveLength(1);
	});
});

describe("a subnet's addresses", () => {
	// A /28 has 16, EC2 keeps 5, a cell takes 2.
	const small = [{ zoneId: "use1-az1", zone: "us-east-1a", subnetId: subnets.a, prefixLength: 28 }];

	it("run out, and come back when an instance has ended", async () => {
		const { client, clock } = await simulator({ zones: small });
		const [first] = await run(client, { MinCount: 5, MaxCount: 5 });
		expect(await refusal(run(client))).toMatchObject({
			code: "InsufficientFreeAddressesInSubnet",
			status: 400,
		});
		const free = async () =>
			(await client.send(new DescribeSubnetsCommand({}))).Subnets?.[0]?.AvailableIpAddressCount;
		expect(await free()).toBe(1);
		const InstanceIds = [first?.InstanceId ?? ""];
		await client.send(new TerminateInstancesCommand({ InstanceIds }));
		expect(await free()).toBe(1);
		clock.advance(60_000);
		expect(await free()).toBe(3);
		expect(await run(client)).toHaveLength(1);
	});

	it("give as many instances as possible between MinCount and MaxCount", async () => {
		const { client } = await simulator({ zones: small });
		expect(await run(client, { MinCount: 2, MaxCount: 9 })).toHaveLength(5);
	});

	it.each([
		{ network: 1, index: 0, prefixLength: 20, cidr: "127.1.0.0/20" },
		{ network: 254, index: 15, prefixLength: 28, cidr: "127.254.240.0/28" },
	])("lie in $cidr for subnet $index", ({ network, index, prefixLength, cidr }) => {
		expect(addressPool(subnetBase(network, index, prefixLength), prefixLength).cidr).toBe(cidr);
	});

	it.each([
		{ index: 16, prefixLength: 20 },
		{ index: 0, prefixLength: 19 },
		{ index: 0, prefixLength: 29 },
	])("can't lie in subnet $index of /$prefixLength", ({ index, prefixLength }) => {
		expect(() => subnetBase(1, index, prefixLength)).toThrow(RangeError);
	});

	it("are never given out twice and never lost", () => {
		const step = fc.record({ take: fc.boolean(), count: fc.integer({ min: 1, max: 4 }) });
		fc.assert(
			fc.property(fc.array(step, { maxLength: 60 }), (steps) => {
				const pool = addressPool(0x7f010000, 28);
				const all = pool.free();
				const held: string[] = [];
				for (const { take, count } of steps) {
					if (take) held.push(...(pool.take(count) ?? []));
					else pool.give(held.splice(0, count));
					expect(new Set(held).size).toBe(held.length);
					expect(pool.free() + held.length).toBe(all);
				}
			}),
		);
	});
});

describe("vCPU quotas", () => {
	it("refuse what goes beyond them, per market", async () => {
		const { client } = await simulator({ vcpuQuota: { "on-demand": 4, spot: 2 } });
		expect(await run(client, { MinCount: 1, MaxCount: 3 })).toHaveLength(2);
		expect(await refusal(run(client))).toMatchObject({ code: "VcpuLimitExceeded", status: 400 });
		await run(client, spot);
		expect(await refusal(run(client, spot))).toMatchObject({
			code: "MaxSpotInstanceCountExceeded",
			status: 400,
		});
	});
});
