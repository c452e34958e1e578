import { describe, expect, it } from "vitest";
import { again, failed, left, ready } from "../../shared/cells/transitions.ts";
import { invalid, ProvisionerError } from "../../shared/errors.ts";
import { offeringChooser } from "../../shared/flows/choose-offering.ts";
import { launch } from "../../shared/flows/launch.ts";
import type { ReceivePorts } from "../../shared/flows/receive.ts";
import type { RefusalReason } from "../../shared/instances/model.ts";
import { packagedCatalogue } from "../../shared/offerings/catalogue.ts";
import { aPod, aRefusal, aRequest, morning, secondsLater } from "../support/cells.ts";
import { launchPorts } from "../support/launch-ports.ts";
import { dyingAt } from "../support/port-calls.ts";

const { signal } = new AbortController();
const pod = aPod();
const go = async (ports: ReceivePorts) => launch(pod, aRequest(), morning, ports, signal);
const refusal = (reason: RefusalReason, code: string) =>
	({ outcome: "refused", reason, code, message: `EC2 said ${code}` }) as const;
const noCapacity = refusal("no-capacity", "InsufficientInstanceCapacity");

describe("launching a pod's cell", () => {
	it("writes the plan before it asks EC2, and sends the check before that, too", async () => {
		const { ports, history, checks, instances } = launchPorts();
		const seen: string[] = [];
		instances.beforeAnswer(() => void seen.push(...history.map(({ phase }) => phase)));
		await go(ports);
		expect(seen).toEqual(["Scheduled", "Launching"]);
		expect(checks).toEqual([{ podUid: pod.uid, delaySeconds: 20, instancesThen: 0 }]);
		expect(history.at(-1)).toMatchObject({ phase: "Booting", attempt: 1, version: 2 });
	});

	it("asks with the planned token, subnet, tags and identity, the same on every worker", async () => {
		const [one, other] = [launchPorts(), launchPorts()];
		await go(one.ports);
		await go(other.ports);
		const [request] = one.instances.requests;
		expect(request).toEqual(other.instances.requests[0]);
		expect(request?.tags).toMatchObject({
			KipControllerID: "test",
			"cellwright.dev/pod-uid": pod.uid,
		});
		expect(request?.subnetId).toMatch(/^subnet-[ab]$/);
	});

	it.each([
		{ when: "cells of its kind took 50 s", seen: async () => Array(10).fill(50_000), after: 45 },
		{ when: "nobody knows how long they take", seen: async () => [], after: 20 },
		{
			when: "nobody can be asked how long they take",
			seen: () => Promise.reject(new Error("table is gone")),
			after: 20,
		},
	])("has the cell looked at after $after s when $when", async ({ seen, after }) => {
		const { ports, checks, history } = launchPorts({ bootTimes: { seen } });
		await go(ports);
		expect(checks).toMatchObject([{ delaySeconds: after }]);
		expect(history.at(-1)).toMatchObject({ phase: "Booting", plan: { firstCheckSeconds: after } });
	});

	it("does nothing for a pod that has its instance, or its answer", async () => {
		const { ports, instances, history } = launchPorts();
		await go(ports);
		const changes = history.length;
		await go(ports);
		expect(instances.requests).toHaveLength(1);
		expect(history).toHaveLength(changes);
	});
});

describe("a worker that dies", () => {
	it.each([1, 2, 3, 4, 5])(
		"at its call number %i leaves a record from which the next delivery makes exactly one cell",
		async (call) => {
			const world = launchPorts();
			await go(dyingAt(call, world.ports)).catch(() => undefined);
			await go(world.ports);
			expect(world.instances.living()).toHaveLength(1);
			expect(world.history.at(-1)).toMatchObject({ phase: "Booting" });
			const [first, ...repeated] = world.instances.requests;
			for (const request of repeated) expect(request).toEqual(first);
			// The watch starts before the birth, whoever gives it.
			expect(world.checks[0]?.instancesThen).toBe(0);
		},
	);

	it("leaves no second instance when two workers race from the same message", async () => {
		const { ports, instances, history } = launchPorts();
		const workers = ["a", "b", "c"].map((by) => go({ ...ports, by }));
		for (const { status, ...how } of await Promise.allSettled(workers))
			if (status === "rejected") expect(how).toMatchObject({ reason: { kind: "unavailable" } });
		await go(ports);
		expect(instances.living()).toHaveLength(1);
		expect(history.filter(({ phase }) => phase === "Booting")).toHaveLength(1);
	});
});

