import { expect, it } from "vitest";
import type { Instances, LaunchRequest } from "../../shared/instances/model.ts";

/** What every Instances port must do; run against the one in memory and against EC2's wire protocol. */
export function honoursInstances(
	open: () => Instances,
	/** A request that is valid for it. */
	valid: (over: Partial<LaunchRequest>) => LaunchRequest,
	/** Waits until an instance that was launched can be found. */
	visible: (instanceId: string) => Promise<void>,
	/** From now on, EC2 has so many machines left for a launch. @returns gives it all back. */
	leave: (machines: number) => () => void,
): void {
	const { signal } = new AbortController();
	let tokens = 0;
	const request = (over: Partial<LaunchRequest> = {}) =>
		valid({ clientToken: `contract-${++tokens}`, ...over });
	const launched = async (instances: Instances, asked: LaunchRequest) => {
		const outcome = await instances.launch(asked, signal);
		if (outcome.outcome === "refused") throw new Error(`${outcome.code}: ${outcome.message}`);
		const [instance] = outcome.instances;
		if (instance === undefined) throw new Error("no instance");
		return instance;
	};

	it("launches a machine that has an address for its agent and another one for its pod", async () => {
		const instance = await launched(open(), request());
		expect(instance.instanceId).toMatch(/^i-[0-9a-f]{17}$/);
		expect(instance.address).not.toBe(instance.podAddress);
		expect(instance.instanceType).toBe("t3a.small");
	});

	it("gives who repeats a request the same machine, and who has another token another one", async () => {
		const instances = open();
		const asked = request();
		const first = await launched(instances, asked);
		expect(await launched(instances, { ...asked })).toMatchObject({
			instanceId: first.instanceId,
		});
		expect((await launched(instances, request())).instanceId).not.toBe(first.instanceId);
	});

	it("refuses a token that comes with another request, and says that it is spent", async () => {
		const instances = open();
		const asked = request();
		await launched(instances, asked);
		const other = { ...asked, userData: Buffer.from("#cloud-config\nruncmd: []\n") };
		expect(await instances.launch(other, signal)).toMatchObject({
			outcome: "refused",
			reason: "token-spent",
			code: "IdempotentParameterMismatch",
		});
	});

	it("finds a machine by its token while it lives, and refuses the token afterwards", async () => {
		const instances = open();
		const asked = request();
		const { instanceId } = await launched(instances, asked);
		await visible(instanceId);
		expect(await instances.byToken(asked.clientToken, 0, signal)).toMatchObject({ instanceId });
		await instances.terminate(instanceId, signal);
		expect(await instances.byToken(asked.clientToken, 0, signal)).toBeUndefined();
		expect(await instances.launch(asked, signal)).toMatchObject({
			reason: "token-spent",
			code: "IdempotentInstanceTerminated",
		});
	});

	const three = async (instances: Instances) => {
		const asked = request({ count: 3 });
		const outcome = await instances.launch(asked, signal);
		if (outcome.outcome === "refused") throw new Error(`${outcome.code}: ${outcome.message}`);
		const ids = outcome.instances.map((instance) => instance?.instanceId ?? "none");
		return { asked, ids };
	};
	const idsOf = async (instances: Instances, asked: LaunchRequest) => {
		const outcome = await instances.launch(asked, signal);
		return outcome.outcome === "launched"
			? outcome.instances.map((instance) => instance?.instanceId)
			: outcome.code;
	};

	it("launches a group by one request, and knows each machine by its place ever after", async () => {
		const instances = open();
		const { asked, ids } = await three(instances);
		expect(new Set(ids).size).toBe(3);
		expect(await idsOf(instances, asked)).toEqual(ids);
		for (const [index, instanceId] of ids.entries()) {
			await visible(instanceId);
			expect(await instances.byToken(asked.clientToken, index, signal)).toMatchObject({
				instanceId,
			});
		}
		expect(await instances.byToken(asked.clientToken, 3, signal)).toBeUndefined();
	});

	it.each([0, 1, 2])(
		"keeps the places of a group's others when number %i has ended",
		async (ending) => {
			const instances = open();
			const { asked, ids } = await three(instances);
			for (const id of ids) await visible(id);
			await instances.terminate(ids[ending] ?? "", signal);
			const left = ids.map((id, index) => (index === ending ? undefined : id));
			const found = async (index: number) =>
				(await instances.byToken(asked.clientToken, index, signal))?.instanceId;
			expect(await Promise.all([0, 1, 2].map(found))).toEqual(left);
			// What isn't there at the end of the list isn't there.
			const answered = await idsOf(instances, asked);
			expect([0, 1, 2].map((index) => answered[index])).toEqual(left);
			expect(answered).not.toContain(ids[ending]);
		},
	);

	it("refuses a group's token when all of them have ended", async () => {
		const instances = open();
		const { asked, ids } = await three(instances);
		for (const id of ids) {
			await visible(id);
			await instances.terminate(id, signal);
		}
		expect(await idsOf(instances, asked)).toBe("IdempotentInstanceTerminated");
	});

	it("gives a group what there is, and to who repeats the request never more", async () => {
		const instances = open();
		const giveBack = leave(2);
		const { asked, ids } = await three(instances);
		giveBack();
		expect(ids).toHaveLength(2);
		expect(ids).not.toContain("none");
		expect(await idsOf(instances, asked)).toEqual(ids);
		await visible(ids[1] ?? "");
		expect(await instances.byToken(asked.clientToken, 2, signal)).toBeUndefined();
	});

	it("refuses a token that comes for another number of machines", async () => {
		const instances = open();
		const { asked } = await three(instances);
		expect(await idsOf(instances, { ...asked, count: 4 })).toBe("IdempotentParameterMismatch");
	});

	it("ends a machine twice, or one that nobody knows, without harm", async () => {
		const instances = open();
		const { instanceId } = await launched(instances, request());
		await visible(instanceId);
		for (let time = 0; time < 2; time++)
			expect(await instances.terminate(instanceId, signal)).toBe("ending");
		expect(await instances.terminate("i-0123456789abcdef9", signal)).toBe("unknown");
	});

	it("knows no machine for a token that was never used", async () => {
		expect(await open().byToken("never-used", 0, signal)).toBeUndefined();
	});
}
