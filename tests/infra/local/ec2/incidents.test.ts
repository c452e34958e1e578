import {
	DescribeInstancesCommand,
	type EC2Client,
	StopInstancesCommand,
	TerminateInstancesCommand,
} from "@aws-sdk/client-ec2";
import { describe, expect, it } from "vitest";
import type { ManualClock } from "./manual-clock.ts";
import { nic, refusal, run, simulator, subnets } from "./simulator.ts";

const spot = { InstanceMarketOptions: { MarketType: "spot" as const } };

const described = async (client: EC2Client, id: string) =>
	(await client.send(new DescribeInstancesCommand({ InstanceIds: [id] }))).Reservations?.[0]
		?.Instances?.[0];

async function running(client: EC2Client, clock: ManualClock, over: object = {}) {
	const [launched] = await run(client, over);
	clock.advance(5_000);
	return launched?.InstanceId ?? "";
}

describe("an interruption", () => {
	it.each([
		{ afterMs: undefined, lives: 119_999 },
		{ afterMs: 5_000, lives: 4_999 },
	])("ends a spot instance so long after its warning: $afterMs", async ({ afterMs, lives }) => {
		const { client, ec2, clock } = await simulator();
		const id = await running(client, clock, spot);
		ec2.warnSpot(id, afterMs);
		clock.advance(lives);
		expect((await described(client, id))?.State?.Name).toBe("running");
		clock.advance(1);
		expect(await described(client, id)).toMatchObject({
			State: { Name: "shutting-down" },
			StateReason: {
				Code: "Server.SpotInstanceTermination",
				Message: "Server.SpotInstanceTermination: Spot instance termination",
			},
		});
	});

	it("is nothing that an on-demand instance, or one that nobody knows, can have", async () => {
		const { client, ec2, clock } = await simulator();
		const id = await running(client, clock);
		expect(() => ec2.warnSpot(id)).toThrow(/not a spot instance/);
		expect(() => ec2.recommendRebalance("i-0123456789abcdef9")).toThrow(RangeError);
	});
});

describe("a launch that dies pending", () => {
	it("was accepted, never ran, and says what was missing", async () => {
		const { client, ec2, clock } = await simulator();
		const told: string[] = [];
		ec2.events.on("state-change", ({ state }) => told.push(state));
		const giveBack = ec2.failPending({ zone: "us-east-1a" });
		const [doomed] = await run(client);
		const [other] = await run(client, { NetworkInterfaces: nic({ SubnetId: subnets.b }) });
		giveBack();
		const [later] = await run(client);
		clock.advance(5_000);
		expect(await described(client, doomed?.InstanceId ?? "")).toMatchObject({
			State: { Name: "terminated" },
			StateReason: { Code: "Server.InsufficientInstanceCapacity" },
		});
		for (const each of [other, later]) {
			expect((await described(client, each?.InstanceId ?? ""))?.State?.Name).toBe("running");
		}
		expect(told).toEqual(["pending", "pending", "pending", "terminated", "running", "running"]);
	});
});

describe("an end for EC2's own reasons", () => {
	it("is told in EC2's words", async () => {
		const { client, ec2, clock } = await simulator();
		const id = await running(client, clock);
		ec2.endAs(id, { code: "Server.InternalError" });
		clock.advance(5_000);
		expect(await described(client, id)).toMatchObject({
			State: { Name: "terminated" },
			StateReason: { Code: "Server.InternalError", Message: "Server.InternalError" },
			StateTransitionReason: "Server.InternalError (2026-11-23 09:00:05 GMT)",
		});
	});
});

describe("a new instance", () => {
	it("can be forgotten for a while", async () => {
		const { client, ec2, clock } = await simulator();
		ec2.forgetNew(60_000);
		const id = await running(client, clock);
		const notFound = { code: "InvalidInstanceID.NotFound" };
		expect(await refusal(described(client, id))).toMatchObject(notFound);
		const terminate = new TerminateInstancesCommand({ InstanceIds: [id] });
		expect(await refusal(client.send(terminate))).toMatchObject(notFound);
		clock.advance(55_000);
		expect((await described(client, id))?.State?.Name).toBe("running");
		ec2.forgetNew(0);
		expect((await run(client))[0]?.InstanceId).toBeDefined();
	});
});

describe("capacity for a few more", () => {
	it("is given as far as it goes, between MinCount and MaxCount, and then there is none", async () => {
		const { client, ec2 } = await simulator();
		const giveBack = ec2.takeCapacity({ instanceType: "m5.large", left: 4 });
		expect(await run(client, { MaxCount: 3 })).toHaveLength(3);
		expect(await refusal(run(client, { MinCount: 2, MaxCount: 3 }))).toMatchObject({
			code: "InsufficientInstanceCapacity",
		});
		expect(await run(client, { MaxCount: 3 })).toHaveLength(1);
		expect(await refusal(run(client))).toMatchObject({ code: "InsufficientInstanceCapacity" });
		giveBack();
		expect(await run(client, { MaxCount: 3 })).toHaveLength(3);
	});
});

describe("StopInstances", () => {
	const stop = (client: EC2Client, id: string) =>
		client.send(new StopInstancesCommand({ InstanceIds: [id] }));

	it("stops a machine with its agent, which keeps its addresses and can still be ended", async () => {
		const { client, ec2, clock } = await simulator();
		const id = await running(client, clock);
		expect(ec2.metadataUrl(id)).toBeDefined();
		expect((await stop(client, id)).StoppingInstances).toEqual([
			{
				InstanceId: id,
				PreviousState: { Code: 16, Name: "running" },
				CurrentState: { Code: 64, Name: "stopping" },
			},
		]);
		expect(ec2.metadataUrl(id)).toBeUndefined();
		clock.advance(5_000);
		expect(await described(client, id)).toMatchObject({
			State: { Code: 80, Name: "stopped" },
			StateReason: { Code: "Client.UserInitiatedShutdown" },
			PrivateIpAddress: expect.any(String),
		});
		await stop(client, id);
		await client.send(new TerminateInstancesCommand({ InstanceIds: [id] }));
		clock.advance(5_000);
		expect((await described(client, id))?.State?.Name).toBe("terminated");
	});

	it("isn't undone by an end that comes in between", async () => {
		const { client, clock } = await simulator({
			times: { visibleAfterMs: 0, terminatedAfterMs: 1_000, stoppedAfterMs: 3_000 },
		});
		const id = await running(client, clock);
		await stop(client, id);
		await client.send(new TerminateInstancesCommand({ InstanceIds: [id] }));
		clock.advance(5_000);
		expect((await described(client, id))?.State?.Name).toBe("terminated");
	});

	it.each([
		{ when: "a one-time spot instance", over: spot, afterMs: 5_000, code: "UnsupportedOperation" },
		{ when: "one that is pending", over: {}, afterMs: 0, code: "IncorrectInstanceState" },
	])("refuses $when", async ({ over, afterMs, code }) => {
		const { client, ec2, clock } = await simulator();
		const [launched] = await run(client, over);
		const id = launched?.InstanceId ?? "";
		clock.advance(afterMs);
		const before = ec2.instance(id)?.state;
		expect(await refusal(stop(client, id))).toMatchObject({ code, status: 400 });
		expect(ec2.instance(id)?.state).toBe(before);
	});
});