describe("EC2's refusals", () => {
	it("without capacity lead to the next cheapest, under the next attempt and token", async () => {
		const { ports, instances, history } = launchPorts();
		instances.refuse(() => (instances.requests.length <= 3 ? noCapacity : undefined));
		await go(ports);
		const cell = history.at(-1);
		expect(cell).toMatchObject({ phase: "Booting", attempt: 4 });
		expect(cell?.refusals).toHaveLength(3);
		const tried = instances.requests.map(
			({ offering, subnetId }) => `${offering.instanceType} ${subnetId}`,
		);
		expect(new Set(tried).size).toBe(4);
		expect(new Set(instances.requests.map(({ clientToken }) => clientToken)).size).toBe(4);
	});

	it("for a full subnet lead to another zone", async () => {
		const { ports, instances } = launchPorts();
		instances.refuse(({ subnetId }) =>
			subnetId === instances.requests[0]?.subnetId
				? refusal("no-addresses", "InsufficientFreeAddressesInSubnet")
				: undefined,
		);
		await go(ports);
		expect(instances.requests.map(({ subnetId }) => subnetId)).toHaveLength(2);
		expect(instances.requests[1]?.subnetId).not.toBe(instances.requests[0]?.subnetId);
	});

	it.each([
		{ reason: "throttled", code: "RequestLimitExceeded" },
		{ reason: "transient", code: "InternalError" },
		{ reason: "forbidden", code: "UnauthorizedOperation" },
	] as const)(
		"as $reason bring the message back, and repeat the same plan",
		async ({ reason, code }) => {
			const { ports, instances, history } = launchPorts();
			instances.refuse(() => (instances.requests.length === 1 ? refusal(reason, code) : undefined));
			await expect(go(ports)).rejects.toMatchObject({ kind: "unavailable", reason: code });
			expect(history.at(-1)).toMatchObject({ phase: "Launching", refusals: [{ code }] });
			await go(ports);
			expect(instances.requests[1]).toEqual(instances.requests[0]);
			expect(history.at(-1)).toMatchObject({ phase: "Booting", attempt: 1 });
		},
	);

	it("of the request itself fail the pod with EC2's words", async () => {
		const { ports, instances, history } = launchPorts();
		instances.refuse(() => refusal("bad-request", "InvalidGroup.NotFound"));
		await go(ports);
		expect(history.at(-1)).toMatchObject({
			phase: "Failed",
			reason: "LaunchRejected",
			message: expect.stringContaining("InvalidGroup.NotFound"),
		});
		expect(instances.requests).toHaveLength(1);
	});

	it("for all that fits let the pod wait, then fail it after its deadline with what was tried", async () => {
		const { ports, instances, history, pass } = launchPorts();
		instances.refuse(() => refusal("quota", "VcpuLimitExceeded"));
		const narrow = aRequest();
		const request = {
			...narrow,
			requirements: { ...narrow.requirements, instanceType: "t3a.small" },
		};
		const deliver = async () => launch(pod, request, morning, ports, signal);
		await expect(deliver()).rejects.toMatchObject({ kind: "unavailable", reason: "NoCapacity" });
		expect(history.at(-1)).toMatchObject({ phase: "Scheduled" });
		pass(901);
		instances.refuse(() => refusal("quota", "VcpuLimitExceeded"));
		await deliver();
		expect(history.at(-1)).toMatchObject({
			phase: "Failed",
			reason: "NoCapacity",
			message: expect.stringContaining("t3a.small on-demand in us-east-1"),
		});
	});

	it("of a code that nobody has studied are not taken for capacity", async () => {
		const { ports, instances, history } = launchPorts();
		instances.refuse(() => {
			throw new Error("FluxCapacitorDrained");
		});
		await expect(go(ports)).rejects.toThrow("FluxCapacitorDrained");
		expect(history.at(-1)).toMatchObject({ phase: "Launching", attempt: 1, refusals: [] });
	});
});

