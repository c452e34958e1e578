import { describe, expect, it } from "vitest";
import { gathering } from "../../shared/flows/gathering.ts";
import { launch } from "../../shared/flows/launch.ts";
import type { ReceivePorts } from "../../shared/flows/receive.ts";
import type { Limits } from "../../shared/limits/model.ts";
import { aPod, aRequest, morning } from "../support/cells.ts";
import { launchPorts } from "../support/launch-ports.ts";
import { memoryLimits } from "../support/memory-limits.ts";

const { signal } = new AbortController();

function limitedWorld(limits: Limits) {
	const world = launchPorts();
	const { config } = world.ports;
	const ports: ReceivePorts = {
		...world.ports,
		config: { ...config, limits },
		limits: memoryLimits(limits, world.ports.now),
	};
	const deliver = async (uid: string) => launch(aPod(uid), aRequest(), morning, ports, signal);
	return { ...world, ports, deliver };
}

const waits = { kind: "unavailable", reason: "LimitReached", retryAfterSeconds: 20 };

describe("the operator's limits", () => {
	it.each([
		{ limits: { cells: 2, hourlyUsd: undefined }, set: "limits.cells: 2" },
		{ limits: { cells: undefined, hourlyUsd: 0.05 }, set: "limits.hourlyUsd: 0.05" },
	])("of $set let further pods wait, and give each a cell when another has ended", async (each) => {
		const { ports, deliver, instances } = limitedWorld(each.limits);
		await deliver("a");
		await deliver("b");
		await expect(deliver("c")).rejects.toMatchObject({
			...waits,
			message: expect.stringContaining(each.set),
		});
		expect(await ports.cells.get("c", signal)).toMatchObject({ phase: "Scheduled", attempt: 0 });
		expect(instances.requests).toHaveLength(2);
		await ports.limits.giveBack("a", signal);
		await deliver("c");
		expect(instances.requests).toHaveLength(3);
	});

	it("fail a pod whose time is over before there is room", async () => {
		const { ports, deliver, pass } = limitedWorld({ cells: 1, hourlyUsd: undefined });
		await deliver("a");
		await expect(deliver("b")).rejects.toMatchObject(waits);
		pass(901);
		await deliver("b");
		expect(await ports.cells.get("b", signal)).toMatchObject({
			phase: "Failed",
			reason: "LimitReached",
		});
	});

	it("take a redelivered pod's share once", async () => {
		const { ports, deliver } = limitedWorld({ cells: 2, hourlyUsd: undefined });
		for (let time = 0; time < 3; time++) await deliver("a");
		expect(await ports.limits.held(signal)).toMatchObject({ cells: 1 });
	});

	it("free the share of a pod for which nothing is on offer", async () => {
		const { ports, deliver, instances } = limitedWorld({ cells: 1, hourlyUsd: undefined });
		const code = "VcpuLimitExceeded";
		instances.refuse(() => ({ outcome: "refused", reason: "quota", code, message: "" }));
		await expect(deliver("a")).rejects.toMatchObject({ reason: "NoCapacity" });
		expect(await ports.limits.held(signal)).toEqual({ cells: 0, hourlyUsd: 0 });
	});

	it("let so many of a group through as there is room for", async () => {
		const { ports, instances } = limitedWorld({ cells: 3, hourlyUsd: undefined });
		const join = gathering(5);
		const replica = aRequest({ workloadUid: "w" });
		const results = await Promise.allSettled(
			["a", "b", "c", "d", "e"].map(async (uid) =>
				launch(aPod(uid), replica, morning, ports, signal, join()),
			),
		);
		expect(results.map(({ status }) => status)).toEqual([
			...Array(3).fill("fulfilled"),
			...Array(2).fill("rejected"),
		]);
		expect(results[4]).toMatchObject({ reason: waits });
		expect(instances.requests).toMatchObject([{ count: 3 }]);
	});
});
