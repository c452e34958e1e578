import { describe, expect, it } from "vitest";
import type { PingAnswer } from "../../shared/agent/model.ts";
import type { Cell } from "../../shared/cells/model.ts";
import {
	booting,
	failed,
	launching,
	left,
	queued,
	ready,
	terminating,
	waiting,
} from "../../shared/cells/transitions.ts";
import { type AwaitReadyPorts, awaitReady } from "../../shared/flows/await-ready.ts";
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
import { generousRules } from "../support/life-ports.ts";
import { memoryCells } from "../support/memory-cells.ts";
import { aLog, someMetrics } from "../support/telemetry.ts";

const credentials = {
	caPem: "",
	certificatePem: "",
	keyPem: "",
	expiresAt: new Date("2027-01-01"),
};
const silent: PingAnswer = { answer: "silent", detail: "connect ECONNREFUSED" };
const pong: PingAnswer = { answer: "pong" };

/** A world in which time passes only by pausing, and the agent answers as told, call by call. */
const world = (answers: (call: number) => PingAnswer, over: Partial<AwaitReadyPorts> = {}) => {
	const history: Cell[] = [];
	const pings: { address: string; fingerprint: string }[] = [];
	const lines: string[] = [];
	let now = morning;
	const ports: AwaitReadyPorts = {
		cells: memoryCells((cell) => history.push(cell)),
		agent: {
			ping: async (address, fingerprint) => {
				pings.push({ address, fingerprint });
				return answers(pings.length);
			},
		},
		clientCredentials: { get: async () => credentials, put: async () => {} },
		bootTimes: { add: async () => {} },
		bootTimeoutSeconds: 1200,
		launchTimeoutSeconds: 900,
		rules: { ...generousRules, bootAttempts: 2 },
		now: () => now,
		pause: async (ms, signal) => {
			signal.throwIfAborted();
			now = new Date(now.getTime() + ms);
		},
		log: aLog(lines),
		metrics: someMetrics(lines),
		...over,
	};
	return {
		ports,
		history,
		pings,
		lines,
		seconds: () => (now.getTime() - morning.getTime()) / 1000,
	};
};
const { signal } = new AbortController();

