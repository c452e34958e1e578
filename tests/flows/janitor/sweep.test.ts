import { describe, expect, it } from "vitest";
import type { Cell } from "../../../shared/cells/model.ts";
import {
	booting,
	failed,
	ready,
	settled,
	terminated,
	terminating,
} from "../../../shared/cells/transitions.ts";
import { ProvisionerError } from "../../../shared/errors.ts";
import type { SeenInstance, UnreadableInstance } from "../../../shared/instances/model.ts";
import {
	aLaunchingCell,
	aPlan,
	aScheduledCell,
	morning,
	secondsLater,
} from "../../support/cells.ts";
import { janitorWorld } from "../../support/janitor-world.ts";

const { signal } = new AbortController();
const why = { reason: "PodDeleted", message: "gone" };
const everySeconds = 300;
const world = janitorWorld;
const none = { rows: [], unreadable: [] };
const noMachines = { machines: [], unreadable: [] };
type World = ReturnType<typeof janitorWorld>;

/** As the schedule does: so many runs, the first one right now. */
const runs = async (made: World, count: number) => {
	for (let run = 0; run < count; run++) {
		if (run > 0) made.pass(everySeconds);
		await made.run();
	}
};

describe("a machine that no record owns", () => {
	it.each([
		{ when: "it is seen for the first time", after: 120, count: 1, lives: true },
		{ when: "it is seen again", after: 120, count: 2, lives: false },
		{ when: "it was too young to be seen the first time", after: 119, count: 2, lives: true },
		{ when: "it was young once", after: 119, count: 3, lives: false },
	])("lives: $lives, when $when", async ({ after, count, lives }) => {
		const made = world();
		await made.machine("nobody");
		made.pass(after);
		await runs(made, count);
		expect(made.instances.living()).toHaveLength(lives ? 1 : 0);
	});

	it("that lives on after its end is seen anew", async () => {
		const made = world();
		await made.machine("nobody");
		// EC2 doesn't know it there yet, and says so; that counts as ended.
		const instances = { ...made.instances, terminate: async () => "unknown" as const };
		const ended: number[] = [];
		made.pass(200);
		for (let run = 0; run < 4; run++) {
			await made.run({ instances });
			ended.push(...made.metric("OrphansEnded"));
			made.pass(everySeconds);
		}
		expect(ended).toEqual([0, 1, 0, 1]);
	});

	it("isn't ended by a second run that comes too soon, nor by ten at once", async () => {
		const made = world();
		await made.machine("nobody");
		made.pass(200);
		await made.run();
		made.pass(299);
		await Promise.all(Array.from({ length: 10 }, async () => await made.run()));
		expect(made.instances.living()).toHaveLength(1);
		made.pass(1);
		await Promise.all(Array.from({ length: 10 }, async () => await made.run()));
		expect(made.instances.living()).toEqual([]);
	});

	it("would be ended at first sight by a janitor that took every sighting for the second one", async () => {
		const made = world();
		await made.machine("nobody");
		made.pass(200);
		const see = async () => new Date(made.ports.now().getTime() - 300_000);
		await made.run({ sightings: { ...made.ports.sightings, see } });
		expect(made.instances.living()).toEqual([]);
	});

	it("is spared when a record owns it at the second look", async () => {
		const made = world();
		const instance = await made.machine("late");
		made.pass(200);
		await made.run();
		await made.claim(made.bootingOn("late", instance));
		made.pass(everySeconds);
		await made.run();
		expect(made.instances.living()).toHaveLength(1);
	});

	it("is spared when a record owns it just before its end", async () => {
		const made = world();
		const instance = await made.machine("late");
		made.pass(200);
		await made.run();
		made.pass(everySeconds);
		const see = async (subject: string) => {
			await made.claim(made.bootingOn("late", instance));
			return await made.ports.sightings.see(subject, signal);
		};
		await made.run({ sightings: { ...made.ports.sightings, see } });
		expect(made.instances.living()).toHaveLength(1);
	});

	it.each<{ of: string; cell: (made: World) => Cell; ended: boolean }>([
		{
			of: "launching with its token",
			cell: ({ planFor }) => aLaunchingCell("a", planFor("a")),
			ended: false,
		},
		{
			of: "launching with another token",
			cell: () => aLaunchingCell("a", aPlan({ attempt: 2, clientToken: "2" })),
			ended: true,
		},
		{
			of: "settled with it",
			cell: ({ planFor }) =>
				settled(
					terminated(
						terminating(aLaunchingCell("a", planFor("a")), why, morning),
						undefined,
						morning,
					),
					morning,
				),
			ended: true,
		},
	])("is ended: $ended, while its pod's record is $of", async ({ cell, ended }) => {
		const made = world();
		await made.machine("a");
		await made.claim(cell(made));
		made.pass(200);
		await made.run();
		made.pass(everySeconds);
		await made.run();
		expect(made.instances.living()).toHaveLength(ended ? 0 : 1);
	});

	it("that has lost its tags is found by who holds it", async () => {
		const made = world();
		await made.cell("a");
		const untagged = async () => {
			const { machines } = await made.ports.fleet.living(signal);
			return {
				machines: machines.map((seen) => ({ ...seen, podUid: undefined })),
				unreadable: [],
			};
		};
		made.pass(200);
		const fleet = { ...made.ports.fleet, living: untagged };
		// Also where the index of unsettled records lags behind.
		const index = { ...made.ports.index, unsettled: async () => none };
		for (let run = 0; run < 3; run++) {
			await made.run({ fleet, index });
			made.pass(everySeconds);
		}
		expect(made.instances.living()).toHaveLength(1);
	});

	it("is left where there are too many for one run, and that is told", async () => {
		const made = world();
		for (let at = 0; at < 25; at++) await made.machine(`nobody-${at}`);
		made.pass(200);
		await made.run();
		expect(made.metric("OrphansLeft")).toEqual([0]);
		const left: number[] = [];
		for (let run = 0; run < 3; run++) {
			made.pass(everySeconds);
			await made.run();
			left.push(...made.metric("OrphansLeft"));
		}
		expect(left).toEqual([15, 5, 0]);
		expect(made.instances.living()).toEqual([]);
	});

	it("of another deployment is never looked at", async () => {
		const made = world();
		await made.machine("nobody", "token", "theirs");
		made.pass(200);
		await runs(made, 4);
		expect(made.instances.living()).toHaveLength(1);
		expect(Math.max(...made.metric("Orphans"))).toBe(0);
	});

	it("that can't be ended doesn't save the others", async () => {
		const made = world();
		const protectedOne = await made.machine("one");
		await made.machine("two");
		const terminate = async (instanceId: string) => {
			if (instanceId === protectedOne.instanceId) throw new Error("OperationNotPermitted");
			return await made.instances.terminate(instanceId, signal);
		};
		const instances = { ...made.instances, terminate };
		made.pass(200);
		await made.run({ instances });
		made.pass(everySeconds);
		expect(await made.run({ instances })).toMatchObject({ failures: 1, finished: true });
		expect(made.instances.living()).toEqual([protectedOne.instanceId]);
		expect(made.lines.join("\n")).toContain(`"podUid":"one"`);
	});
});

