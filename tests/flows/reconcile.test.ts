import { describe, expect, it } from "vitest";
import { afterLoss } from "../../shared/cells/after-loss.ts";
import type { Cell, CellIn } from "../../shared/cells/model.ts";
import { failed, isSettled, stillborn, terminating } from "../../shared/cells/transitions.ts";
import { ProvisionerError } from "../../shared/errors.ts";
import { leaveInstance } from "../../shared/flows/end-instance.ts";
import { launch, resume } from "../../shared/flows/launch.ts";
import { type ReconcilePorts, reconcile } from "../../shared/flows/reconcile.ts";
import { aBootingCell, aPod, aRequest, morning, secondsLater } from "../support/cells.ts";
import { generousRules, lifePorts, reconcileAll } from "../support/life-ports.ts";
import { dyingAt } from "../support/port-calls.ts";

const { signal } = new AbortController();
const why = { reason: "BootTimeout", message: "never answered" };
const gone = { reason: "PodDeleted", message: "the pod was deleted" };

/** More calls than any of reconcile's ways takes. */
const everyCall = Array.from({ length: 9 }, (_, index) => index + 1);

const world = () => {
	const made = lifePorts();
	const { ports } = made;
	const standing = async (): Promise<Cell> => {
		const cell = await ports.cells.get(aPod().uid, signal);
		if (cell === undefined) throw new Error("no record");
		return cell;
	};
	const booted = async (): Promise<CellIn<"Booting">> => {
		await launch(aPod(), aRequest(), morning, ports, signal);
		const cell = await standing();
		if (cell.phase !== "Booting") throw new Error("not booting");
		return cell;
	};
	/** A pod whose first machine never became ready: what the stream brings of it. */
	const lost = async (bootAttempts = 10): Promise<Cell> => {
		const rules = { ...generousRules, bootAttempts };
		return await ports.cells.save(afterLoss(await booted(), why, rules, ports.now()), signal);
	};
	return { ...made, standing, booted, lost };
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

	it("goes back to the stream when the bus doesn't take it, however long, and is followed all the same", async () => {
		const { ports, instances, lost, woken } = world();
		const deaf = { ...ports, bus: { announce: () => Promise.reject(new Error("no bus")) } };
		const yesterday = secondsLater(-86_400);
		await expect(reconcile(await lost(), deaf, signal, yesterday)).rejects.toThrow("no bus");
		expect(instances.living()).toEqual([]);
		expect(woken).toHaveLength(1);
	});

	it("that can't be followed is let go after a minute, with an error, so that others aren't held up", async () => {
		const { ports, history, instances, lost, lines } = world();
		const change = await lost();
		const isProtected = () => Promise.reject(new Error("OperationNotPermitted"));
		const stuck = { ...ports, instances: { ...ports.instances, terminate: isProtected } };
		await expect(reconcile(change, stuck, signal)).rejects.toThrow("OperationNotPermitted");
		await expect(reconcile(change, stuck, signal, secondsLater(-59))).rejects.toThrow();
		const changes = history.length;
		await reconcile(change, stuck, signal, secondsLater(-60));
		expect(lines.join("\n")).toContain('"ChangesLetGo":1');
		expect(lines.join("\n")).toMatch(/"level":"error".*left to the janitor/);
		// The record says still what there is to do: the janitor saves it again, and the stream brings it.
		expect(history).toHaveLength(changes);
		await ports.cells.save(change, signal);
		await reconcileAll(history, ports);
		expect(instances.living()).toEqual([]);
	});

	it("isn't let go because a run is over", async () => {
		const { ports, lost } = world();
		const over = new AbortController();
		const slow = {
			...ports,
			instances: {
				...ports.instances,
				terminate: async () => {
					over.abort();
					throw over.signal.reason;
				},
			},
		};
		const longAgo = secondsLater(-3_600);
		await expect(reconcile(await lost(), slow, over.signal, longAgo)).rejects.toThrow();
	});
});

