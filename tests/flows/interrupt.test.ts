import fc from "fast-check";
import { describe, expect, it } from "vitest";
import type { LossRules } from "../../shared/cells/after-loss.ts";
import { Cell, type CellIn } from "../../shared/cells/model.ts";
import {
	again,
	booting,
	failed,
	followers,
	launching,
	left,
	ready,
	terminated,
	terminating,
} from "../../shared/cells/transitions.ts";
import { type InterruptPorts, interrupt } from "../../shared/flows/interrupt.ts";
import type { SeenInstance } from "../../shared/instances/model.ts";
import { setAsideTimes } from "../../shared/offerings/set-aside.ts";
import {
	aBootingCell,
	aDecision,
	aLaunchingCell,
	anInstance,
	aPlan,
	aScheduledCell,
	morning,
	secondsLater,
} from "../support/cells.ts";
import { healthEvent, rebalance, spotWarning, stateChange } from "../support/ec2-events.ts";
import { memoryCells } from "../support/memory-cells.ts";
import { memorySetAsideList } from "../support/memory-set-aside.ts";
import { dyingAt } from "../support/port-calls.ts";
import { aLog, someMetrics } from "../support/telemetry.ts";

const { signal } = new AbortController();
const { instanceId: id } = anInstance();
const why = { reason: "PodDeleted", message: "the pod was deleted" };
const rules: LossRules = {
	bootAttempts: 3,
	replaceLost: true,
	lossesPerHour: 5,
	capacityTimeoutSeconds: 900,
};

const userDidIt = { code: "Client.UserInitiatedShutdown", message: "User initiated" };
const noCapacity = {
	code: "Server.InsufficientInstanceCapacity",
	message: "Server.InsufficientInstanceCapacity: no capacity to satisfy the launch request",
};

const aSeen = (over: Partial<SeenInstance> = {}): SeenInstance => ({
	instanceId: id,
	state: "shutting-down",
	stateReason: userDidIt,
	clientToken: "token-1",
	launchIndex: 0,
	launchedAt: morning,
	instanceType: "t3a.small",
	podUid: aScheduledCell().podUid,
	...over,
});

/** EC2 shows it as it was before the event. */
const aLate = (): SeenInstance => {
	const { stateReason: _, ...seen } = aSeen({ state: "pending" });
	return seen;
};

/** Everything that the flow touches, in memory, with what it has asked and what has happened. */
function world(
	records: readonly Cell[],
	seen: readonly SeenInstance[] = [aSeen()],
	over: Partial<InterruptPorts> = {},
) {
	const history: Cell[] = [];
	const asked: string[] = [];
	const lines: string[] = [];
	let now = secondsLater(5);
	const cells = memoryCells((cell) => history.push(cell));
	const setAside = memorySetAsideList(setAsideTimes(), () => now);
	const ports: InterruptPorts = {
		cells,
		index: {
			async byInstance(instanceId, until) {
				asked.push(`index ${instanceId}`);
				return await cells.byInstance(instanceId, until);
			},
		},
		fleet: {
			async find(instanceId) {
				asked.push(`describe ${instanceId}`);
				return seen.find((each) => each.instanceId === instanceId);
			},
		},
		subnets: { list: async () => [] },
		setAside,
		rules,
		now: () => now,
		log: aLog(lines),
		metrics: someMetrics(lines),
		...over,
	};
	return {
		ports,
		history: history as readonly Cell[],
		asked: asked as readonly string[],
		lines: lines as readonly string[],
		setAside,
		start: async () => {
			for (const cell of records) await cells.claim(cell, signal);
		},
		standing: async (uid = aScheduledCell().podUid): Promise<Cell> => {
			const cell = await cells.get(uid, signal);
			if (cell === undefined) throw new Error("no record");
			return cell;
		},
		pass(seconds: number) {
			now = new Date(now.getTime() + seconds * 1000);
		},
	};
}