describe("a record whose instance is gone", () => {
	const ended = { code: "Server.InternalError", message: "Server.InternalError: at the host" };

	it.each(["Booting", "Ready"] as const)(
		"is told of the loss at once where EC2 says so, %s as it is",
		async (phase) => {
			const made = world();
			const instanceId = await made.cell("a", phase);
			made.instances.end(instanceId, ended);
			made.pass(299);
			await made.run();
			expect(await made.standing("a")).toMatchObject({ phase });
			made.pass(1);
			expect(await made.run()).toMatchObject({ unaccounted: 1, failures: 0 });
			expect(await made.standing("a")).toMatchObject({
				phase: "Scheduled",
				leaving: { instance: { instanceId } },
				losses: [
					{ instanceId, reason: "InstanceGone", message: expect.stringContaining(ended.message) },
				],
			});
		},
	);

	it("is told of the loss at the second sighting where EC2 doesn't know it", async () => {
		const made = world();
		await made.cell("a");
		const fleet = { living: async () => noMachines, find: async () => undefined };
		made.pass(300);
		await made.run({ fleet });
		expect(await made.standing("a")).toMatchObject({ phase: "Ready" });
		made.pass(everySeconds);
		await made.run({ fleet });
		expect(await made.standing("a")).toMatchObject({ phase: "Scheduled" });
	});

	it("isn't lost by two sightings of which the first is of another story", async () => {
		const made = world();
		await made.cell("a");
		const fleet = { living: async () => noMachines, find: async () => undefined };
		made.pass(300);
		await made.run({ fleet });
		made.pass(24 * 3_600);
		await made.run({ fleet });
		expect(await made.standing("a")).toMatchObject({ phase: "Ready" });
	});

	it.each<{ state: string; phase: string }>([
		{ state: "running", phase: "Ready" },
		{ state: "stopping", phase: "Ready" },
		{ state: "stopped", phase: "Scheduled" },
		{ state: "terminated", phase: "Scheduled" },
	])(
		"is $phase after EC2's list lacked it, where EC2 calls it $state",
		async ({ state, phase }) => {
			const made = world();
			await made.cell("a");
			const [seen] = (await made.ports.fleet.living(signal)).machines;
			const find = async (): Promise<SeenInstance | undefined> => seen && { ...seen, state };
			const living = async () =>
				state === "stopped" && seen
					? { machines: [{ ...seen, state }], unreadable: [] }
					: noMachines;
			made.pass(600);
			await made.run({ fleet: { living, find } });
			expect(await made.standing("a")).toMatchObject({ phase });
		},
	);

	it("fails, and says so, where its pod gets no other one", async () => {
		const made = world();
		const instance = await made.machine("a");
		const born = made.bootingOn("a", instance);
		const request = { ...born.request, restartPolicy: "Never" as const };
		await made.claim(ready({ ...born, request }, morning, morning));
		made.instances.end(instance.instanceId, ended);
		made.pass(300);
		await made.run();
		expect(await made.standing("a")).toMatchObject({ phase: "Failed", reason: "InstanceGone" });
		expect(made.metric("CellsFailed")).toEqual([1]);
	});

	it("is left to who writes it meanwhile", async () => {
		const made = world();
		made.instances.end(await made.cell("a"), ended);
		made.pass(300);
		const find = async (id: string) => {
			await made.ports.cells.save(await made.standing("a"), signal);
			return await made.ports.fleet.find(id, signal);
		};
		const fleet = { ...made.ports.fleet, find };
		expect(await made.run({ fleet })).toMatchObject({ failures: 0 });
		expect(await made.standing("a")).toMatchObject({ phase: "Ready", version: 1 });
	});

	it("isn't believed to be gone while EC2 can't be asked; the rest of the run goes on", async () => {
		const made = world();
		await made.cell("a");
		await made.claim(aScheduledCell("b"));
		made.pass(700);
		const living = async () => {
			throw new Error("RequestLimitExceeded");
		};
		const outcome = await made.run({ fleet: { ...made.ports.fleet, living } });
		expect(outcome).toMatchObject({ failures: 1, unaccounted: 1 });
		expect(made.woken).toEqual(["b"]);
		expect(await made.standing("a")).toMatchObject({ version: 0 });
	});
});

