import { describe, expect, it } from "vitest";
import type { ProvisionerError } from "../../shared/errors.ts";
import { launch, resume } from "../../shared/flows/launch.ts";
import type { ReceivePorts } from "../../shared/flows/receive.ts";
import { aPod, aRequest, morning, secondsLater } from "../support/cells.ts";
import { launchPorts } from "../support/launch-ports.ts";
import { memoryTurns } from "../support/memory-turns.ts";

const { signal } = new AbortController();
const pace = { callBurst: 2, callsPerSecond: 0.1, instanceBurst: 100, instancesPerSecond: 100 };

function pacedWorld() {
	const world = launchPorts();
	const ports: ReceivePorts = { ...world.ports, turns: memoryTurns(pace)(world.ports.now) };
	const deliver = async (uid: string, by = "worker"): Promise<ProvisionerError | undefined> => {
		try {
			await launch(aPod(uid), aRequest(), morning, { ...ports, by }, signal);
			return undefined;
		} catch (error) {
			return error as ProvisionerError;
		}
	};
	const record = async (uid: string) => await ports.cells.get(uid, signal);
	return { ...world, ports, deliver, record };
}

const refusal = (reason: "throttled" | "no-capacity", code: string) =>
	({ outcome: "refused", reason, code, message: "" }) as const;

describe("a pod whose turn at EC2 is later", () => {
	it("goes back to its queue until then, and has its place kept", async () => {
		const { deliver, record, instances, pass, checks } = pacedWorld();
		await deliver("a");
		await deliver("b");
		const late = await deliver("c");
		expect(late).toMatchObject({ reason: "WaitingForTurn", retryAfterSeconds: 10 });
		expect(await record("c")).toMatchObject({
			phase: "Scheduled",
			attempt: 0,
			turnAt: secondsLater(10).toISOString(),
			conditions: [{ type: "Launched", status: "False", reason: "WaitingForTurn" }],
		});
		expect(instances.requests).toHaveLength(2);
		expect(checks).toHaveLength(2);
		// Another one comes in between, and doesn't take the place.
		expect(await deliver("d")).toMatchObject({ retryAfterSeconds: 20 });
		pass(10);
		expect(await deliver("c")).toBeUndefined();
		expect(await record("c")).toMatchObject({ phase: "Booting", attempt: 1 });
		expect(await record("c")).not.toHaveProperty("turnAt");
	});

	it("is measured once, when it is taken", async () => {
		const { deliver, lines } = pacedWorld();
		for (const uid of ["a", "b", "c", "c"]) await deliver(uid);
		const waits = lines.flatMap((line) => JSON.parse(line).TurnWaitSeconds ?? []);
		expect(waits).toEqual([0, 0, 10]);
	});

	it("is not asked for before, however often its message comes", async () => {
		const { deliver, instances } = pacedWorld();
		for (const uid of ["a", "b", "c"]) await deliver(uid);
		for (let time = 0; time < 5; time++)
			expect(await deliver("c")).toMatchObject({ retryAfterSeconds: 10 });
		expect(instances.requests).toHaveLength(2);
	});

	it("loses none of its time by waiting for it", async () => {
		const { ports, deliver, record, pass, instances } = pacedWorld();
		const slow = { ...pace, callBurst: 1, callsPerSecond: 1 / 5_000 };
		ports satisfies ReceivePorts;
		const turns = memoryTurns(slow)(ports.now);
		Object.assign(ports, { turns });
		await deliver("a");
		expect(await deliver("b")).toMatchObject({ retryAfterSeconds: 5_000 });
		pass(5_000);
		instances.refuse(() => refusal("no-capacity", "InsufficientInstanceCapacity"));
		// Refused at its first question, 5,000 s after it was accepted: it has its 900 s still.
		expect(await deliver("b")).toMatchObject({ reason: "WaitingForTurn" });
		expect(await record("b")).toMatchObject({ phase: "Scheduled", attempt: 1 });
	});

	it("is given up in the end, when turns never come", async () => {
		const { ports, deliver, record, pass } = pacedWorld();
		const never = memoryTurns({ ...pace, callBurst: 1, callsPerSecond: 1e-6 })(ports.now);
		Object.assign(ports, { turns: never });
		await deliver("a");
		expect(await deliver("b")).toMatchObject({ retryAfterSeconds: 11 * 3_600 });
		pass(11 * 3_600);
		expect(await deliver("b")).toBeUndefined();
		expect(await record("b")).toMatchObject({ phase: "Failed", reason: "WaitingForTurn" });
	});
});

