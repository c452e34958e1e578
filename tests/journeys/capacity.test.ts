import { afterAll, beforeAll, describe, expect, it } from "vitest";
import type { Ec2Events } from "../../infra/local/ec2/region.ts";
import { podScheduledBody, watchedStack } from "../support/watched-stack.ts";

type Taken = Ec2Events["taken"][0];

/** Long enough for two pods on a busy machine; the third waits until it is over. */
const setAsideSeconds = 20;

let watched: Awaited<ReturnType<typeof watchedStack>>;
const launches: Taken[] = [];

beforeAll(async () => {
	watched = await watchedStack({ capacitySetAsideSeconds: setAsideSeconds });
	watched.stack.ec2.events.on("taken", (request) => {
		if (request.action === "RunInstances") launches.push(request);
	});
});
afterAll(async () => {
	await watched.stack.stop();
});

const askedFor = (instanceType: string) =>
	launches.filter(({ parameters }) => parameters["InstanceType"] === instanceType);

const podOfType = (uid: string, instanceType: string) =>
	podScheduledBody(uid, {
		metadata: { annotations: { "pod.elotl.co/instance-type": instanceType } },
	});

describe("an EC2 that has run out of the cheapest type", () => {
	it("is asked by one pod, spared by the next, and tried again when the time is over", async () => {
		const { stack, cell, eventually, history } = watched;
		await stack.enqueue(podScheduledBody("before"));
		const { offering: cheapest } = (await cell("before", "Booting")).plan;
		const giveBack = stack.ec2.takeCapacity({ instanceType: cheapest.instanceType });

		// Who comes first gets the next cheapest, and learns what there is not.
		await stack.enqueue(podScheduledBody("first"));
		const first = await cell("first", "Booting");
		expect(first.plan.offering.instanceType).not.toBe(cheapest.instanceType);
		expect(first.plan.offering.hourlyUsd).toBeGreaterThanOrEqual(cheapest.hourlyUsd);
		expect(first.refusals.length).toBeGreaterThan(0);
		const asked = askedFor(cheapest.instanceType).length;
		const requests = launches.length;

		// Who comes after it asks once, for what there is.
		await stack.enqueue(podScheduledBody("second"));
		const second = await cell("second", "Booting");
		expect(second).toMatchObject({ attempt: 1, refusals: [] });
		expect(second.plan.offering.instanceType).toBe(first.plan.offering.instanceType);
		expect(launches).toHaveLength(requests + 1);
		expect(second.decision?.candidates[0]?.verdict).toMatch(
			/^set aside until .+ \(InsufficientInstanceCapacity\)$/,
		);

		// Who can have nothing else waits without asking, and is told until when.
		await stack.enqueue(podOfType("third", cheapest.instanceType));
		const waiting = await eventually("third waits", () =>
			history
				.filter(({ podUid }) => podUid === "third")
				.flatMap(({ conditions }) => conditions)
				.find(({ reason }) => reason === "NoCapacity"),
		);
		expect(waiting.message).toContain(`${cheapest.instanceType} on-demand in us-east-1`);
		expect(askedFor(cheapest.instanceType)).toHaveLength(asked);
		const until = Math.min(
			...[...waiting.message.matchAll(/set aside until (\S+)/g)].map(([, at = ""]) =>
				Date.parse(at),
			),
		);

		// EC2 has some again: nobody knows before the time is over.
		giveBack();
		const third = await cell("third", "Booting");
		expect(third.plan.offering.instanceType).toBe(cheapest.instanceType);
		expect(third.attempt).toBe(1);
		const [again] = askedFor(cheapest.instanceType).slice(asked);
		expect(again?.atMs).toBeGreaterThanOrEqual(until);
	});
});