describe("a record that is stuck", () => {
	it.each<{ phase: string; cell: Cell }>([
		{ phase: "Scheduled", cell: aScheduledCell("a") },
		{ phase: "Launching", cell: aLaunchingCell("a") },
	])(
		"in $phase gets launch called, in every run until somebody writes it",
		async ({ cell, phase }) => {
			const made = world();
			await made.claim(cell);
			made.pass(599);
			await made.run();
			expect(made.woken).toEqual([]);
			made.pass(1);
			await runs(made, 2);
			expect(made.woken).toEqual(["a", "a"]);
			expect(made.lines.join("\n")).toContain(`"Phase":"${phase}"`);
			await made.ports.cells.save(await made.standing("a"), signal);
			await made.run();
			expect(made.woken).toHaveLength(2);
		},
	);

	it("in Booting gets its check again: once in case it was lost, and always when it is late", async () => {
		const made = world();
		await made.cell("a", "Booting");
		const asked: number[] = [];
		for (let run = 0; run < 6; run++) {
			made.pass(everySeconds);
			await made.run();
			asked.push(made.asked.length);
		}
		// After 5, 10, 15, 20, 25 and 30 minutes; late after 22.
		expect(asked).toEqual([1, 1, 1, 1, 2, 3]);
		expect(made.asked[0]).toBe("a/1");
		expect(made.metric("ChecksLost")).toEqual([1, 1]);
	});

	it.each<{ phase: string; cell: (made: World, id: string) => Cell }>([
		{
			phase: "Terminating",
			cell: ({ bootingOn, instances }) =>
				terminating(bootingOn("a", only(instances)), why, morning),
		},
		{
			phase: "Failed",
			cell: ({ bootingOn, instances }) => failed(bootingOn("a", only(instances)), why, morning),
		},
	])("in $phase is saved as it is, so that the stream brings it again", async ({ cell }) => {
		const made = world();
		const { instanceId } = await made.machine("a");
		const record = cell(made, instanceId);
		await made.claim(record);
		made.pass(299);
		await made.run();
		expect(made.history).toHaveLength(1);
		made.pass(1);
		expect(await made.run()).toMatchObject({ unaccounted: 1 });
		expect(made.history.slice(1)).toEqual([{ ...record, version: 1 }]);
		// The machine is somebody's to end, however long that takes.
		made.pass(everySeconds);
		await runs(made, 3);
		expect(made.instances.living()).toEqual([instanceId]);
	});

	it("doesn't stop the others when it can't be read or helped", async () => {
		const made = world();
		for (const uid of ["a", "b", "c"]) await made.claim(aScheduledCell(uid));
		made.pass(600);
		const get = async (podUid: string) => {
			if (podUid === "a") throw new Error("unreadable");
			return await made.ports.cells.get(podUid, signal);
		};
		const wake = async (podUid: string) => {
			if (podUid === "b") throw new Error("no queue");
			made.woken.push(podUid);
		};
		const outcome = await made.run({ cells: { ...made.ports.cells, get }, wakeUps: { wake } });
		expect(outcome).toEqual({ finished: true, unaccounted: 2, failures: 2 });
		expect(made.woken).toEqual(["c"]);
	});
});

