import { describe, expect, it } from "vitest";
import { failed } from "../../shared/cells/transitions.ts";
import { launch } from "../../shared/flows/launch.ts";
import { reconcile } from "../../shared/flows/reconcile.ts";
import type { StatusEvent } from "../../shared/status/model.ts";
import { aBootingCell, aPod, aRequest, morning } from "../support/cells.ts";
import { launchPorts } from "../support/launch-ports.ts";

const signal = AbortSignal.timeout(60_000);
const why = { reason: "BootTimeout", message: "never answered" };

const world = () => {
	const launched = launchPorts();
	const announced: StatusEvent[] = [];
	const ports = {
		...launched.ports,
		bus: { announce: async (events: readonly StatusEvent[]) => void announced.push(...events) },
	};
	return { ...launched, ports, announced };
};

describe("a change of a record", () => {
	it("is announced with what the cluster needs to know, and nothing else", async () => {
		const { ports, announced } = world();
		const cell = aBootingCell();
		await reconcile(cell, ports, signal);
		expect(announced).toEqual([
			{
				podUid: cell.podUid,
				namespace: "shop",
				name: cell.pod.name,
				cellName: cell.cellName,
				version: 0,
				phase: "Booting",
				attempt: 1,
				stages: cell.stages,
				conditions: cell.conditions,
				instance: {
					instanceId: cell.instance.instanceId,
					instanceType: "t3a.small",
					zone: "us-east-1a",
					address: "127.0.16.4",
					podAddress: "127.0.16.5",
					hourlyUsd: 0.0188,
					capacityType: "on-demand",
				},
			},
		]);
	});

	it("to Failed ends the instance, once, and notes it", async () => {
		const { ports, instances, history } = world();
		await launch(aPod(), aRequest(), morning, ports, signal);
		const cell = await ports.cells.get(aPod().uid, signal);
		if (cell?.phase !== "Booting") throw new Error("not booting");
		const over = await ports.cells.save(failed(cell, why, morning), signal);
		await reconcile(over, ports, signal);
		expect(instances.living()).toEqual([]);
		const ended = history.at(-1);
		expect(ended).toMatchObject({ phase: "Failed", stages: { endedAt: expect.any(String) } });
		// The stream brings that change as well, and may bring the first one again.
		if (ended !== undefined) await reconcile(ended, ports, signal);
		await reconcile(over, ports, signal);
		expect(history.at(-1)).toEqual(ended);
	});

	it("to Failed ends an instance, too, that the record never heard of", async () => {
		const { ports, instances } = world();
		const half = {
			...ports,
			instances: {
				...ports.instances,
				launch: async (request: Parameters<typeof ports.instances.launch>[0]) => {
					await ports.instances.launch(request, signal);
					throw new Error("the answer was lost");
				},
			},
		};
		await expect(launch(aPod(), aRequest(), morning, half, signal)).rejects.toThrow("lost");
		expect(instances.living()).toHaveLength(1);
		const cell = await ports.cells.get(aPod().uid, signal);
		if (cell?.phase !== "Launching") throw new Error("not launching");
		const over = await ports.cells.save(failed(cell, why, morning), signal);
		await reconcile(over, ports, signal);
		expect(instances.living()).toEqual([]);
	});

	it("goes back to the stream when the bus doesn't take it, before anything is ended", async () => {
		const { ports } = world();
		const deaf = {
			...ports,
			bus: {
				announce: async () => {
					throw new Error("no bus");
				},
			},
		};
		await expect(reconcile(aBootingCell(), deaf, signal)).rejects.toThrow("no bus");
	});
});