describe("a client token that EC2 has seen", () => {
	/** A worker that dies between EC2's yes and the record. */
	const dyingAfterEc2 = (ports: ReceivePorts): ReceivePorts => ({
		...ports,
		cells: {
			...ports.cells,
			save: async (cell, until) => {
				if (cell.phase === "Booting") throw new Error("died");
				return await ports.cells.save(cell, until);
			},
		},
	});

	it("with another request leads to the instance that it made", async () => {
		const world = launchPorts();
		await expect(go(dyingAfterEc2(world.ports))).rejects.toThrow("died");
		// The operator has changed the cloud-init file meanwhile: the same plan makes other bytes.
		const changed = { ...world.ports, userDataFor: () => Buffer.from("#cloud-config\n{}\n") };
		await go(changed);
		expect(world.instances.living()).toHaveLength(1);
		expect(world.history.at(-1)).toMatchObject({
			phase: "Booting",
			attempt: 1,
			instance: { instanceId: world.instances.living()[0] },
		});
	});

	it("is repeated with the identity that was planned, whatever lifetime is set meanwhile", async () => {
		const world = launchPorts();
		world.instances.refuse(() => refusal("throttled", "RequestLimitExceeded"));
		await expect(go(world.ports)).rejects.toMatchObject({ reason: "RequestLimitExceeded" });
		world.instances.refuse(() => undefined);
		const { config } = world.ports;
		const lifetimes = { certificateLifetimeSeconds: 24 * 3600, maxLifetimeSeconds: 3600 };
		const cells = { ...config.cells, ...lifetimes };
		await go({ ...world.ports, config: { ...config, cells } });
		const [first, second] = world.instances.requests;
		expect(second).toEqual(first);
	});

	it("carries the end of the cell's life that was set when it was planned", async () => {
		const world = launchPorts();
		const { config } = world.ports;
		const within = (maxLifetimeSeconds: number) => ({
			...world.ports,
			config: { ...config, cells: { ...config.cells, maxLifetimeSeconds } },
		});
		world.instances.refuse(() => refusal("throttled", "RequestLimitExceeded"));
		await expect(go(within(3600))).rejects.toMatchObject({ reason: "RequestLimitExceeded" });
		world.instances.refuse(() => undefined);
		await go(within(7200));
		const sent = world.instances.requests.map(({ userData }) => Buffer.from(userData).toString());
		expect(sent).toEqual([sent[0], sent[0]]);
		expect(sent[0]).toContain("3600 s after its boot");
	});

	it("never leads to a second instance while EC2 doesn't show the first one yet", async () => {
		const world = launchPorts();
		await expect(go(dyingAfterEc2(world.ports))).rejects.toThrow("died");
		const blind: ReceivePorts = {
			...world.ports,
			userDataFor: () => Buffer.from("#cloud-config\n{}\n"),
			instances: { ...world.ports.instances, byToken: async () => undefined },
		};
		await expect(go(blind)).rejects.toMatchObject({
			kind: "unavailable",
			reason: "IdempotentParameterMismatch",
		});
		expect(world.instances.living()).toHaveLength(1);
		await go({ ...world.ports, userDataFor: blind.userDataFor });
		expect(world.instances.living()).toHaveLength(1);
		expect(world.history.at(-1)).toMatchObject({ phase: "Booting", attempt: 1 });
	});

	it("is never sent again after twelve hours: its instance is looked for instead", async () => {
		const world = launchPorts();
		world.instances.refuse(() => refusal("throttled", "RequestLimitExceeded"));
		await expect(go(world.ports)).rejects.toBeInstanceOf(ProvisionerError);
		world.pass(12 * 3600 + 1);
		world.instances.refuse(() => undefined);
		await go(world.ports);
		const [first, second] = world.instances.requests;
		expect(second?.clientToken).not.toBe(first?.clientToken);
		expect(world.history.at(-1)).toMatchObject({ phase: "Booting", attempt: 2 });
	});
});

describe("a record that was ended while EC2 was asked", () => {
	it("gets no instance: what EC2 made is ended", async () => {
		const { ports, instances, history } = launchPorts();
		instances.beforeAnswer(async () => {
			const cell = await ports.cells.get(pod.uid, signal);
			if (cell?.phase !== "Launching") throw new Error("not launching");
			await ports.cells.save(
				failed(cell, { reason: "LaunchTimeout", message: "too late" }, morning),
				signal,
			);
		});
		await go(ports);
		expect(history.at(-1)).toMatchObject({ phase: "Failed", reason: "LaunchTimeout" });
		expect(instances.living()).toEqual([]);
	});
});