describe("a cell that is over, and whose plan may have made an instance", () => {
	const over = (phase: string, made: World): Cell => {
		const launching = aLaunchingCell("a", made.planFor("a"));
		return phase === "Failed"
			? failed(launching, why, morning)
			: terminated(terminating(launching, why, morning), undefined, morning);
	};
	const share = { podUid: "a", attempt: 1, hourlyUsd: 1 };

	it.each(["Failed", "Terminated"])(
		"is settled in time, %s, with its share given back",
		async (phase) => {
			const made = world();
			await made.limits.take([share], signal);
			await made.claim(over(phase, made));
			made.pass(599);
			await made.run();
			expect((await made.standing("a")).stages.settledAt).toBeUndefined();
			made.pass(1);
			expect(await made.run()).toMatchObject({ unaccounted: 0 });
			expect(await made.standing("a")).toMatchObject({
				phase,
				stages: { settledAt: secondsLater(600).toISOString() },
			});
			expect(await made.limits.held(signal)).toMatchObject({ cells: 0 });
		},
	);

	it.each(["Failed", "Terminated"])("loses what has appeared, %s", async (phase) => {
		const made = world();
		await made.claim(over(phase, made));
		const instance = await made.machine("a");
		made.pass(600);
		await made.run();
		expect(made.instances.living()).toEqual([]);
		expect(await made.standing("a")).toMatchObject({
			phase,
			instance,
			stages: { endedAt: expect.any(String), settledAt: expect.any(String) },
		});
	});

	it("keeps its share until it is settled, whatever fails", async () => {
		const made = world();
		await made.limits.take([share], signal);
		await made.claim(over("Failed", made));
		made.pass(600);
		const giveBack = async () => {
			throw new ProvisionerError("unavailable", "LimitsContended", "later");
		};
		const limits = { ...made.limits, giveBack };
		expect(await made.run({ limits })).toMatchObject({ failures: 1 });
		expect((await made.standing("a")).stages.settledAt).toBeUndefined();
		await made.run();
		expect((await made.standing("a")).stages.settledAt).toBeDefined();
	});
});

