import fc from "fast-check";
import { describe, expect, it } from "vitest";
import { afterLoss } from "../../shared/cells/after-loss.ts";
import type { Cell } from "../../shared/cells/model.ts";
import { failed, ready, terminated, terminating } from "../../shared/cells/transitions.ts";
import { ProvisionerError } from "../../shared/errors.ts";
import { type AwaitReadyPorts, awaitReady } from "../../shared/flows/await-ready.ts";
import { launch, reject } from "../../shared/flows/launch.ts";
import { reconcile } from "../../shared/flows/reconcile.ts";
import { type ReleasePorts, release } from "../../shared/flows/release.ts";
import {
	aBootingCell,
	aLaunchingCell,
	anInstance,
	aPod,
	aRequest,
	aScheduledCell,
	morning,
	secondsLater,
} from "../support/cells.ts";

import { generousRules, lifePorts, reconcileAll } from "../support/life-ports.ts";
import { beforeCall, dyingAt } from "../support/port-calls.ts";

const { signal } = new AbortController();
const pod = aPod();
const why = { reason: "PodDeleted", message: "the pod was deleted" };

const deletion = JSON.stringify({
	apiVersion: "cellwright.dev/v1",
	kind: "PodDeleted",
	pod: { metadata: pod },
});

/** All that a pod's life touches but readiness's agent, in memory. */
const world = () => {
	const made = lifePorts();
	const { ports } = made;
	const standing = async (): Promise<Cell> => {
		const cell = await ports.cells.get(pod.uid, signal);
		if (cell === undefined) throw new Error("no record");
		return cell;
	};
	return { ...made, standing };
};

const schedule = async (ports: Parameters<typeof launch>[3]) =>
	await launch(pod, aRequest(), morning, ports, signal);

const remove = async (ports: ReleasePorts) => await release(deletion, morning, ports, signal);

describe("a deletion", () => {
	const running = aBootingCell();
	const losing = afterLoss(running, why, generousRules, morning);
	it.each<{ cell: Cell; leaves: string }>([
		{ cell: aScheduledCell(), leaves: "Terminating" },
		{ cell: aLaunchingCell(), leaves: "Terminating" },
		{ cell: running, leaves: "Terminating" },
		{ cell: ready(running, morning, morning), leaves: "Terminating" },
		{ cell: losing, leaves: "Terminating" },
		{ cell: terminating(running, why, morning), leaves: "unchanged" },
		{
			cell: terminated(terminating(running, why, morning), anInstance(), morning),
			leaves: "unchanged",
		},
		{ cell: failed(running, { reason: "BootTimeout", message: "" }, morning), leaves: "unchanged" },
	])("of a pod in the phase $cell.phase leaves its record $leaves", async ({ cell, leaves }) => {
		const { ports, history, lines } = world();
		await ports.cells.claim(cell, signal);
		await remove(ports);
		if (leaves === "unchanged") {
			expect(history).toEqual([cell]);
			return;
		}
		// Whom EC2 was being asked by is nobody's business any more.
		const { phase: _, version: __, conditions: ___, ...rest } = cell;
		const { asks: ____, giveUpAt: _____, leaving, ...kept } = { asks: [], leaving: {}, ...rest };
		expect(history.slice(1)).toMatchObject([
			{ ...kept, ...leaving, ...why, phase: leaves, version: 1 },
		]);
		expect(lines.join("\n")).toContain("CellsReleased");
		await remove(ports);
		expect(history).toHaveLength(2);
	});

	it("that comes before its pod leaves a tombstone, and the pod is dropped", async () => {
		const { ports, history, instances, lines, announced } = world();
		await remove(ports);
		expect(history).toEqual([
			expect.objectContaining({ phase: "Terminated", ...why, version: 0, attempt: 0 }),
		]);
		expect(history[0]).not.toHaveProperty("request");
		await schedule(ports);
		await reject(pod, { reason: "InvalidPod", message: "" }, morning, ports, signal);
		await reconcileAll(history, ports);
		expect(history).toHaveLength(1);
		expect(instances.requests).toEqual([]);
		expect(lines.filter((line) => line.includes("its pod has been deleted"))).toHaveLength(2);
		expect(announced).toMatchObject([{ phase: "Terminated", reason: "PodDeleted" }]);
	});

	it.each([
		{ body: "{ not json", fault: "isn't JSON" },
		{ body: deletion.replace("PodDeleted", "PodScheduled"), fault: 'must be "PodDeleted"' },
	])("that can't be read is a dead letter: $body", async ({ body, fault }) => {
		const { ports, history, letters, lines } = world();
		await ports.cells.claim(aBootingCell(), signal);
		await release(body, morning, ports, signal);
		expect(letters).toEqual([{ body, reason: "UnreadableMessage" }]);
		expect(lines.join("\n")).toContain(JSON.stringify(fault).slice(1, -1));
		expect(history).toHaveLength(1);
	});

	it("comes again when the record keeps changing under it", async () => {
		const { ports, standing } = world();
		await ports.cells.claim(aScheduledCell(), signal);
		const restless: ReleasePorts = {
			...ports,
			cells: {
				...ports.cells,
				async save(cell, until) {
					await ports.cells.save(await standing(), until);
					return await ports.cells.save(cell, until);
				},
			},
		};
		await expect(remove(restless)).rejects.toMatchObject({
			kind: "unavailable",
			reason: "RecordChanged",
		});
		await remove(ports);
		expect(await standing()).toMatchObject({ phase: "Terminating" });
	});
});

