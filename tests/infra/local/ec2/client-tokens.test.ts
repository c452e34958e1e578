import { TerminateInstancesCommand } from "@aws-sdk/client-ec2";
import { describe, expect, it } from "vitest";
import { nic, refusal, run, simulator, subnets } from "./simulator.ts";

const token = { ClientToken: "default-web-1" };

describe("client tokens", () => {
	it("give the same instance again, in its newer state, and launch nothing", async () => {
		const { client, clock } = await simulator();
		const [first] = await run(client, token);
		clock.advance(60_000);
		const [second] = await run(client, token);
		expect(second?.InstanceId).toBe(first?.InstanceId);
		expect([first?.State?.Name, second?.State?.Name]).toEqual(["pending", "running"]);
	});

	it.each([false, true])(
		"launch once for simultaneous requests (ports: %s)",
		async (forcePorts) => {
			const { client, ec2 } = await simulator({ forcePorts });
			const born: string[] = [];
			ec2.events.on("state-change", ({ instanceId }) => born.push(instanceId));
			const many = { ...token, MinCount: 30, MaxCount: 30 };
			const answers = await Promise.all([1, 2, 3, 4].map(() => run(client, many)));
			expect(new Set(answers.flat().map(({ InstanceId }) => InstanceId)).size).toBe(30);
			expect(born).toHaveLength(30);
		},
	);

	it.each([
		{ when: "user data", over: { UserData: "AAAA" } },
		{ when: "the type", over: { InstanceType: "t3.nano" as const } },
		{ when: "the count", over: { MaxCount: 2 } },
		{ when: "a tag", over: tagged("other") },
	])("are refused with other parameters: $when", async ({ over }) => {
		const { client } = await simulator();
		await run(client, { ...token, ...tagged("web") });
		const sent = run(client, { ...token, ...tagged("web"), ...over });
		expect(await refusal(sent)).toMatchObject({
			code: "IdempotentParameterMismatch",
			status: 400,
		});
	});

	it("count per zone: the same token in another zone is another launch", async () => {
		const { client } = await simulator();
		const [a] = await run(client, token);
		const [b] = await run(client, {
			...token,
			NetworkInterfaces: nic({ SubnetId: subnets.b }),
		});
		expect(b?.InstanceId).not.toBe(a?.InstanceId);
	});

	it("are spent when their instance has ended, also after EC2 forgot it, for a day", async () => {
		const { client, ec2, clock } = await simulator();
		const [instance] = await run(client, token);
		const InstanceIds = [instance?.InstanceId ?? ""];
		await client.send(new TerminateInstancesCommand({ InstanceIds }));
		clock.advance(60_000);
		const spent = { code: "IdempotentInstanceTerminated", status: 400 };
		expect(await refusal(run(client, token))).toMatchObject(spent);
		clock.advance(2 * 3_600_000);
		expect(await refusal(run(client, token))).toMatchObject(spent);
		expect(ec2.instance(InstanceIds[0] ?? "")).toBeUndefined();
		clock.advance(24 * 3_600_000);
		expect(await run(client, token)).toHaveLength(1);
	});

	it("are not spent by a refusal", async () => {
		const { client, ec2 } = await simulator();
		const giveBack = ec2.takeCapacity({});
		expect(await refusal(run(client, token))).toMatchObject({ status: 500 });
		giveBack();
		expect(await run(client, token)).toHaveLength(1);
	});

	it("are answered although the capacity has gone since", async () => {
		const { client, ec2 } = await simulator();
		const [first] = await run(client, token);
		ec2.takeCapacity({});
		expect((await run(client, token))[0]?.InstanceId).toBe(first?.InstanceId);
	});
});

function tagged(name: string) {
	return {
		TagSpecifications: [
			{ ResourceType: "instance" as const, Tags: [{ Key: "Name", Value: name }] },
		],
	};
}
