import { describe, expect, it } from "vitest";
import type { PingAnswer } from "../../shared/agent/model.ts";
import type { Cell } from "../../shared/cells/model.ts";
import { booting, failed } from "../../shared/cells/transitions.ts";
import { type AwaitReadyPorts, awaitReady } from "../../shared/flows/await-ready.ts";
import {
	aBootingCell,
	aLaunchingCell,
	anInstance,
	aPlan,
	aScheduledCell,
	morning,
} from "../support/cells.ts";
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
const signal = AbortSignal.timeout(60_000);

describe("watching a birth", () => {
	it("writes Ready with each stage's time as soon as the agent answers", async () => {
		const { ports, history, pings, lines } = world((call) => (call < 8 ? silent : pong));
		const cell = aBootingCell();
		await ports.cells.claim(cell, signal);
		await awaitReady(cell.podUid, ports, signal);
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
		await awaitReady(cell.podUid, ports, signal);
		expect(kept).toEqual([[cell.plan.image.imageId, cell.plan.offering.instanceType, 1_750]]);
	});

	it("is over with Ready, also when what it has shown can't be kept", async () => {
		const { ports, history, lines } = world((call) => (call < 8 ? silent : pong), {
			bootTimes: { add: () => Promise.reject(new Error("table is gone")) },
		});
		await ports.cells.claim(aBootingCell(), signal);
		await awaitReady(aBootingCell().podUid, ports, signal);
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
			await awaitReady(cell.podUid, ports, signal);
			expect(asked).toEqual([authorityId]);
		},
	);

	it("asks several times a second", async () => {
		const { ports, pings, seconds } = world((call) => (call < 41 ? silent : pong));
		await ports.cells.claim(aBootingCell(), signal);
		await awaitReady(aBootingCell().podUid, ports, signal);
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
		await awaitReady(cell.podUid, slow, signal);
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
	])(
		"gives up as $reason after the boot time-out when the last answer is $last.answer",
		async ({ last, reason, message }) => {
			const { ports, history, seconds } = world(() => last);
			await ports.cells.claim(aBootingCell(), signal);
			await awaitReady(aBootingCell().podUid, ports, signal);
			expect(history.at(-1)).toMatchObject({ phase: "Failed", reason, message });
			expect(seconds()).toBeGreaterThan(1200);
			expect(seconds()).toBeLessThan(1201);
		},
	);

	it("gives up a launch that never ends", async () => {
		const { ports, history, pings } = world(() => pong, {
			now: () => new Date(morning.getTime() + 901_000),
		});
		await ports.cells.claim(aLaunchingCell(), signal);
		await awaitReady(aLaunchingCell().podUid, ports, signal);
		expect(history.at(-1)).toMatchObject({ phase: "Failed", reason: "LaunchTimeout" });
		expect(pings).toEqual([]);
	});

	it.each([aScheduledCell(), aLaunchingCell()])(
		"gives the check of a cell that is $phase back after seconds, and costs nothing meanwhile",
		async (cell) => {
			const { ports, seconds } = world(() => pong);
			await ports.cells.claim(cell, signal);
			await expect(awaitReady(cell.podUid, ports, signal)).rejects.toMatchObject({
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
		await expect(awaitReady(aBootingCell().podUid, ports, over.signal)).rejects.toMatchObject({
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
		await awaitReady(cell.podUid, ending, signal);
		expect(history.at(-1)).toMatchObject({ phase: "Failed", reason: "Gone" });
		expect(pings).toBeLessThan(12);
	});

	it("drops a check that has no record", async () => {
		const { ports, lines } = world(() => pong);
		await awaitReady("nobody", ports, signal);
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
		await expect(awaitReady(aBootingCell().podUid, ports, signal)).rejects.toMatchObject({
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
		await awaitReady(aBootingCell().podUid, ports, signal);
		expect(history.at(-1)).toMatchObject({ phase: "Failed", reason: "NoClientCertificate" });
		expect(pings).toEqual([]);
	});
});