describe("watching a birth", () => {
	it("writes Ready with each stage's time as soon as the agent answers", async () => {
		const { ports, history, pings, lines } = world((call) => (call < 8 ? silent : pong));
		const cell = aBootingCell();
		await ports.cells.claim(cell, signal);
		await awaitReady(cell, ports, signal);
		expect(history.at(-1)).toMatchObject({
			phase: "Ready",
			stages: { answeredAt: "2026-11-23T08:00:01.750Z", readyAt: "2026-11-23T08:00:01.750Z" },
		});
		expect(new Set(pings.map((ping) => JSON.stringify(ping)))).toEqual(
			new Set([
				JSON.stringify({ address: cell.instance.address, fingerprint: cell.plan.fingerprint }),
			]),
		);
		expect(lines.filter((line) => line.includes('"StageMs"')).length).toBeGreaterThan(3);
	});

	it("keeps how long the cell took, for the next one of its image and family", async () => {
		const kept: unknown[] = [];
		const { ports } = world((call) => (call < 8 ? silent : pong), {
			bootTimes: { add: async (...birth) => void kept.push(birth.slice(0, 3)) },
		});
		const cell = aBootingCell();
		await ports.cells.claim(cell, signal);
		await awaitReady(cell, ports, signal);
		expect(kept).toEqual([[cell.plan.image.imageId, cell.plan.offering.instanceType, 1_750]]);
	});

	it("is over with Ready, also when what it has shown can't be kept", async () => {
		const { ports, history, lines } = world((call) => (call < 8 ? silent : pong), {
			bootTimes: { add: () => Promise.reject(new Error("table is gone")) },
		});
		await ports.cells.claim(aBootingCell(), signal);
		await awaitReady(aBootingCell(), ports, signal);
		expect(history.at(-1)).toMatchObject({ phase: "Ready" });
		expect(lines.join("\n")).toMatch(/boot time not kept.*table is gone/);
	});

	it.each([
		{ authorityId: "0123456789abcdef", record: "names an authority" },
		{ authorityId: undefined, record: "is older than rotations" },
	])(
		"brings the client certificate of the cell's authority when its record $record",
		async ({ authorityId }) => {
			const asked: (string | undefined)[] = [];
			const { ports } = world(() => pong, {
				clientCredentials: {
					get: async (id) => {
						asked.push(id);
						return credentials;
					},
					put: async () => {},
				},
			});
			const cell = booting(aLaunchingCell("1", aPlan({ authorityId })), anInstance(), morning);
			await ports.cells.claim(cell, signal);
			await awaitReady(cell, ports, signal);
			expect(asked).toEqual([authorityId]);
		},
	);

	it("asks several times a second", async () => {
		const { ports, pings, seconds } = world((call) => (call < 41 ? silent : pong));
		await ports.cells.claim(aBootingCell(), signal);
		await awaitReady(aBootingCell(), ports, signal);
		expect(pings.length / seconds()).toBeGreaterThan(3);
	});

	it("waits for the launch, and goes on with the instance that it brings", async () => {
		const cell = aLaunchingCell();
		const { ports, history } = world(() => pong, {});
		await ports.cells.claim(cell, signal);
		let pauses = 0;
		const slow: AwaitReadyPorts = {
			...ports,
			pause: async (ms, until) => {
				pauses += 1;
				if (pauses === 3) await ports.cells.save(booting(cell, anInstance(), morning), until);
				await ports.pause(ms, until);
			},
		};
		await awaitReady(cell, slow, signal);
		expect(history.map(({ phase }) => phase)).toEqual(["Launching", "Booting", "Ready"]);
	});

	it.each([
		{
			last: silent,
			reason: "BootTimeout",
			message: "the agent did not answer within 1200 s; at last: connect ECONNREFUSED",
		},
		{
			last: { answer: "odd", detail: "status 500" } as const,
			reason: "BootTimeout",
			message: "the agent did not answer within 1200 s; at last: status 500",
		},
		{
			last: {
				answer: "impostor",
				reason: "CertificateNotPinned",
				detail: "another certificate",
			} as const,
			reason: "CertificateNotPinned",
			message: "not the cell that was made: another certificate",
		},
		{
			last: { answer: "odd", detail: "x".repeat(100_000) } as const,
			reason: "BootTimeout",
			message: `the agent did not answer within 1200 s; at last: ${"x".repeat(500)}`,
		},
	])(
		"leaves the machine as $reason after the boot time-out when the last answer is $last.answer",
		async ({ last, reason, message }) => {
			const { ports, history, lines, seconds } = world(() => last);
			const cell = aBootingCell();
			await ports.cells.claim(cell, signal);
			await awaitReady(cell, ports, signal);
			expect(history.at(-1)).toMatchObject({
				phase: "Scheduled",
				leaving: { plan: cell.plan, instance: cell.instance },
				losses: [{ attempt: 1, instanceId: cell.instance.instanceId, reason, message }],
				giveUpAt: new Date(morning.getTime() + (seconds() + 900) * 1000).toISOString(),
			});
			expect(seconds()).toBeGreaterThan(1200);
			expect(seconds()).toBeLessThan(1201);
			expect(lines.join("\n")).toMatch(new RegExp(`"Reason":"${reason}","CellsLost":1`));
			expect(lines.join("\n")).not.toContain("CellsFailed");
		},
	);

	it("fails the pod when the last machine that it may have doesn't become ready either", async () => {
		const { ports, history, lines } = world(() => silent);
		const first = aBootingCell();
		await ports.cells.claim(first, signal);
		await awaitReady(first, ports, signal);
		const lost = history.at(-1);
		if (lost?.phase !== "Scheduled") throw new Error("not waiting");
		const second = aPlan({ attempt: 2, clientToken: "token-2" });
		const instance = anInstance({ instanceId: "i-2" });
		const planned = launching(left(lost, undefined), second, aDecision(), "worker", ports.now());
		await ports.cells.save(booting(planned, instance, ports.now()), signal);
		await awaitReady({ podUid: first.podUid, attempt: 2 }, ports, signal);
		expect(history.at(-1)).toMatchObject({
			phase: "Failed",
			reason: "BootTimeout",
			message: expect.stringContaining("instance 2 of at most 2 in a row"),
			instance,
			losses: [{ attempt: 1 }, { attempt: 2 }],
		});
		expect(lines.filter((line) => line.includes('"CellsLost"'))).toHaveLength(2);
		expect(lines.filter((line) => line.includes('"CellsFailed"'))).toHaveLength(1);
	});

	it("gives up a launch that never ends", async () => {
		const { ports, history, pings } = world(() => pong, {
			now: () => new Date(morning.getTime() + 901_000),
		});
		await ports.cells.claim(aLaunchingCell(), signal);
		await awaitReady(aLaunchingCell(), ports, signal);
		expect(history.at(-1)).toMatchObject({ phase: "Failed", reason: "LaunchTimeout" });
		expect(pings).toEqual([]);
	});

	it.each<{ when: string; cell: Cell; lateAt: number }>([
		{ when: "it was planned", cell: aLaunchingCell(), lateAt: 900 },
		{
			when: "its turn came",
			cell: queued(aLaunchingCell(), secondsLater(600), secondsLater(700), morning),
			lateAt: 1_500,
		},
		{
			when: "its turn came, which moved its own deadline, and it was asked for",
			cell: { ...aLaunchingCell(), giveUpAt: secondsLater(2_000).toISOString() },
			lateAt: 2_000,
		},
	])("counts a launch as late only when $when long ago", async ({ cell, lateAt }) => {
		const phaseAt = async (seconds: number) => {
			const { ports, history } = world(() => pong, {
				now: () => secondsLater(seconds),
				pause: () => Promise.reject(new Error("not late")),
			});
			await ports.cells.claim(cell, signal);
			await awaitReady(cell, ports, signal).catch(() => undefined);
			return history.at(-1)?.phase;
		};
		expect(await phaseAt(lateAt)).toBe("Launching");
		expect(await phaseAt(lateAt + 1)).toBe("Failed");
	});

	it.each<{ cell: Cell }>([
		{ cell: aScheduledCell() },
		{ cell: waiting(aLaunchingCell(), { reason: "NoCapacity", message: "" }, morning) },
		{ cell: { ...aBootingCell(), attempt: 2 } },
		{ cell: { ...aLaunchingCell(), attempt: 2 } },
		{ cell: ready(aBootingCell(), morning, morning) },
		{ cell: failed(aBootingCell(), { reason: "Gone", message: "" }, morning) },
		{ cell: terminating(aBootingCell(), { reason: "Gone", message: "" }, morning) },
	])(
		"is done with attempt 1 of a cell that is $cell.phase at attempt $cell.attempt",
		async ({ cell }) => {
			const { ports, history, pings } = world(() => pong);
			await ports.cells.claim(cell, signal);
			await awaitReady({ podUid: cell.podUid, attempt: 1 }, ports, signal);
			expect(history).toHaveLength(1);
			expect(pings).toEqual([]);
		},
	);

	it.each([aLaunchingCell()])(
		"gives the check of a cell that is $phase back after seconds, and costs nothing meanwhile",
		async (cell) => {
			const { ports, seconds } = world(() => pong);
			await ports.cells.claim(cell, signal);
			await expect(awaitReady(cell, ports, signal)).rejects.toMatchObject({
				kind: "unavailable",
				reason: "NotReadyYet",
			});
			expect(seconds()).toBeLessThan(10);
		},
	);

	it("gives the check back when its time is over, and says that it will come again", async () => {
		const over = new AbortController();
		const { ports } = world((call) => {
			if (call === 5) over.abort();
			return silent;
		});
		await ports.cells.claim(aBootingCell(), signal);
		await expect(awaitReady(aBootingCell(), ports, over.signal)).rejects.toMatchObject({
			kind: "unavailable",
			reason: "NotReadyYet",
		});
	});

	it("leaves a cell alone that somebody has ended meanwhile", async () => {
		const { ports, history } = world(() => silent);
		const cell = aBootingCell();
		await ports.cells.claim(cell, signal);
		let pings = 0;
		const ending: AwaitReadyPorts = {
			...ports,
			agent: {
				ping: async () => {
					pings += 1;
					if (pings === 2)
						await ports.cells.save(failed(cell, { reason: "Gone", message: "" }, morning), signal);
					return silent;
				},
			},
		};
		await awaitReady(cell, ending, signal);
		expect(history.at(-1)).toMatchObject({ phase: "Failed", reason: "Gone" });
		expect(pings).toBeLessThan(12);
	});

	it("drops a check that has no record", async () => {
		const { ports, lines } = world(() => pong);
		await awaitReady({ podUid: "nobody", attempt: 1 }, ports, signal);
		expect(lines.join()).toContain("check without a record");
	});

	it.each([
		{ when: "missing", found: undefined },
		{ when: "expired", found: { ...credentials, expiresAt: morning } },
	])("says what to do when the client certificate is $when", async ({ found }) => {
		const { ports } = world(() => pong, {
			clientCredentials: { get: async () => found, put: async () => {} },
		});
		await ports.cells.claim(aBootingCell(), signal);
		await expect(awaitReady(aBootingCell(), ports, signal)).rejects.toMatchObject({
			kind: "operator",
			reason: "NoClientCertificate",
			message: expect.stringContaining("renewal"),
		});
	});

	it("fails the pod all the same when there is no client certificate until its time is over", async () => {
		const { ports, history, pings } = world(() => pong, {
			clientCredentials: { get: async () => undefined, put: async () => {} },
			now: () => new Date(morning.getTime() + 1_201_000),
		});
		await ports.cells.claim(aBootingCell(), signal);
		await awaitReady(aBootingCell(), ports, signal);
		expect(history.at(-1)).toMatchObject({ phase: "Failed", reason: "NoClientCertificate" });
		expect(pings).toEqual([]);
	});
});