describe("a lost instance", () => {
	it("is looked at, ended, and left, before launch is called for the next one", async () => {
		const { ports, instances, history, lost, woken, standing } = world();
		const change = await lost();
		const [instanceId = ""] = instances.living();
		const atWaking: unknown[] = [];
		const wake = async (podUid: string) => {
			atWaking.push({ living: instances.living(), leaving: "leaving" in (await standing()) });
			woken.push(podUid);
		};
		await reconcile(change, { ...ports, wakeUps: { wake } }, signal);
		expect(woken).toEqual([aPod().uid]);
		expect(atWaking).toEqual([{ living: [], leaving: false }]);
		expect(history.at(-1)).toMatchObject({
			phase: "Scheduled",
			losses: [
				{
					instanceId,
					...why,
					evidence: { state: "running", console: "Linux version 0 (memory)", missing: [] },
				},
			],
		});
		expect((await ports.limits.held(signal)).cells).toBe(1);

		await resume(aPod().uid, ports, signal);
		await reconcileAll(history, ports);
		expect(await standing()).toMatchObject({ phase: "Booting", attempt: 2 });
		expect(instances.living()).toHaveLength(1);
		expect(instances.living()).not.toContain(instanceId);
		expect((await ports.limits.held(signal)).cells).toBe(1);
	});

	it("is ended whatever becomes of the evidence", async () => {
		const { ports, instances, lost, standing } = world();
		const blind = {
			find: () => Promise.reject(new Error("not now")),
			console: () => Promise.reject(new Error("not now")),
		};
		await reconcile(await lost(), { ...ports, fleet: blind }, signal);
		expect(instances.living()).toEqual([]);
		expect((await standing()).losses[0]?.evidence?.missing).toHaveLength(2);
	});

	it("loses its parameters as well", async () => {
		const { ports, instances, parameters, history } = lifePorts();
		const cells = { ...ports.config.cells, useCloudParameterStore: true };
		const inStore = { ...ports, config: { ...ports.config, cells } };
		await launch(aPod(), aRequest(), morning, inStore, signal);
		const cell = history.at(-1);
		if (cell?.phase !== "Booting") throw new Error("not booting");
		const [instanceId = ""] = instances.living();
		expect(parameters.of(instanceId)).toHaveProperty("config");
		await ports.cells.save(afterLoss(cell, why, generousRules, morning), signal);
		await reconcileAll(history, ports);
		expect(parameters.of(instanceId)).toEqual({});
	});

	it.each(everyCall)(
		"is ended, and launch is called, although reconcile dies at its call number %i",
		async (call) => {
			const { ports, history, instances, lost, woken, standing } = world();
			const change = await lost();
			await reconcile(change, dyingAt(call, ports), signal).catch(() => undefined);
			// The stream brings it again, and what has come of it.
			await reconcile(change, ports, signal);
			await reconcileAll([...history], ports);
			expect(instances.living()).toEqual([]);
			expect(woken.length).toBeGreaterThan(0);
			const left = await standing();
			expect(left).toMatchObject({ phase: "Scheduled", losses: [{ evidence: {} }] });
			expect(left).not.toHaveProperty("leaving");
		},
	);

	it.each(everyCall)(
		"leaves one living instance at most when launch has overtaken a reconcile that dies at its call number %i",
		async (call) => {
			const { ports, history, instances, lost, standing } = world();
			const change = await lost();
			await reconcile(change, dyingAt(call, ports), signal).catch(() => undefined);
			let most = 0;
			const counting: ReconcilePorts = {
				...ports,
				bus: {
					announce: async () => {
						most = Math.max(most, instances.living().length);
					},
				},
			};
			await resume(aPod().uid, ports, signal);
			await reconcileAll([...history], counting);
			await resume(aPod().uid, ports, signal);
			await reconcileAll([...history], counting);
			expect(most).toBeLessThanOrEqual(1);
			expect(await standing()).toMatchObject({ phase: "Booting", attempt: 2 });
			expect(instances.living()).toHaveLength(1);
		},
	);

	it("is ended by launch itself where that comes first", async () => {
		const { ports, instances, lost } = world();
		const cell = await lost();
		if (cell.phase !== "Scheduled") throw new Error("not waiting");
		const left = await leaveInstance(cell, ports, signal);
		expect(instances.living()).toEqual([]);
		expect(left).not.toHaveProperty("leaving");
		expect(await leaveInstance(left, ports, signal)).toBe(left);
	});
});