async function started(...parameters: Parameters<typeof world>) {
	const made = world(...parameters);
	await made.start();
	return made;
}

const aReady = ready(aBootingCell(), morning, morning);
const deadline = secondsLater(900);
const losing = again(aReady, { reason: "SpotInterrupted", message: "" }, deadline, morning);
const other = anInstance({ instanceId: "i-0fedcba9876543210" });
const nextAttempt = launching(
	left(losing, undefined),
	aPlan({ attempt: 2, clientToken: "token-2" }),
	aDecision(),
	"worker",
	morning,
);
const unaffected: readonly Readonly<{ when: string; cell: Cell }>[] = [
	{ when: "waits for its first", cell: aScheduledCell() },
	{ when: "is being launched", cell: aLaunchingCell() },
	{ when: "is leaving it already", cell: losing },
	{ when: "is being launched again", cell: nextAttempt },
	{ when: "has another one", cell: booting(nextAttempt, other, morning) },
	{ when: "is released", cell: terminating(aReady, why, morning) },
	{ when: "is gone", cell: terminated(terminating(aReady, why, morning), anInstance(), morning) },
	{ when: "has failed", cell: failed(aBootingCell(), why, morning) },
];
const running: readonly CellIn<"Booting" | "Ready">[] = [aBootingCell(), aReady];

describe("a warning", () => {
	it.each(running)("stands on the record of a cell that is $phase, once", async (cell) => {
		const { ports, history, standing, lines } = await started([cell]);
		await interrupt(spotWarning(id, morning), ports, signal);
		await interrupt(spotWarning(id, morning), ports, signal);
		const notice = { reason: "SpotInterruption", deadline: secondsLater(120).toISOString() };
		expect(await standing()).toMatchObject({ phase: cell.phase, instance: cell.instance, notice });
		expect((await standing()).conditions).toContainEqual(
			expect.objectContaining({ type: "AtRisk", status: "True", reason: "SpotInterruption" }),
		);
		expect(history).toHaveLength(2);
		expect(lines.filter((line) => line.includes("Interruptions"))).toHaveLength(1);
	});

	it("yields to a stronger one, and not to a weaker one", async () => {
		const { ports, standing } = await started([aReady]);
		for (const [event, reason] of [
			[rebalance(id, morning), "RebalanceRecommendation"],
			[healthEvent([id], morning), "ScheduledChange"],
			[rebalance(id, secondsLater(1)), "ScheduledChange"],
			[spotWarning(id, secondsLater(2)), "SpotInterruption"],
			[healthEvent([id], secondsLater(3)), "SpotInterruption"],
		] as const) {
			await interrupt(event, ports, signal);
			expect(await standing()).toMatchObject({ notice: { reason } });
		}
	});

	it.each(unaffected)("changes nothing for a pod that $when", async ({ cell }) => {
		const { ports, history } = await started([cell]);
		await interrupt(spotWarning(id, morning), ports, signal);
		expect(history).toEqual([cell]);
	});
});

