import {
	DescribeInstancesCommand,
	type EC2Client,
	TerminateInstancesCommand,
} from "@aws-sdk/client-ec2";
import { describe, expect, it } from "vitest";
import { refusal, run, simulator } from "./simulator.ts";

const describeOne = async (client: EC2Client, id: string) =>
	(await client.send(new DescribeInstancesCommand({ InstanceIds: [id] }))).Reservations?.[0]
		?.Instances?.[0];

const terminate = (client: EC2Client, ...InstanceIds: string[]) =>
	client.send(new TerminateInstancesCommand({ InstanceIds }));

describe("an instance", () => {
	it("can't be found at first, then pends, runs, shuts down, ends, and is forgotten", async () => {
		const { client, ec2, clock } = await simulator({
			times: {
				visibleAfterMs: 300,
				runningAfterMs: 1_000,
				terminatedAfterMs: 2_000,
				rememberedMs: 3_600_000,
			},
		});
		const told: string[] = [];
		ec2.events.on("state-change", ({ state }) => told.push(state));
		const [launched] = await run(client);
		const id = launched?.InstanceId ?? "";
		const state = async () => (await describeOne(client, id))?.State?.Name;
		const notFound = { code: "InvalidInstanceID.NotFound", status: 400 };

		expect(await refusal(state())).toMatchObject(notFound);
		expect(await refusal(terminate(client, id))).toMatchObject(notFound);
		clock.advance(300);
		expect(await state()).toBe("pending");
		clock.advance(700);
		expect(await state()).toBe("running");
		await terminate(client, id);
		expect(await state()).toBe("shutting-down");
		clock.advance(2_000);
		expect(await state()).toBe("terminated");
		clock.advance(3_599_999);
		expect(await state()).toBe("terminated");
		clock.advance(1);
		expect(await refusal(state())).toMatchObject(notFound);
		expect(told).toEqual(["pending", "running", "shutting-down", "terminated"]);
	});

	it("says why it ended, and has no address any more", async () => {
		const { client, clock } = await simulator();
		const [launched] = await run(client);
		const id = launched?.InstanceId ?? "";
		await terminate(client, id);
		clock.advance(60_000);
		const ended = await describeOne(client, id);
		expect(ended?.StateReason).toEqual({
			Code: "Client.UserInitiatedShutdown",
			Message: "Client.UserInitiatedShutdown: User initiated shutdown",
		});
		expect(ended?.StateTransitionReason).toBe("User initiated (2026-11-23 09:00:00 GMT)");
		expect(ended?.PrivateIpAddress).toBeUndefined();
		expect(ended?.NetworkInterfaces).toEqual([]);
	});

	it("never runs when it was terminated while it pended", async () => {
		const { client, ec2, clock } = await simulator();
		const told: string[] = [];
		ec2.events.on("state-change", ({ state }) => told.push(state));
		const [launched] = await run(client);
		await terminate(client, launched?.InstanceId ?? "");
		clock.advance(60_000);
		expect(told).toEqual(["pending", "shutting-down", "terminated"]);
	});
});

describe("close", () => {
	it("cancels all that is still to happen, and may be repeated", async () => {
		const { client, ec2, clock } = await simulator({ faultOf: () => "none" });
		const [first] = await run(client, { MinCount: 3, MaxCount: 3 });
		await terminate(client, first?.InstanceId ?? "");
		expect(clock.pending()).toBeGreaterThan(3);
		await ec2.close();
		expect(clock.pending()).toBe(0);
		await ec2.close();
	});
});

describe("TerminateInstances", () => {
	it("is idempotent, and tells before and after", async () => {
		const { client } = await simulator();
		const [launched] = await run(client);
		const id = launched?.InstanceId ?? "";
		expect((await terminate(client, id)).TerminatingInstances).toEqual([
			{
				InstanceId: id,
				PreviousState: { Code: 0, Name: "pending" },
				CurrentState: { Code: 32, Name: "shutting-down" },
			},
		]);
		const [again] = (await terminate(client, id, id)).TerminatingInstances ?? [];
		expect(again?.PreviousState).toEqual({ Code: 32, Name: "shutting-down" });
	});

	it.each([
		{ id: "i-0aaaaaaaaaaaaaaaa", code: "InvalidInstanceID.NotFound" },
		{ id: "web", code: "InvalidInstanceID.Malformed" },
	])("ends nothing when one id is bad: $id", async ({ id, code }) => {
		const { client, ec2 } = await simulator();
		const [launched] = await run(client);
		const good = launched?.InstanceId ?? "";
		expect(await refusal(terminate(client, good, id))).toMatchObject({ code });
		expect(ec2.instance(good)?.state).toBe("pending");
	});

	it("wants an id", async () => {
		const { client } = await simulator();
		expect(await refusal(terminate(client))).toMatchObject({ code: "MissingParameter" });
	});
});
