import { type EC2Client, GetConsoleOutputCommand, type Instance } from "@aws-sdk/client-ec2";
import { describe, expect, it } from "vitest";
import { refusal, run, simulator } from "./simulator.ts";

const statuses = async (count: number, ask: () => Promise<unknown>) =>
	(await Promise.all(Array.from({ length: count }, () => refusal(ask()))))
		.map(({ status }) => status)
		.sort();

describe("throttling that is switched", () => {
	it("counts from the next request on", async () => {
		const { ec2, client } = await simulator({ throttling: 1 });
		expect(await statuses(6, () => run(client))).toEqual([200, 200, 200, 200, 200, 503]);
		ec2.setThrottling(false);
		expect(await statuses(20, () => run(client))).toEqual(Array.from({ length: 20 }, () => 200));
		ec2.setThrottling(1);
		expect(await statuses(1, () => run(client))).toEqual([503]);
	});

	it("lets something through however small the factor is", async () => {
		const { client, clock } = await simulator({ throttling: 0.05 });
		expect(await statuses(2, () => run(client))).toEqual([200, 503]);
		clock.advance(10_000);
		expect(await statuses(2, () => run(client))).toEqual([200, 503]);
	});
});

/** Whether the machine has come to its end of booting, with nothing to start. */
const gaveUp = async (client: EC2Client, instance: Instance | undefined): Promise<boolean> => {
	const { Output = "" } = await client.send(
		new GetConsoleOutputCommand({ InstanceId: instance?.InstanceId, Latest: true }),
	);
	return Buffer.from(Output, "base64").toString().includes("Failed to start itzo-launcher");
};

describe("boot times that are switched", () => {
	it("are those of instances that are launched from then on", async () => {
		const { ec2, client, clock } = await simulator({ bootTime: { medianMs: 60_000, spread: 0 } });
		const [slow] = await run(client);
		ec2.setBootTime({ medianMs: 5_000, spread: 0 });
		const [fast] = await run(client);
		clock.advance(5_000);
		expect([await gaveUp(client, slow), await gaveUp(client, fast)]).toEqual([false, true]);
		clock.advance(55_000);
		expect(await gaveUp(client, slow)).toBe(true);
	});
});

describe("faults that are switched", () => {
	it("are those of instances that are launched from then on", async () => {
		const { ec2, client, clock } = await simulator({
			faultOf: () => "none",
			bootTime: { medianMs: 1_000, spread: 0 },
		});
		const [earlier] = await run(client);
		ec2.setFaultOf(() => "never-boots");
		const [dead] = await run(client);
		ec2.setFaultOf(() => "none");
		const [later] = await run(client);
		clock.advance(1_000);
		const dying = [earlier, dead, later].map(async (each) => await gaveUp(client, each));
		expect(await Promise.all(dying)).toEqual([false, true, false]);
	});
});