describe("the end of an instance", () => {
	it.each(
		running.flatMap((cell) =>
			["stopping", "stopped", "shutting-down", "terminated"].map((state) => ({
				phase: cell.phase,
				state,
				cell,
			})),
		),
	)("$state, gives the pod of a $phase cell its next attempt, once", async ({ cell, state }) => {
		const { ports, history, standing, lines } = await started([cell]);
		await interrupt(stateChange(id, state, morning), ports, signal);
		// The others come as well, in any order, and twice.
		for (const each of ["terminated", "shutting-down", state])
			await interrupt(stateChange(id, each, morning), ports, signal);
		const reason = state.startsWith("stop") ? "InstanceStopped" : "InstanceEnded";
		expect(await standing()).toMatchObject({
			phase: "Scheduled",
			leaving: { instance: cell.instance },
			giveUpAt: secondsLater(5 + 900).toISOString(),
			losses: [{ instanceId: id, reason, message: expect.stringContaining(userDidIt.code) }],
		});
		expect(history).toHaveLength(2);
		const told = lines.filter((line) => line.includes('"CellsLost":1'));
		expect(told).toEqual([expect.stringContaining(`"Reason":"${reason}"`)]);
	});

	it("is the pod's answer where it gets no other cell", async () => {
		const never = { ...rules, replaceLost: false };
		const { ports, standing, lines } = await started([aReady], [aSeen()], { rules: never });
		await interrupt(stateChange(id, "terminated", morning), ports, signal);
		expect(await standing()).toMatchObject({
			phase: "Failed",
			reason: "InstanceEnded",
			message: expect.stringContaining("cells.replaceLost"),
			instance: { instanceId: id },
		});
		expect(lines.join("\n")).toContain('"CellsFailed":1');
	});

	it("after a warning is what EC2 had warned of", async () => {
		const { ports, standing } = await started([aReady], []);
		await interrupt(spotWarning(id, morning), ports, signal);
		await interrupt(stateChange(id, "shutting-down", secondsLater(120)), ports, signal);
		const next = await standing();
		expect(next).toMatchObject({ phase: "Scheduled", losses: [{ reason: "SpotInterrupted" }] });
		expect(next).not.toHaveProperty("notice");
		expect(next.conditions.map(({ type }) => type)).not.toContain("AtRisk");
	});

	it.each(unaffected)("changes nothing for a pod that $when", async ({ cell }) => {
		for (const stateReason of [userDidIt, noCapacity]) {
			const { ports, history, lines, pass } = await started([cell], [aSeen({ stateReason })]);
			pass(60);
			await interrupt(stateChange(id, "terminated", morning), ports, signal);
			expect(history).toEqual([cell]);
			expect(lines.filter((line) => /"level":"(warn|error)"/.test(line))).toEqual([]);
		}
	});

	it("before launch has written down EC2's yes comes again, and counts then", async () => {
		const { ports, standing } = await started([aLaunchingCell()]);
		const event = stateChange(id, "terminated", morning);
		await expect(interrupt(event, ports, signal)).rejects.toMatchObject({
			kind: "unavailable",
			reason: "RecordChanged",
		});
		await ports.cells.save(booting(aLaunchingCell(), anInstance(), morning), signal);
		await interrupt(event, ports, signal);
		expect(await standing()).toMatchObject({ losses: [{ reason: "InstanceEnded" }] });
	});

	it("of a launch that nobody has written down for a minute is left to the next launch", async () => {
		const { ports, history, lines, pass } = await started([aLaunchingCell()]);
		pass(55);
		await interrupt(stateChange(id, "terminated", morning), ports, signal);
		expect(history).toHaveLength(1);
		expect(lines.join("\n")).toContain("instance is launch's own to find");
	});

	it.each(["pending", "running"])("isn't that it is %s: nobody is asked", async (state) => {
		const { ports, asked } = await started([aReady]);
		await interrupt(stateChange(id, state, morning), ports, signal);
		expect(asked).toEqual([]);
	});
});

describe("an end that EC2 gives no reason for yet", () => {
	it.each([{ seen: [] }, { seen: [aLate()] }])(
		"comes again where it may be for want of capacity, and counts a minute later",
		async ({ seen }) => {
			const { ports, history, standing, pass } = await started([aBootingCell()], seen);
			const event = stateChange(id, "terminated", morning);
			await expect(interrupt(event, ports, signal)).rejects.toMatchObject({
				kind: "unavailable",
				reason: "IncompleteAnswer",
			});
			expect(history).toHaveLength(1);
			pass(55);
			await interrupt(event, ports, signal);
			expect(await standing()).toMatchObject({ losses: [{ reason: "InstanceEnded" }] });
		},
	);

	it("counts at once for a ready cell", async () => {
		const { ports, standing } = await started([aReady], []);
		await interrupt(stateChange(id, "terminated", secondsLater(5)), ports, signal);
		expect(await standing()).toMatchObject({ losses: [{ reason: "InstanceEnded" }] });
	});
});