describe("what an instance leaves", () => {
	const inStore = ({ ports: { config } }: World) => ({
		config: { ...config, cells: { ...config.cells, useCloudParameterStore: true } },
	});
	const written = async (made: World, instanceId: string, owner = "ours") =>
		await made.parameters.write(
			instanceId,
			[{ name: "config", value: "x" }],
			{ KipControllerID: owner },
			signal,
		);

	it("in the parameter store goes at the second sighting, and nobody else's", async () => {
		const made = world();
		const living = await made.cell("a");
		await written(made, living);
		await written(made, "i-gone");
		await written(made, "i-theirs", "theirs");
		made.pass(300);
		await made.run(inStore(made));
		expect(made.parameters.of("i-gone")).not.toEqual({});
		made.pass(everySeconds);
		await made.run(inStore(made));
		expect(made.parameters.of("i-gone")).toEqual({});
		expect(made.parameters.of(living)).not.toEqual({});
		expect(made.parameters.of("i-theirs")).not.toEqual({});
	});

	it("in the parameter store stays while EC2 knows the instance, though its list lacks it", async () => {
		const made = world();
		const instanceId = await made.cell("a", "Booting");
		await written(made, instanceId);
		const fleet = { ...made.ports.fleet, living: async () => noMachines };
		for (let run = 0; run < 3; run++) {
			made.pass(everySeconds);
			await made.run({ ...inStore(made), fleet });
		}
		expect(made.parameters.of(instanceId)).not.toEqual({});
	});

	it("in the parameter store isn't looked for where cells don't use it", async () => {
		const made = world();
		await written(made, "i-gone");
		made.pass(300);
		await runs(made, 3);
		expect(made.parameters.of("i-gone")).not.toEqual({});
	});

	it("of the limits goes after ten minutes, unless its pod has a record or a machine", async () => {
		const made = world();
		await made.claim(aScheduledCell("waiting"));
		await made.cell("ready");
		await made.machine("orphan");
		const share = { attempt: 1, hourlyUsd: 1 };
		const pods = ["waiting", "ready", "orphan", "nobody"];
		await made.limits.take(
			pods.map((podUid) => ({ podUid, ...share })),
			signal,
		);
		made.pass(600);
		await made.run();
		expect(await made.limits.held(signal)).toMatchObject({ cells: 4 });
		made.pass(1);
		// A row that is missing from one reading of the index isn't believed.
		let readings = 0;
		const unsettled = async () => {
			readings += 1;
			return readings === 1 ? none : await made.ports.index.unsettled(signal);
		};
		await made.run({ index: { ...made.ports.index, unsettled } });
		expect(await made.limits.held(signal)).toMatchObject({ cells: 3 });
	});
});

