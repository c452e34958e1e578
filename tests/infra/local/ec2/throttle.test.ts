import { DescribeInstancesCommand, TerminateInstancesCommand } from "@aws-sdk/client-ec2";
import fc from "fast-check";
import { describe, expect, it } from "vitest";
import { allowances, tokenBuckets } from "../../../../infra/local/ec2/throttle.ts";
import { refusal, run, simulator } from "./simulator.ts";

const many = <Answer>(count: number, ask: () => Promise<Answer>): Promise<Answer[]> =>
	Promise.all(Array.from({ length: count }, ask));

describe("throttling", () => {
	it("takes five launches at once and two a second after that", async () => {
		const { client, clock } = await simulator({ throttling: 1 });
		const statuses = async (count: number) =>
			(await many(count, () => refusal(run(client)))).map(({ status }) => status).sort();
		expect(await statuses(7)).toEqual([200, 200, 200, 200, 200, 503, 503]);
		clock.advance(1_000);
		expect(await statuses(3)).toEqual([200, 200, 503]);
		clock.advance(3_600_000);
		expect(await statuses(6)).toEqual([200, 200, 200, 200, 200, 503]);
	});

	it("refuses with RequestLimitExceeded, also what is wrong in other ways", async () => {
		const { client } = await simulator({ throttling: 1 });
		await many(5, () => run(client));
		expect(await refusal(run(client, { ImageId: "ami-1" }))).toEqual({
			code: "RequestLimitExceeded",
			status: 503,
			message: "Request limit exceeded.",
		});
	});

	it.each([
		{ scale: 2 as const, passed: 10 },
		{ scale: 1 as const, passed: 5 },
		{ scale: false as const, passed: 12 },
	])("lets $passed of 12 through at scale $scale", async ({ scale, passed }) => {
		const { client } = await simulator({ throttling: scale });
		const answers = await many(12, () => refusal(run(client)));
		expect(answers.filter(({ status }) => status === 200)).toHaveLength(passed);
	});

	it("counts instances, not only requests", async () => {
		const { client, clock } = await simulator({ throttling: 1 });
		await run(client, { MinCount: 990, MaxCount: 990 });
		const tooMany = run(client, { MinCount: 11, MaxCount: 11 });
		expect(await refusal(tooMany)).toMatchObject({ status: 503 });
		clock.advance(1_000);
		expect(await run(client, { MinCount: 11, MaxCount: 11 })).toHaveLength(11);
	});

	it("keeps a smaller bucket for DescribeInstances that asks for everything", async () => {
		const { client } = await simulator({ throttling: 1 });
		const all = () => refusal(client.send(new DescribeInstancesCommand({})));
		const page = () => refusal(client.send(new DescribeInstancesCommand({ MaxResults: 5 })));
		const refused = (answers: { status: number | undefined }[]) =>
			answers.filter(({ status }) => status === 503).length;
		expect(refused(await many(60, all))).toBe(10);
		expect(refused(await many(60, page))).toBe(0);
	});

	it("doesn't let terminations eat the tokens of launches", async () => {
		const { client } = await simulator({ throttling: 1 });
		const [instance] = await run(client);
		const InstanceIds = [instance?.InstanceId ?? ""];
		await many(20, () => client.send(new TerminateInstancesCommand({ InstanceIds })));
		expect(await many(4, () => run(client))).toHaveLength(4);
	});

	it("never lets more through than the bucket and its refill allow", () => {
		const calls = fc.array(
			fc.record({ waitMs: fc.nat(3_000), size: fc.integer({ min: 1, max: 40 }) }),
			{
				maxLength: 200,
			},
		);
		fc.assert(
			fc.property(calls, (sequence) => {
				const throttle = tokenBuckets(() => 1);
				let [nowMs, requests, instances] = [0, 0, 0];
				for (const { waitMs, size } of sequence) {
					nowMs += waitMs;
					try {
						throttle("RunInstances", allowances.RunInstances, size, nowMs);
						requests += 1;
						instances += size;
					} catch {
						// Refused: costs nothing.
					}
					expect(requests).toBeLessThanOrEqual(5 + (nowMs / 1000) * 2);
					expect(instances).toBeLessThanOrEqual(1000 + (nowMs / 1000) * 2);
				}
			}),
		);
	});
});