describe("an accepted launch that dies for want of capacity", () => {
	const dies = stateChange(id, "terminated", morning);
	const waitingSince = { ...aBootingCell(), giveUpAt: secondsLater(700).toISOString() };
	const seen = [aSeen({ state: "terminated", stateReason: noCapacity })];

	it("is a refusal: the pod waits for its next attempt in the time that it had", async () => {
		const { ports, history, standing, lines } = await started([waitingSince], seen);
		await interrupt(dies, ports, signal);
		await interrupt(stateChange(id, "shutting-down", morning), ports, signal);
		const next = await standing();
		expect(Cell.parse(next)).toEqual(next);
		expect(next).toMatchObject({
			phase: "Scheduled",
			attempt: 1,
			leaving: { instance: { instanceId: id }, plan: waitingSince.plan },
			giveUpAt: waitingSince.giveUpAt,
			losses: [],
			refusals: [
				{
					attempt: 1,
					instanceType: "t3a.small",
					zoneId: "use1-az4",
					subnetId: waitingSince.plan.subnetId,
					reason: "no-capacity",
					...noCapacity,
				},
			],
		});
		expect(next.stages).not.toHaveProperty("launchedAt");
		expect(next.conditions).toContainEqual(
			expect.objectContaining({ type: "Launched", status: "False", reason: noCapacity.code }),
		);
		expect(history).toHaveLength(2);
		expect(lines.filter((line) => line.includes('"LaunchesRefused":1'))).toHaveLength(1);
		expect(lines.join("\n")).not.toContain("CellsLost");
	});

	it("is known to all workers", async () => {
		const { ports, setAside } = await started([waitingSince], seen);
		await interrupt(dies, ports, signal);
		expect(await setAside.standing(signal)).toMatchObject([
			{
				ruledOut: { what: "offering", instanceType: "t3a.small", zoneId: "use1-az4" },
				code: noCapacity.code,
				until: secondsLater(5 + 180).toISOString(),
			},
		]);
	});

	it("is on the record, too, where the others can't be told", async () => {
		const away = { add: async () => Promise.reject(new Error("the table is away")) };
		const { ports, standing, lines } = await started([waitingSince], seen, { setAside: away });
		await interrupt(dies, ports, signal);
		expect(await standing()).toMatchObject({ refusals: [{ reason: "no-capacity" }] });
		expect(lines.join("\n")).toContain("refusal could not be shared");
	});

	it("is a loss where the cell was ready", async () => {
		const { ports, standing } = await started([aReady], seen);
		await interrupt(dies, ports, signal);
		expect(await standing()).toMatchObject({
			refusals: [],
			losses: [{ reason: "InstanceFailed" }],
		});
	});
});

describe("whose instance it is", () => {
	const blind = { byInstance: async () => undefined };

	it("its own tags say, where the index doesn't know it yet", async () => {
		const { ports, standing, asked } = await started([aReady], [aSeen()], { index: blind });
		await interrupt(stateChange(id, "terminated", morning), ports, signal);
		expect(await standing()).toMatchObject({ losses: [{ reason: "InstanceEnded" }] });
		// What was seen then says why it ended, too.
		expect(asked).toEqual([`describe ${id}`]);
	});

	it.each([
		{ event: stateChange("i-0aaaaaaaaaaaaaaaa", "terminated", morning) },
		{ event: spotWarning("i-0aaaaaaaaaaaaaaaa", morning) },
	])("somebody else's: one query, one look at EC2, and nobody's business", async ({ event }) => {
		const { ports, history, asked, lines } = await started([aReady]);
		await interrupt(event, ports, signal);
		expect(history).toHaveLength(1);
		expect(asked).toEqual(["index i-0aaaaaaaaaaaaaaaa", "describe i-0aaaaaaaaaaaaaaaa"]);
		expect(lines.filter((line) => !line.includes('"level":"debug"'))).toEqual([]);
	});

	it.each([{ podUid: "gone" }, { podUid: undefined }])(
		"ours, of which there is no record ($podUid): left to the janitor",
		async ({ podUid }) => {
			const { ports, history, lines } = await started([aReady], [aSeen({ podUid })], {
				index: blind,
			});
			await interrupt(stateChange(id, "terminated", morning), ports, signal);
			expect(history).toHaveLength(1);
			expect(lines.join("\n")).toContain("instance has no record");
		},
	);
});