describe("a released cell", () => {
	it("loses its instance, once, and its record says when", async () => {
		const { ports, history, instances, announced, standing } = world();
		await schedule(ports);
		const instanceId = instances.living()[0];
		await remove(ports);
		await reconcileAll(history, ports);
		expect(instances.living()).toEqual([]);
		expect(await standing()).toMatchObject({
			phase: "Terminated",
			...why,
			instance: { instanceId },
			stages: { endedAt: morning.toISOString() },
		});
		expect(announced.map(({ phase }) => phase)).toEqual([
			"Scheduled",
			"Launching",
			"Booting",
			"Terminating",
			"Terminated",
		]);
		const changes = history.length;
		// The stream may bring every change again, in any number.
		await reconcileAll([...history], ports);
		await remove(ports);
		expect(history).toHaveLength(changes);
	});

	it("loses an instance, too, that the record never heard of, and its parameters", async () => {
		const { ports, history, instances, parameters, standing } = world();
		const cells = { ...ports.config.cells, useCloudParameterStore: true };
		const inStore = { ...ports, config: { ...ports.config, cells } };
		const half = {
			...inStore,
			cells: {
				...ports.cells,
				save: async (cell: Cell, until: AbortSignal) => {
					if (cell.phase === "Booting") throw new Error("died");
					return await ports.cells.save(cell, until);
				},
			},
		};
		await expect(schedule(half)).rejects.toThrow("died");
		const [instanceId = ""] = instances.living();
		expect(parameters.of(instanceId)).toHaveProperty("config");
		await remove(ports);
		await reconcileAll(history, ports);
		expect(instances.living()).toEqual([]);
		expect(parameters.of(instanceId)).toEqual({});
		expect(await standing()).toMatchObject({ phase: "Terminated", instance: { instanceId } });
	});

	it("loses an instance that EC2 shows only after the record is over", async () => {
		const { ports, history, instances, standing } = world();
		const lost = {
			...ports,
			instances: {
				...ports.instances,
				launch: async (request: Parameters<typeof ports.instances.launch>[0]) => {
					await ports.instances.launch(request, signal);
					await remove(ports);
					return {
						outcome: "refused",
						reason: "transient",
						code: "ECONNRESET",
						message: "no answer",
					} as const;
				},
			},
		};
		// The message goes back: this delivery can't know whether EC2 has made something.
		await expect(schedule(lost)).rejects.toMatchObject({ kind: "unavailable" });
		const blind = { ...ports.instances, byToken: async () => undefined };
		await reconcileAll(history, { ...ports, instances: blind });
		expect(await standing()).toMatchObject({ phase: "Terminated" });
		expect(instances.living()).toHaveLength(1);
		await schedule(ports);
		expect(instances.living()).toEqual([]);
	});
});

describe("a worker that dies", () => {
	it.each([1, 2])("releasing, at its call number %i, is no harm", async (call) => {
		for (const scheduledFirst of [true, false]) {
			const { ports, history, instances, standing } = world();
			if (scheduledFirst) await schedule(ports);
			await remove(dyingAt(call, ports)).catch(() => undefined);
			await remove(ports);
			await reconcileAll(history, ports);
			expect(instances.living()).toEqual([]);
			expect(await standing()).toMatchObject({ phase: "Terminated" });
			expect(history.filter(({ phase }) => phase === "Terminated")).toHaveLength(1);
		}
	});

	it.each([1, 2, 3, 4, 5])(
		"ending a released cell, at its call number %i, is no harm",
		async (call) => {
			const { ports, history, instances, standing } = world();
			await schedule(ports);
			await remove(ports);
			const released = await standing();
			await reconcile(released, dyingAt(call, ports), signal).catch(() => undefined);
			// The stream brings it again.
			await reconcile(released, ports, signal);
			expect(instances.living()).toEqual([]);
			expect(await standing()).toMatchObject({ phase: "Terminated" });
			expect(history.filter(({ phase }) => phase === "Terminated")).toHaveLength(1);
		},
	);
});