describe("what can't be read", () => {
	/** As EC2 shows it, one machine of the deployment being described without its state. */
	const oddly = (made: World, odd: string | undefined) => ({
		async living() {
			const { machines } = await made.ports.fleet.living(signal);
			const unreadable = machines.flatMap(({ instanceId, podUid }): UnreadableInstance[] =>
				instanceId === odd ? [{ instanceId, podUid, problem: "without its state" }] : [],
			);
			return { machines: machines.filter(({ instanceId }) => instanceId !== odd), unreadable };
		},
		async find(instanceId: string) {
			if (instanceId === odd)
				throw new ProvisionerError("unavailable", "IncompleteAnswer", "without its state");
			return await made.ports.fleet.find(instanceId, signal);
		},
	});

	it("of a machine hides no orphan, and is told with its id in every run", async () => {
		const made = world();
		const odd = await made.machine("odd");
		await made.machine("nobody");
		const fleet = oddly(made, odd.instanceId);
		made.pass(200);
		expect(await made.run({ fleet })).toMatchObject({ failures: 1 });
		made.pass(everySeconds);
		expect(await made.run({ fleet })).toMatchObject({ finished: true, failures: 1 });
		expect(made.instances.living()).toEqual([odd.instanceId]);
		const line = made.lines.find((each) => each.includes("passed by"));
		expect(JSON.parse(line ?? "")).toMatchObject({
			level: "error",
			instanceId: odd.instanceId,
			podUid: "odd",
			problem: "without its state",
		});
		expect(made.metric("JanitorFailures")).toEqual([1, 1]);
	});

	it("of a machine doesn't make its pod's cell look lost, nor its share and parameters left over", async () => {
		const made = world();
		const odd = await made.cell("living");
		await made.parameters.write(
			odd,
			[{ name: "kip", value: "v" }],
			{ KipControllerID: "ours" },
			signal,
		);
		await made.limits.take([{ podUid: "living", attempt: 1, hourlyUsd: 1 }], signal);
		const over = {
			fleet: oddly(made, odd),
			config: {
				...made.ports.config,
				cells: { ...made.ports.config.cells, useCloudParameterStore: true },
			},
			// The index may have forgotten the pod, too.
			index: { ...made.ports.index, unsettled: async () => none },
		};
		for (let run = 0; run < 3; run++) {
			made.pass(everySeconds);
			expect(await made.run({ fleet: over.fleet })).toMatchObject({ unaccounted: 0, failures: 1 });
			expect(await made.run(over)).toMatchObject({ failures: 1 });
		}
		expect(await made.standing("living")).toMatchObject({ phase: "Ready" });
		expect(made.parameters.of(odd)).not.toEqual({});
		expect(await made.limits.held(signal)).toMatchObject({ cells: 1 });
	});

	it("of a machine, not even its id, loses nobody", async () => {
		const made = world();
		const odd = await made.cell("living");
		const { living, find } = oddly(made, odd);
		const nameless = async () => {
			const { machines, unreadable } = await living();
			return {
				machines,
				unreadable: unreadable.map((each) => ({ ...each, instanceId: undefined })),
			};
		};
		for (let run = 0; run < 3; run++) {
			made.pass(everySeconds);
			await made.run({ fleet: { living: nameless, find } });
		}
		expect(await made.standing("living")).toMatchObject({ phase: "Ready" });
	});

	it("of a record is told with its pod's uid; the others are looked after, and its machine and share stay", async () => {
		const made = world();
		const odd = await made.cell("odd");
		await made.machine("nobody");
		await made.claim(aScheduledCell("forgotten"));
		await made.limits.take([{ podUid: "waiting", attempt: 1, hourlyUsd: 1 }], signal);
		const unsettled = async () => {
			const { rows } = await made.ports.index.unsettled(signal);
			return {
				rows: rows.filter(({ podUid }) => podUid !== "odd"),
				unreadable: [
					{ podUid: "odd", instanceId: odd, problem: "phase: Invalid" },
					{ podUid: "waiting", problem: "phase: Invalid" },
				],
			};
		};
		const get = async (podUid: string) => {
			if (podUid === "odd") throw new Error("no record of this version");
			return await made.ports.cells.get(podUid, signal);
		};
		const over = {
			index: { ...made.ports.index, unsettled },
			cells: { ...made.ports.cells, get },
		};
		for (let run = 0; run < 3; run++) {
			made.pass(everySeconds);
			expect(await made.run(over)).toMatchObject({ failures: 2 });
		}
		expect(made.woken).toContain("forgotten");
		expect(made.instances.living()).toEqual([odd]);
		expect(await made.limits.held(signal)).toMatchObject({ cells: 1 });
		const line = made.lines.find((each) => each.includes("record passed by"));
		expect(JSON.parse(line ?? "")).toMatchObject({ podUid: "odd", problem: "phase: Invalid" });
	});
});