describe("an event about several instances", () => {
	const second = "i-0bbbbbbbbbbbbbbbb";
	const both = [
		aReady,
		ready(aBootingCell("4b", anInstance({ instanceId: second })), morning, morning),
	];
	const event = healthEvent(["i-0aaaaaaaaaaaaaaaa", id, second], morning);

	it("warns each of ours", async () => {
		const { ports, standing } = await started(both);
		await interrupt(event, ports, signal);
		for (const uid of [aReady.podUid, "4b"])
			expect(await standing(uid)).toMatchObject({ notice: { reason: "ScheduledChange" } });
	});

	it.each([
		{ failing: [id], says: `away: ${id}` },
		{ failing: [id, second], says: "2 instances of one event failed" },
	])("fails, and warns the others all the same ($failing)", async ({ failing, says }) => {
		const { ports, standing } = await started(both);
		const partly: InterruptPorts = {
			...ports,
			index: {
				async byInstance(instanceId, until) {
					if (failing.includes(instanceId)) throw new Error(`away: ${instanceId}`);
					return await ports.index.byInstance(instanceId, until);
				},
			},
		};
		await expect(interrupt(event, partly, signal)).rejects.toThrow(says);
		for (const { podUid, instance } of both) {
			const warned = "notice" in (await standing(podUid));
			expect(warned).toBe(!failing.includes(instance.instanceId));
		}
		await interrupt(event, ports, signal);
		for (const { podUid } of both) expect(await standing(podUid)).toHaveProperty("notice");
	});
});

describe("a record that changes meanwhile", () => {
	/** Ports under which something else is written just before the flow's first writes. */
	const raced = (ports: InterruptPorts, times: number, change: () => Promise<unknown>) => {
		let races = 0;
		return {
			...ports,
			cells: {
				...ports.cells,
				async save(cell: Cell, until: AbortSignal) {
					if (races++ < times) await change();
					return await ports.cells.save(cell, until);
				},
			},
		};
	};

	it("is looked at again: a cell that became ready is lost as a ready one", async () => {
		const { ports, standing } = await started([aBootingCell()]);
		const becomesReady = raced(ports, 1, async () => {
			const cell = await standing();
			if (cell.phase !== "Booting") throw new Error("not booting");
			await ports.cells.save(ready(cell, morning, morning), signal);
		});
		await interrupt(stateChange(id, "terminated", morning), becomesReady, signal);
		expect(await standing()).toMatchObject({ losses: [{ readyAt: morning.toISOString() }] });
	});

	it("is looked at again: a deleted pod gets no other cell", async () => {
		const { ports, standing } = await started([aReady]);
		const deletedMeanwhile = raced(ports, 1, async () => {
			await ports.cells.save(terminating(aReady, why, morning), signal);
		});
		await interrupt(stateChange(id, "terminated", morning), deletedMeanwhile, signal);
		expect(await standing()).toMatchObject({ phase: "Terminating", version: 1 });
	});

	it("again and again makes the event come again", async () => {
		const { ports, history, standing } = await started([aReady]);
		const restless = raced(ports, Number.POSITIVE_INFINITY, async () => {
			await ports.cells.save(await standing(), signal);
		});
		const event = spotWarning(id, morning);
		await expect(interrupt(event, restless, signal)).rejects.toMatchObject({
			kind: "unavailable",
			reason: "RecordChanged",
		});
		expect(history).toHaveLength(11);
		await interrupt(event, ports, signal);
		expect(await standing()).toHaveProperty("notice");
	});
});