describe("a deletion that races", () => {
	it.each([1, 2])("with its pod's message, before its call number %i, wins", async (call) => {
		const { ports, history, instances, standing } = world();
		await remove(beforeCall(call, ports, async () => await schedule(ports)));
		expect(instances.requests).toHaveLength(1);
		expect(await standing()).toMatchObject({ phase: "Terminating" });
		await reconcileAll(history, ports);
		expect(instances.living()).toEqual([]);
	});

	const callsOfOneLaunch = [1, 2, 3, 4, 5, 6, 7];

	it.each(callsOfOneLaunch)(
		"with launch, before its call number %i, leaves no instance",
		async (call) => {
			for (const reconciled of [true, false]) {
				const { ports, history, instances, standing } = world();
				const raced = beforeCall(call, ports, async () => {
					await remove(ports);
					if (reconciled) await reconcileAll([...history], ports);
				});
				await schedule(raced);
				await reconcileAll(history, ports);
				expect(instances.living()).toEqual([]);
				expect(await standing()).toMatchObject({ phase: "Terminated" });
			}
		},
	);

	it.each(callsOfOneLaunch)(
		"with a launch that dies at its call number %i leaves no instance once its message has come again",
		async (call) => {
			const { ports, history, instances, standing } = world();
			await schedule(dyingAt(call, ports)).catch(() => undefined);
			await remove(ports);
			const blind = { ...ports.instances, byToken: async () => undefined };
			await reconcileAll(history, { ...ports, instances: blind });
			await schedule(ports);
			expect(instances.living()).toEqual([]);
			expect(await standing()).toMatchObject({ phase: "Terminated" });
		},
	);

	it("with launch after EC2's yes leaves the instance to launch, which ends it", async () => {
		const { ports, history, instances, lines } = world();
		instances.beforeAnswer(async () => {
			await remove(ports);
			// Reconcile has looked, and EC2 has shown nothing yet.
			const blind = { ...ports.instances, byToken: async () => undefined };
			await reconcileAll([...history], { ...ports, instances: blind });
		});
		await schedule(ports);
		expect(instances.requests).toHaveLength(1);
		expect(instances.living()).toEqual([]);
		expect(lines.join("\n")).toContain("instance ended that no record wants");
	});

	const readinessPorts = (ports: ReturnType<typeof world>["ports"]) => {
		let now = morning;
		const credentials = {
			caPem: "",
			certificatePem: "",
			keyPem: "",
			expiresAt: secondsLater(3_600),
		};
		const added: unknown[] = [];
		const watching: AwaitReadyPorts = {
			...ports,
			agent: { ping: async () => ({ answer: "pong" }) },
			clientCredentials: { get: async () => credentials, put: async () => {} },
			bootTimes: { add: async (...birth) => void added.push(birth) },
			bootTimeoutSeconds: 1_200,
			launchTimeoutSeconds: 900,
			rules: generousRules,
			now: () => now,
			pause: async (ms) => {
				now = new Date(now.getTime() + ms);
			},
		};
		return { watching, added };
	};

	it.each([1, 2, 3, 4])(
		"with readiness, before its call number %i, ends the watch and the cell",
		async (call) => {
			const { ports, history, instances, standing } = world();
			await schedule(ports);
			const { watching } = readinessPorts(ports);
			await awaitReady(
				{ podUid: pod.uid, attempt: 1 },
				beforeCall(call, watching, async () => remove(ports)),
				signal,
			);
			await remove(ports);
			await reconcileAll(history, ports);
			expect(instances.living()).toEqual([]);
			expect(await standing()).toMatchObject({ phase: "Terminated" });
		},
	);

	it.each<{ cell: Cell }>([
		{ cell: terminating(aBootingCell(), why, morning) },
		{ cell: terminated(terminating(aBootingCell(), why, morning), anInstance(), morning) },
	])("makes readiness drop the check of a cell that is $cell.phase", async ({ cell }) => {
		const { ports, history } = world();
		await ports.cells.claim(cell, signal);
		const { watching, added } = readinessPorts(ports);
		await awaitReady(cell, watching, signal);
		expect(history).toHaveLength(1);
		expect(added).toEqual([]);
	});

	it("in any order of deliveries ends in Terminated, without an instance", async () => {
		const delivery = fc.constantFrom("schedule", "delete", "stream");
		await fc.assert(
			fc.asyncProperty(fc.array(delivery, { maxLength: 12 }), async (deliveries) => {
				const { ports, history, instances, standing } = world();
				const acts = {
					// It comes again, once, where launch gave it back.
					schedule: async () =>
						await schedule(ports).catch(async (error: unknown) => {
							if (!(error instanceof ProvisionerError)) throw error;
							await schedule(ports);
						}),
					delete: async () => await remove(ports),
					stream: async () => await reconcileAll([...history], ports),
				};
				await Promise.all(deliveries.map(async (each) => await acts[each]()));
				await remove(ports);
				await reconcileAll(history, ports);
				expect(instances.living()).toEqual([]);
				expect(await standing()).toMatchObject({ phase: "Terminated" });
				const phases = history.map(({ phase }) => phase);
				expect(phases.filter((phase) => phase === "Terminated")).toHaveLength(1);
				expect(phases.at(-1)).toBe("Terminated");
			}),
			{ numRuns: 60 },
		);
	});
});