describe("a run", () => {
	it("over a healthy deployment changes nothing, reads no record, and says that all is well", async () => {
		const made = world();
		await made.cell("a");
		await made.cell("b", "Booting");
		await made.claim(aScheduledCell("c"));
		const get = async () => {
			throw new Error("read");
		};
		made.pass(200);
		const outcome = await made.run({ cells: { ...made.ports.cells, get } });
		expect(outcome).toEqual({ finished: true, unaccounted: 0, failures: 0 });
		expect(made.history).toHaveLength(3);
		expect([...made.lines].join("\n")).toContain(`"Phase":"Scheduled","Cells":1`);
		expect(made.metric("CellsLive")).toEqual([2]);
	});

	it("ends at its deadline, and the next one goes on", async () => {
		const made = world();
		for (const uid of ["a", "b", "c"]) await made.claim(aScheduledCell(uid));
		made.pass(600);
		const deadline = new AbortController();
		const wake = async (podUid: string) => {
			made.woken.push(podUid);
			deadline.abort();
			throw deadline.signal.reason;
		};
		const outcome = await made.run({ wakeUps: { wake } }, deadline.signal);
		expect(outcome).toMatchObject({ finished: false, failures: 0 });
		expect(made.woken).toEqual(["a"]);
		await made.run();
		expect(made.woken).toEqual(["a", "a", "b", "c"]);
	});

	it("begins nothing any more after its deadline, and is no failure", async () => {
		const made = world();
		for (const uid of ["a", "b", "c"]) await made.claim(aScheduledCell(uid));
		made.pass(600);
		const deadline = new AbortController();
		const wake = async (podUid: string) => {
			made.woken.push(podUid);
			deadline.abort();
		};
		const outcome = await made.run({ wakeUps: { wake } }, deadline.signal);
		expect(outcome).toMatchObject({ finished: false, failures: 0 });
		expect(made.woken).toEqual(["a"]);
	});

	it("fails when the index can't be read: without it nothing is known", async () => {
		const made = world();
		const unsettled = async () => {
			throw new Error("no table");
		};
		await expect(made.run({ index: { ...made.ports.index, unsettled } })).rejects.toThrow(
			"no table",
		);
	});

	it("is harmless beside others that run at the same time", async () => {
		const made = world();
		await made.cell("ready");
		await made.claim(aScheduledCell("stuck"));
		made.instances.end(await made.cell("gone"), { code: "c", message: "m" });
		made.pass(700);
		await Promise.all(Array.from({ length: 5 }, async () => await made.run()));
		expect(made.history.filter(({ podUid }) => podUid === "gone")).toHaveLength(2);
		expect(await made.standing("ready")).toMatchObject({ version: 0 });
		expect(new Set(made.woken)).toEqual(new Set(["stuck"]));
	});
});

describe("what the janitor tells for dashboards", () => {
	const observed = (made: World, name: string) =>
		made.lines.flatMap((line) => {
			const { [name]: value, CapacityType, Limit } = JSON.parse(line);
			return value === undefined ? [] : [[CapacityType ?? Limit, value]];
		});

	it("is what all instances cost, and what choosing saves", async () => {
		const made = world();
		for (const [uid, hourlyUsd] of [
			["a", 0.1],
			["b", 0.2],
		] as const) {
			const plan = aPlan({ offering: { ...aPlan().offering, hourlyUsd }, baselineHourlyUsd: 0.25 });
			await made.claim(booting(aLaunchingCell(uid, plan), await made.machine(uid), morning));
		}
		await made.claim(aScheduledCell("waiting"));
		await made.run();
		expect(observed(made, "InstancesHeld")).toEqual([
			["on-demand", 2],
			["spot", 0],
		]);
		expect(observed(made, "FleetHourlyUsd")).toEqual([
			["on-demand", 0.3],
			["spot", 0],
		]);
		expect(observed(made, "FleetSavedHourlyUsd")).toEqual([[undefined, 0.2]]);
	});

	it.each([
		{
			limits: { cells: 4, hourlyUsd: 2 },
			told: [
				["cells", 25],
				["hourlyUsd", 15],
			],
		},
		{ limits: { cells: undefined, hourlyUsd: 2 }, told: [["hourlyUsd", 15]] },
		{ limits: { cells: undefined, hourlyUsd: undefined }, told: [] },
	])("is how much of $limits is taken", async ({ limits, told }) => {
		const made = world();
		await made.claim(aScheduledCell("a"));
		await made.limits.take([{ podUid: "a", attempt: 1, hourlyUsd: 0.3 }], signal);
		await made.run({ config: { ...made.ports.config, limits } });
		expect(observed(made, "LimitUsed")).toEqual(told);
	});
});

const only = (instances: World["instances"]) => {
	const [machine] = instances.machines();
	if (machine === undefined) throw new Error("no machine");
	return machine.instance;
};