describe("EC2's word that we are too fast", () => {
	it("slows everybody down, and keeps the attempt and its plan", async () => {
		const { deliver, record, instances, pass } = pacedWorld();
		instances.refuse(() => refusal("throttled", "RequestLimitExceeded"));
		expect(await deliver("a")).toMatchObject({ reason: "RequestLimitExceeded" });
		instances.refuse(() => undefined);
		const again = await deliver("a");
		expect(again).toMatchObject({ reason: "WaitingForTurn" });
		expect(await record("a")).toMatchObject({ phase: "Launching", attempt: 1, asks: [] });
		pass(again?.retryAfterSeconds ?? 0);
		expect(await deliver("a")).toBeUndefined();
		expect(instances.requests[1]).toEqual(instances.requests[0]);
		expect(await record("a")).toMatchObject({ phase: "Booting", attempt: 1 });
	});
});

describe("a plan that another worker asks EC2 for", () => {
	/** A worker that dies while EC2 answers. */
	const dies = (ports: ReceivePorts): ReceivePorts => ({
		...ports,
		by: "dead",
		instances: {
			...ports.instances,
			launch: async () => {
				throw new Error("died");
			},
		},
	});
	const go = async (ports: ReceivePorts) => launch(aPod("x"), aRequest(), morning, ports, signal);

	it("is left to it for a while, then repeated", async () => {
		const { ports, instances, pass, history } = launchPorts();
		await expect(go(dies(ports))).rejects.toThrow("died");
		await expect(go(ports)).rejects.toMatchObject({ reason: "BeingLaunched" });
		expect(instances.requests).toHaveLength(0);
		pass(36);
		await go(ports);
		expect(history.at(-1)).toMatchObject({ phase: "Booting", attempt: 1 });
	});

	it("is the only one until its request can't be on its way any more", async () => {
		const { ports, instances, pass, history } = launchPorts();
		await expect(go(dies(ports))).rejects.toThrow("died");
		instances.refuse(() => refusal("no-capacity", "InsufficientInstanceCapacity"));
		pass(36);
		await expect(go(ports)).rejects.toMatchObject({
			reason: "InsufficientInstanceCapacity",
			retryAfterSeconds: 480 - 36,
		});
		expect(history.at(-1)).toMatchObject({ phase: "Launching", attempt: 1 });
		pass(480);
		instances.refuse(() =>
			instances.requests.length <= 2
				? refusal("no-capacity", "InsufficientInstanceCapacity")
				: undefined,
		);
		await go(ports);
		expect(history.at(-1)).toMatchObject({ phase: "Booting", attempt: 2 });
	});
});

describe("a call to a pod that has a record", () => {
	it("goes on with it, and does nothing for a pod that has none or needs nothing", async () => {
		const { ports, instances, history } = launchPorts();
		await resume("nobody", ports, signal);
		expect(history).toEqual([]);
		instances.refuse(() => refusal("throttled", "RequestLimitExceeded"));
		await expect(launch(aPod("x"), aRequest(), morning, ports, signal)).rejects.toMatchObject({
			reason: "RequestLimitExceeded",
		});
		instances.refuse(() => undefined);
		await resume("x", ports, signal);
		expect(history.at(-1)).toMatchObject({ phase: "Booting" });
		const changes = history.length;
		await resume("x", ports, signal);
		expect(history).toHaveLength(changes);
	});
});