describe("an event that can't be read", () => {
	it("is told to a human without what it holds, and settled", async () => {
		const { ports, asked, lines } = await started([aReady]);
		await interrupt({ "detail-type": "Something", secret: "hush" }, ports, signal);
		expect(asked).toEqual([]);
		expect(lines).toEqual([expect.stringMatching(/"level":"error".*detail-type: /)]);
		expect(lines.join("\n")).not.toMatch(/hush|Something/);
	});
});

describe("events in any order and number, with workers that die", () => {
	const ends = ["stopping", "stopped", "shutting-down", "terminated"];
	const at = fc.integer({ min: 0, max: 300 }).map((seconds) => secondsLater(seconds));
	const harmless = fc.oneof(
		at.map((each) => spotWarning(id, each)),
		at.map((each) => rebalance(id, each)),
		at.map((each) => healthEvent([id], each)),
		at.map((each) => stateChange(id, "running", each)),
	);
	const fatal = fc
		.tuple(fc.constantFrom(...ends), at)
		.map(([state, when]) => stateChange(id, state, when));
	const deliveriesOf = <E>(events: fc.Arbitrary<E>) =>
		fc.array(fc.record({ event: events, diesAt: fc.integer({ min: 1, max: 4 }) }), {
			minLength: 1,
			maxLength: 12,
		});
	const cells = fc.constantFrom(...running);
	const codes = fc.constantFrom(undefined, userDidIt, noCapacity);

	/** Delivers everything to workers that die, then again to one that lives, as Lambda does. */
	async function recordAfter(
		cell: Cell,
		deliveries: readonly Readonly<{ event: unknown; diesAt: number }>[],
		stateReason: SeenInstance["stateReason"],
	): Promise<Cell> {
		const { ports, history, standing, pass } = await started(
			[cell],
			[stateReason === undefined ? aLate() : aSeen({ stateReason })],
		);
		for (const { event, diesAt } of deliveries)
			await interrupt(event, dyingAt(diesAt, ports), signal).catch(() => undefined);
		pass(600);
		for (const { event } of deliveries) await interrupt(event, ports, signal);
		for (const [index, next] of history.slice(1).entries())
			expect([history[index]?.phase, ...followers[history[index]?.phase ?? "Failed"]]).toContain(
				next.phase,
			);
		return await standing();
	}

	it("lose a cell once, by legal steps, when its instance ends", async () => {
		const deliveries = fc
			.tuple(deliveriesOf(fatal), deliveriesOf(fc.oneof(fatal, harmless)))
			.chain(([some, more]) =>
				fc.shuffledSubarray([...some, ...more], { minLength: some.length + more.length }),
			);
		await fc.assert(
			fc.asyncProperty(cells, deliveries, codes, async (cell, each, stateReason) => {
				const last = await recordAfter(cell, each, stateReason);
				const isRefusal = stateReason === noCapacity && cell.phase === "Booting";
				expect(last.phase).toBe("Scheduled");
				expect(last.losses).toHaveLength(isRefusal ? 0 : 1);
				expect(last.refusals).toHaveLength(isRefusal ? 1 : 0);
			}),
			{ numRuns: 60 },
		);
	});

	it("lose none while it lives", async () => {
		await fc.assert(
			fc.asyncProperty(cells, deliveriesOf(harmless), codes, async (cell, each, stateReason) => {
				const last = await recordAfter(cell, each, stateReason);
				expect(last).toMatchObject({ phase: cell.phase, losses: [], refusals: [] });
			}),
			{ numRuns: 40 },
		);
	});
});