describe("a pod that nothing can hold", () => {
	it("fails at once, in plain words, without asking EC2", async () => {
		const { ports, instances, history } = launchPorts();
		const request = aRequest();
		const huge = { ...request.requirements, memoryMib: 64 * 1024 * 1024 };
		await launch(pod, { ...request, requirements: huge }, morning, ports, signal);
		expect(history.at(-1)).toMatchObject({
			phase: "Failed",
			reason: "NoOfferingFits",
			message: expect.stringContaining("TiB of memory"),
			decision: { summary: expect.stringContaining("largest on offer") },
		});
		expect(instances.requests).toEqual([]);
	});

	it("fails at once, too, when it shows only while planning, and its message is settled", async () => {
		const fault = { path: "spec.nodeSelector", problem: "asks for a label that nobody knows" };
		const { ports, history } = launchPorts({
			choose: async () => {
				throw invalid("UnknownLabel", [fault]);
			},
		});
		await go(ports);
		expect(history.at(-1)).toMatchObject({ phase: "Failed", reason: "UnknownLabel" });
	});
});

describe("the next attempt of a pod whose cell never became ready", () => {
	/** So many cells of the pod in a row that nobody heard of; each loss as the others write it. */
	const zonesOf = async (losses: readonly ("silent" | "ready first")[]) => {
		const { ports, history } = launchPorts();
		const zones: (string | undefined)[] = [];
		await go(ports);
		for (const loss of [...losses, undefined]) {
			const cell = await ports.cells.get(pod.uid, signal);
			if (cell?.phase !== "Booting") throw new Error(`no cell boots: ${cell?.phase}`);
			zones.push(cell.plan.zone);
			if (loss === undefined) break;
			const running = loss === "silent" ? cell : ready(cell, morning, morning);
			const why = { reason: "BootTimeout", message: "nobody answers" };
			const lost = again(running, why, secondsLater(900), morning);
			await ports.cells.save(left(lost, undefined), signal);
			await go(ports);
		}
		return { zones, last: history.at(-1) };
	};

	it("goes to another zone at the same price, and says why", async () => {
		const { zones, last } = await zonesOf(["silent", "silent"]);
		expect(zones[1]).not.toBe(zones[0]);
		// Two zones have one each: they are in the pod's own order again.
		expect(zones[2]).toBe(zones[0]);
		expect(last).toMatchObject({
			phase: "Booting",
			attempt: 3,
			decision: { summary: expect.stringContaining("use1-az1, use1-az2 came last: a cell of") },
		});
	});

	it("is as the first one after a cell that was ready", async () => {
		const { zones, last } = await zonesOf(["silent", "ready first"]);
		expect(zones).toEqual([zones[0], zones[1], zones[0]]);
		expect(last?.decision?.summary).not.toContain("came last");
	});
});

describe("a plan", () => {
	const lineOf = (lines: readonly string[], name: string) =>
		lines.flatMap((line) => JSON.parse(line)[name] ?? []);

	it("tells how much is set aside", async () => {
		const { ports, lines } = launchPorts();
		await go(ports);
		const refusal = aRefusal({ capacityType: "spot" });
		const ruledOut = [{ what: "market" as const, capacityType: "spot" as const }];
		await ports.setAside.add(refusal, ruledOut, signal);
		await launch(aPod("pod-2"), aRequest(), morning, ports, signal);
		expect(lineOf(lines, "SetAside")).toEqual([0, 1]);
	});

	it.each([
		{ when: "the default type is the dearer one", instanceType: "m5.24xlarge", baseline: 4.608 },
		{ when: "the pod needs more than it", instanceType: "t3a.nano", baseline: undefined },
		{ when: "it isn't sold here", instanceType: "x9.huge", baseline: undefined },
	])("is measured against $baseline when $when", async ({ instanceType, baseline }) => {
		const { ports } = launchPorts();
		const cells = { ...ports.config.cells, defaultInstanceType: instanceType };
		const config = { ...ports.config, cells };
		const choose = offeringChooser(config, async () => packagedCatalogue("us-east-1"));
		await go({ ...ports, config, choose });
		const cell = await ports.cells.get(pod.uid, signal);
		const plan = cell?.phase === "Booting" ? cell.plan : undefined;
		expect(plan?.baselineHourlyUsd).toBe(baseline ?? plan?.offering.hourlyUsd);
	});
});
