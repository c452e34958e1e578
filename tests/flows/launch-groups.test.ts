import { describe, expect, it } from "vitest";
import { terminating } from "../../shared/cells/transitions.ts";
import { gathering } from "../../shared/flows/gathering.ts";
import { launch } from "../../shared/flows/launch.ts";
import type { ReceivePorts } from "../../shared/flows/receive.ts";
import { aPod, aRequest, morning } from "../support/cells.ts";
import { launchPorts } from "../support/launch-ports.ts";
import { memoryTurns } from "../support/memory-turns.ts";
import { dyingAt } from "../support/port-calls.ts";

const { signal } = new AbortController();
const replica = aRequest({ workloadUid: "replicaset-1" });
const uids = ["a", "b", "c", "d"];

/** One batch of messages, as the handler works through it. */
const deliver = async (
	ports: ReceivePorts,
	pods: readonly string[],
	request = replica,
): Promise<readonly PromiseSettledResult<void>[]> => {
	const join = gathering(pods.length);
	return await Promise.allSettled(
		pods.map(async (uid) => {
			const member = join();
			try {
				await launch(aPod(uid), request, morning, ports, signal, member);
			} finally {
				member.leave();
			}
		}),
	);
};
const reasonsOf = (results: readonly PromiseSettledResult<void>[]) =>
	results.map((result) => (result.status === "rejected" ? result.reason.reason : "settled"));

const recordsOf = async ({ cells }: ReceivePorts, pods: readonly string[] = uids) =>
	await Promise.all(pods.map(async (uid) => await cells.get(uid, signal)));

describe("a group of which EC2 describes one instance without a part that every cell has", () => {
	it("gives the others theirs; its own pod asks again, and gets it, and no second one", async () => {
		const { ports, instances, pass } = launchPorts();
		let isOdd = true;
		const odd = {
			...instances,
			async launch(...asked: Parameters<typeof instances.launch>) {
				const answer = await instances.launch(...asked);
				if (!isOdd || answer.outcome === "refused") return answer;
				const unreadable = [{ index: 2, problem: "EC2 described i-2 without podAddress" }];
				const readable = answer.instances.map((each, index) => (index === 2 ? undefined : each));
				return { ...answer, instances: readable, unreadable };
			},
		};
		const results = await deliver({ ...ports, instances: odd }, uids);
		expect(reasonsOf(results)).toEqual(["settled", "settled", "IncompleteAnswer", "settled"]);
		expect(await recordsOf(ports)).toMatchObject([
			{ phase: "Booting" },
			{ phase: "Booting" },
			{ phase: "Launching" },
			{ phase: "Booting" },
		]);
		isOdd = false;
		pass(600);
		await deliver({ ...ports, by: "another" }, ["c"]);
		expect(await recordsOf(ports, ["c"])).toMatchObject([
			{ phase: "Booting", attempt: 1, instance: { instanceId: instances.living()[2] } },
		]);
		expect(instances.living()).toHaveLength(4);
	});
});