describe("a cell that failed", () => {
	it("loses its instance, once, its record says when, and the limits have its share again", async () => {
		const { ports, instances, history, lost, standing } = world();
		const over = await lost(1);
		expect(over).toMatchObject({ phase: "Failed", losses: [{ reason: why.reason }] });
		expect((await ports.limits.held(signal)).cells).toBe(1);
		await reconcileAll(history, ports);
		expect(instances.living()).toEqual([]);
		expect(await ports.limits.held(signal)).toEqual({ cells: 0, hourlyUsd: 0 });
		const ended = await standing();
		expect(ended).toMatchObject({
			phase: "Failed",
			stages: { endedAt: expect.any(String), settledAt: expect.any(String) },
			losses: [{ evidence: { state: "running", console: "Linux version 0 (memory)" } }],
		});
		const changes = history.length;
		await reconcileAll([...history], ports);
		expect(history).toHaveLength(changes);
	});

	it.each(everyCall)("does so, too, when reconcile dies at its call number %i", async (call) => {
		const { ports, instances, history, lost, standing } = world();
		const over = await lost(1);
		await reconcile(over, dyingAt(call, ports), signal).catch(() => undefined);
		await reconcile(over, ports, signal);
		const ended = await standing();
		await reconcile(ended, dyingAt(call, ports), signal).catch(() => undefined);
		await reconcileAll([...history], ports);
		expect(instances.living()).toEqual([]);
		expect(isSettled(await standing())).toBe(true);
		expect((await ports.limits.held(signal)).cells).toBe(0);
		expect((await standing()).losses[0]).toHaveProperty("evidence");
	});

	it("while it waited for the next cell loses the one that it was leaving", async () => {
		const { ports, instances, history, lost, standing } = world();
		const cell = await lost();
		if (cell.phase !== "Scheduled") throw new Error("not waiting");
		await ports.cells.save(failed(cell, gone, morning), signal);
		await reconcileAll(history.slice(-1), ports);
		expect(instances.living()).toEqual([]);
		expect(await standing()).toMatchObject({ phase: "Failed", losses: [{ evidence: {} }] });
	});

	it("loses an instance, too, that the record never heard of", async () => {
		const { ports, instances, history, standing } = world();
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
		const cell = await standing();
		if (cell.phase !== "Launching") throw new Error("not launching");
		await ports.cells.save(failed(cell, why, morning), signal);
		await reconcileAll(history, ports);
		expect(instances.living()).toEqual([]);
	});

	it("without ever having had a plan holds nothing of the limits", async () => {
		const { ports } = world();
		await ports.limits.take([{ podUid: aPod().uid, attempt: 1, hourlyUsd: 1 }], signal);
		await reconcile(stillborn(aPod(), "cell-1", gone, morning, undefined), ports, signal);
		expect((await ports.limits.held(signal)).cells).toBe(0);
	});
});

describe("a cell whose pod is gone", () => {
	const released = async ({ ports, booted }: ReturnType<typeof world>): Promise<Cell> =>
		await ports.cells.save(terminating(await booted(), gone, morning), signal);

	it("ends without anybody asking what its machine had to say", async () => {
		const made = world();
		const change = await released(made);
		const asked: string[] = [];
		const ask = async (instanceId: string) => {
			asked.push(instanceId);
			return undefined;
		};
		const curious = { ...made.ports, fleet: { find: ask, console: ask } };
		await reconcile(change, curious, signal);
		expect(made.instances.living()).toEqual([]);
		expect(asked).toEqual([]);
		await reconcileAll(made.history, made.ports);
		expect((await made.ports.limits.held(signal)).cells).toBe(0);
	});

	it("ends the instance that it was leaving", async () => {
		const { ports, instances, history, lost, standing, woken } = world();
		const cell = await lost();
		const [instanceId] = instances.living();
		if (cell.phase !== "Scheduled") throw new Error("not waiting");
		await ports.cells.save(terminating(cell, gone, morning), signal);
		await reconcileAll(history.slice(-1), ports);
		expect(instances.living()).toEqual([]);
		expect(await standing()).toMatchObject({
			phase: "Terminated",
			instance: { instanceId },
			stages: { settledAt: expect.any(String) },
		});
		expect(woken).toEqual([]);
	});

	it("keeps its share while its plan may have made an instance that EC2 doesn't show", async () => {
		const { ports, instances, history, standing } = world();
		const lostAnswer = {
			outcome: "refused",
			reason: "transient",
			code: "ECONNRESET",
			message: "no answer",
		} as const;
		const half = {
			...ports,
			instances: {
				...ports.instances,
				launch: async (request: Parameters<typeof ports.instances.launch>[0]) => {
					await ports.instances.launch(request, signal);
					return lostAnswer;
				},
			},
		};
		await launch(aPod(), aRequest(), morning, half, signal).catch((error: unknown) => {
			if (!(error instanceof ProvisionerError)) throw error;
		});
		const cell = await standing();
		if (cell.phase !== "Launching") throw new Error("not launching");
		await ports.cells.save(terminating(cell, gone, morning), signal);
		const blind = { ...ports, instances: { ...ports.instances, byToken: async () => undefined } };
		await reconcileAll(history, blind);
		expect(await standing()).toMatchObject({ phase: "Terminated" });
		expect(isSettled(await standing())).toBe(false);
		expect((await ports.limits.held(signal)).cells).toBe(1);

		// The janitor saves it as it is; by now EC2 shows it.
		const again = await ports.cells.save(await standing(), signal);
		await reconcile(again, ports, signal);
		await reconcile(await standing(), ports, signal);
		expect(instances.living()).toEqual([]);
		expect(isSettled(await standing())).toBe(true);
		expect((await ports.limits.held(signal)).cells).toBe(0);
	});
});