describe("replicas of one workload in one batch", () => {
	it("are launched by one call, with one token and one identity, each with its own instance", async () => {
		const { ports, instances } = launchPorts();
		expect(reasonsOf(await deliver(ports, uids))).toEqual(uids.map(() => "settled"));
		expect(instances.requests).toHaveLength(1);
		expect(instances.requests[0]).toMatchObject({
			count: 4,
			tags: { "cellwright.dev/pod-uid-0": "a", "cellwright.dev/pod-uid-3": "d" },
		});
		const records = await recordsOf(ports);
		for (const [index, record] of records.entries())
			expect(record).toMatchObject({
				phase: "Booting",
				plan: { group: { index, podUids: uids } },
				instance: { instanceId: instances.living()[index] },
			});
		const prints = records.map((cell) => (cell?.phase === "Booting" ? cell.plan.fingerprint : ""));
		expect(new Set(prints).size).toBe(1);
	});

	it.each([
		{ when: "they ask for different things", other: aRequest({ ...replica, volumeGib: 50 }) },
		{ when: "they are another workload's", other: aRequest({ workloadUid: "replicaset-2" }) },
		{ when: "they belong to no workload", other: aRequest() },
	])("are launched apart from others when $when", async ({ other }) => {
		const { ports, instances } = launchPorts();
		const join = gathering(3);
		await Promise.all([
			launch(aPod("a"), replica, morning, ports, signal, join()),
			launch(aPod("b"), replica, morning, ports, signal, join()),
			launch(aPod("x"), other, morning, ports, signal, join()),
		]);
		expect(instances.requests.map(({ count = 1 }) => count).toSorted()).toEqual([1, 2]);
	});

	it("are launched one by one where the operator wants that", async () => {
		const { ports, instances } = launchPorts();
		const { config } = ports;
		const apart = { ...config, launch: { ...config.launch, grouping: "none" as const } };
		await deliver({ ...ports, config: apart }, uids);
		expect(instances.requests).toHaveLength(4);
	});

	it("that EC2 fills only partly keep what they got; the others are planned anew, together", async () => {
		const { ports, instances } = launchPorts();
		instances.giveAtMost(2);
		instances.beforeAnswer(() => instances.giveAtMost(10));
		await deliver(ports, uids);
		expect(instances.requests.map(({ count }) => count)).toEqual([4, 2]);
		expect(instances.living()).toHaveLength(4);
		const [first, , third] = await recordsOf(ports);
		expect(first).toMatchObject({ phase: "Booting", attempt: 1 });
		expect(third).toMatchObject({
			phase: "Booting",
			attempt: 2,
			refusals: [{ code: "PartlyFilled" }],
			plan: { group: { index: 0, podUids: ["c", "d"] } },
		});
	});

	it("find their own instances again after a worker's death, whoever comes first and alone", async () => {
		for (let call = 1; call <= 20; call++) {
			const { ports, instances, pass } = launchPorts();
			await deliver(dyingAt(call, { ...ports, by: "dead" }), uids);
			for (const uid of ["c", "a", "d", "b", "c"]) {
				pass(40);
				await deliver({ ...ports, by: `worker ${uid}` }, [uid]);
			}
			// One who died before all had the plan: it may have asked, for all that others know.
			pass(480);
			for (const uid of uids) await deliver({ ...ports, by: `later ${uid}` }, [uid]);
			const records = await recordsOf(ports);
			expect(records.map((record) => record?.phase)).toEqual(uids.map(() => "Booting"));
			const own = records.map((cell) =>
				cell?.phase === "Booting" ? cell.instance.instanceId : "",
			);
			expect(instances.living().toSorted()).toEqual(own.toSorted());
		}
	});

	it("take one turn, and come back for it: the first one leads, the others look later", async () => {
		const { ports, instances, pass } = launchPorts();
		const slow = { callBurst: 1, callsPerSecond: 0.1, instanceBurst: 100, instancesPerSecond: 9 };
		const paced = { ...ports, turns: memoryTurns(slow)(ports.now) };
		await deliver(paced, ["x"], aRequest());
		const waits = await deliver(paced, uids);
		expect(
			waits.map((wait) => (wait.status === "rejected" ? wait.reason.retryAfterSeconds : 0)),
		).toEqual([10, 30, 30, 30]);
		pass(10);
		// Its own message alone: it launches for all of them.
		await deliver(paced, ["a"]);
		expect(instances.requests.map(({ count = 1 }) => count)).toEqual([1, 4]);
		pass(20);
		await deliver(paced, ["b", "c", "d"]);
		expect(instances.requests).toHaveLength(2);
		for (const record of await recordsOf(ports)) expect(record?.phase).toBe("Booting");
	});

	it("lose nobody when one of them is deleted while EC2 is asked: its instance is ended", async () => {
		const { ports, instances } = launchPorts();
		instances.beforeAnswer(async () => {
			const cell = await ports.cells.get("b", signal);
			if (cell?.phase !== "Launching") throw new Error("not launching");
			const why = { reason: "PodDeleted", message: "" };
			await ports.cells.save(terminating(cell, why, morning), signal);
		});
		await deliver(ports, uids);
		expect(instances.living()).toHaveLength(3);
		const [a, b] = await recordsOf(ports);
		expect([a?.phase, b?.phase]).toEqual(["Booting", "Terminating"]);
	});

	it("whose token EC2 calls spent look for their own instance for minutes before they plan anew", async () => {
		const { ports, instances, pass } = launchPorts();
		const dead: ReceivePorts = {
			...ports,
			by: "dead",
			instances: {
				...ports.instances,
				async launch(request, until) {
					await ports.instances.launch(request, until);
					throw new Error("died before it heard");
				},
			},
		};
		await deliver(dead, ["a", "b"]);
		const spent: ReceivePorts = {
			...ports,
			instances: {
				...ports.instances,
				launch: async () => ({
					outcome: "refused",
					reason: "token-spent",
					code: "IdempotentInstanceTerminated",
					message: "one of them has ended",
				}),
				byToken: async () => undefined,
			},
		};
		pass(40);
		expect(reasonsOf(await deliver(spent, ["a", "b"]))).toEqual(
			Array(2).fill("IdempotentInstanceTerminated"),
		);
		expect(instances.living()).toHaveLength(2);
		await deliver(
			{ ...spent, instances: { ...spent.instances, byToken: ports.instances.byToken } },
			["a", "b"],
		);
		for (const record of await recordsOf(ports, ["a", "b"]))
			expect(record).toMatchObject({ phase: "Booting", attempt: 1 });
	});

	it("that come twice, at once, in two batches, are launched once", async () => {
		const { ports, instances, pass } = launchPorts();
		await Promise.all([
			deliver({ ...ports, by: "one" }, uids),
			deliver({ ...ports, by: "other" }, uids.toReversed()),
		]);
		for (const by of ["third", "fourth"]) {
			pass(40);
			await deliver({ ...ports, by }, uids);
		}
		expect(instances.living()).toHaveLength(4);
		for (const record of await recordsOf(ports)) expect(record?.phase).toBe("Booting");
	});
});

describe("one message for a pod twice in a batch", () => {
	it("is one pod", async () => {
		const { ports, instances } = launchPorts();
		await deliver(ports, ["a", "a", "b"]);
		expect(instances.living()).toHaveLength(2);
	});
});
